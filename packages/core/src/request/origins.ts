import type { PreparedRequest, RequestSettings } from './prepared-request.js'
import { type Place, parseUrl } from './url.js'
import { own } from '../model/own.js'

/** The origins of a session, to which the settings are sent: that of `baseUrl`, and `origins`. */
export interface SessionOrigins {
  has(url: Place): boolean
  /** Whether the session has a `baseUrl` or `origins`. */
  readonly named: boolean
}

/**
 * The origins of `baseUrl` and `origins`: exact ones, or `https://*.example.com` for any subdomain of
 * `example.com`. Without both, every URL matches.
 */
export function originsOf(baseUrl: string | null, origins: readonly string[]): SessionOrigins {
  const patterns = origins.map(originPattern)
  if (baseUrl !== null) patterns.push(originPattern(new URL(baseUrl).origin))
  const named = patterns.length > 0
  return { named, has: (url) => !named || patterns.some((matches) => matches(url)) }
}

/** Whether credentials are kept on this hop: same origin, or an upgrade from http to https on the same host. */
export function isSameOriginOrUpgrade(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true
  const up = from.protocol === 'http:' && to.protocol === 'https:'
  return up && from.hostname === to.hostname && from.port === '' && to.port === ''
}

/**
 * Returns a function that matches the URLs of an origin: `scheme://host` matches that host, `scheme://*.host` any
 * of its subdomains. Any other text matches no URL.
 */
export function originPattern(text: string): (url: Place) => boolean {
  const isWildcard = text.includes('//*.')
  const { protocol, host } = parseUrl(text.replace('//*.', '//')) ?? own<Partial<URL>>({})
  return (url) =>
    url.protocol === protocol && (isWildcard ? url.host.endsWith(`.${host}`) : url.host === host)
}

/** Headers of a session that may be sent to any origin, because they do not identify the caller. */
const SESSION_HEADERS = /^(?:accept(?:-.*)?|user-agent)$/
/** The same for the headers of a request. */
const REQUEST_HEADERS = /^(?:accept(?:-.*)?|user-agent|range|if-.*|cache-control)$/
/** The same for the headers of a request with a body, which describe the body, too. */
const BODY_REQUEST_HEADERS =
  /^(?:accept(?:-.*)?|user-agent|range|if-.*|cache-control|content-(?:type|language|encoding|length))$/

/** The headers that may be sent to any origin. @param allowed Default: those of a session. */
export function crossOriginHeaders(headers: Headers, allowed: RegExp = SESSION_HEADERS): Headers {
  return new Headers([...headers].filter(([name]) => allowed.test(name)))
}

/**
 * Strips credentials, call cookies and all but the listed headers from a request to another origin. Later hops do
 * not get them back, because the settings of the request are stripped, too.
 */
export function stripCredentials(request: PreparedRequest): PreparedRequest {
  const allowed = request.body === null ? REQUEST_HEADERS : BODY_REQUEST_HEADERS
  const headers = crossOriginHeaders(request.headers, allowed)
  return request.copy({ headers, settings: withoutCredentials(request.settings) })
}

/** Settings without `auth` and call cookies. */
export function withoutCredentials(settings: RequestSettings): RequestSettings {
  return { ...settings, auth: null, cookies: '' }
}
