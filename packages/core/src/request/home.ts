import type { PreparedRequest, RequestSettings } from './prepared-request.js'
import { type Place, parseUrl } from './url.js'
import { own } from '../model/own.js'

/** The origins that a session's settings may be sent to. */
export interface Home {
  has(url: Place): boolean
  /** Whether the session has a `baseUrl` or `origins`. */
  readonly named: boolean
}

/**
 * The origins of `baseUrl` and `origins`: exact ones, or `https://*.example.com` for any subdomain of
 * `example.com`. Without both, every URL is home.
 */
export function homeOf(baseUrl: string | null, origins: readonly string[]): Home {
  const patterns = origins.map(originPattern)
  if (baseUrl !== null) patterns.push(originPattern(new URL(baseUrl).origin))
  const named = patterns.length > 0
  return { named, has: (url) => !named || patterns.some((matches) => matches(url)) }
}

/** Whether credentials are kept on this hop: same origin, or an upgrade from http to https on the same host. */
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
 * The headers that may be sent to another origin, because they do not identify the caller. Group 1: those of a
 * session; group 2: of a request, too; the others: of a request with a body.
 */
const TRAVELS =
  /^(?:(accept(?:-.*)?|user-agent)|(range|if-.*|cache-control)|content-(?:type|language|encoding|length))$/

/** The headers that may be sent to another origin. @param groups 1 for a session, 2 for a request, 3 with a body. */
export function crossOriginHeaders(headers: Headers, groups: 1 | 2 | 3): Headers {
  const may = (name: string): boolean => {
    const [isOne, first, second] = TRAVELS.exec(name) ?? []
    return isOne !== undefined && (groups > 2 || first !== undefined || (groups > 1 && second !== undefined))
  }
  return new Headers([...headers].filter(([name]) => may(name)))
}

/**
 * Strips credentials, call cookies and all but the listed headers from a request to another origin. They do not
 * come back in the chain, because its settings are stripped, too.
 */
export function leaveHome(request: PreparedRequest): PreparedRequest {
  const headers = crossOriginHeaders(request.headers, request.body === null ? 2 : 3)
  return request.copy({ headers, settings: withoutCredentials(request.settings) })
}

/** Settings without `auth` and call cookies. */
export function withoutCredentials(settings: RequestSettings): RequestSettings {
  return { ...settings, auth: null, cookies: '' }
}
