import { own } from '../model/own.js'
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
  const patterns = origins.map(originPattern)
  if (baseUrl !== null) patterns.push(originPattern(new URL(baseUrl).origin))
  const named = patterns.length > 0
  return { named, has: (url) => !named || patterns.some((matches) => matches(url)) }
}

/** Whether credentials survive this hop: the same origin, or the same host going up from http to https. */
export function staysHome(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true
  const up = from.protocol === 'http:' && to.protocol === 'https:'
  return up && from.hostname === to.hostname && from.port === '' && to.port === ''
}

/**
 * Tells URLs of an origin: of `scheme://host` exactly, or of any name below `host` for `scheme://*.host`.
 * A text that is neither has no URLs.
 */
export function originPattern(text: string): (url: Place) => boolean {
  const below = text.includes('//*.')
  const { protocol, host } = parseUrl(text.replace('//*.', '//')) ?? own<Partial<URL>>({})
  return (url) => url.protocol === protocol && (below ? url.host.endsWith(`.${host}`) : url.host === host)
}

/**
 * The headers that may travel to another home, for they say nothing of who is asking: of a session's headers those of the
 * first group, of a request's the second group, too, and with a body all.
 */
const TRAVELS =
  /^(?:(accept(?:-.*)?|user-agent)|(range|if-.*|cache-control)|content-(?:type|language|encoding|length))$/

/** The headers that may leave home. @param groups How many groups of them. */
export function travelling(headers: Headers, groups: 1 | 2 | 3): Headers {
  const may = (name: string): boolean => {
    const [isOne, first, second] = TRAVELS.exec(name) ?? []
    return isOne !== undefined && (groups > 2 || first !== undefined || (groups > 1 && second !== undefined))
  }
  return new Headers([...headers].filter(([name]) => may(name)))
}

/**
 * A request as it may go to an origin that is not its home: without credentials, call cookies and any header
 * that is not on the list. What is dropped here never returns in the chain, for its settings are gone too.
 */
export function leaveHome(request: PreparedRequest): PreparedRequest {
  const headers = travelling(request.headers, request.body === null ? 2 : 3)
  return request.copy({ headers, settings: withoutCredentials(request.settings) })
}

/** Neither `auth`, whoever gave it, nor the call's own cookies. */
export function withoutCredentials(settings: RequestSettings): RequestSettings {
  return { ...settings, auth: null, cookies: '' }
}
