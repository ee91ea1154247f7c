import { InvalidRequestError } from '../model/errors.js'
import { redactUrl } from '../model/redact.js'
import { type Place, parseUrl } from '../model/url.js'
import type { PreparedRequest, RequestSettings } from './prepared-request.js'

/** Where a session's defaults may go. */
export interface Home {
  has(url: Place): boolean
  /** Whether the session named any home at all. */
  readonly named: boolean
}

/**
 * The origins of `baseUrl` and of `origins`: exact ones, or `https://*.example.com` for any name below
 * `example.com`. A session that names neither is at home everywhere.
 */
export function homeOf(baseUrl: string | null, origins: readonly string[]): Home {
  const patterns = origins.map(homePattern)
  if (baseUrl !== null) patterns.push(homePattern(new URL(baseUrl).origin))
  const named = patterns.length > 0
  return { named, has: (url) => !named || patterns.some((matches) => matches(url)) }
}

function homePattern(origin: unknown): Home['has'] {
  const isOrigin = typeof origin === 'string' && /^https?:\/\/[^/?#@\\]+\/?$/i.test(origin)
  const pattern = isOrigin && originPattern(origin)
  if (pattern) return pattern
  throw new InvalidRequestError(
    `"${redactUrl(String(origin))}" in origins is not an origin; write https://host, https://host:port or https://*.host`,
  )
}

/** Whether credentials survive this hop: the same origin, or the same host going up from http to https. */
export function staysHome(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true
  const up = from.protocol === 'http:' && to.protocol === 'https:'
  return up && from.hostname === to.hostname && from.port === '' && to.port === ''
}

/**
 * Tells URLs of an origin: of `scheme://host` exactly, or of any name below `host` for `scheme://*.host`.
 * `null` for a text that is neither.
 */
export function originPattern(text: string): ((url: Place) => boolean) | null {
  const below = text.includes('//*.')
  const origin = parseUrl(text.replace('//*.', '//'))
  if (!origin?.host || origin.host.includes('*')) return null
  const { protocol, host } = origin
  return (url) => url.protocol === protocol && (below ? url.host.endsWith(`.${host}`) : url.host === host)
}

/** What may travel to another home: nothing that says who is asking. */
const TRAVELS = /^(?:accept(?:-.*)?|user-agent|range|if-.*|cache-control)$/
const TRAVELS_WITH_BODY = /^content-(?:type|language|encoding|length)$/

/**
 * A request as it may go to an origin that is not its home: without credentials, call cookies and any header
 * that is not on the list. What is dropped here never returns in the chain, for its settings are gone too.
 */
export function leaveHome(request: PreparedRequest): PreparedRequest {
  const kept = [...request.headers].filter(
    ([name]) => TRAVELS.test(name) || (request.body !== null && TRAVELS_WITH_BODY.test(name)),
  )
  return request.copy({ headers: new Headers(kept), settings: withoutCredentials(request.settings) })
}

/** Neither `auth`, whoever gave it, nor the call's own cookies. */
export function withoutCredentials(settings: RequestSettings): RequestSettings {
  return { ...settings, auth: null, cookies: '' }
}
