import type { Place } from '@session-fetch/core/adapter'

/** A URL in two: what names its origin, and its path and query. */
interface UrlParts {
  readonly origin: string
  readonly path: string
}

/** Characters that the URL parser leaves as they are in a path and in a query. */
const PLAIN = /^[\w\-.~%!$&()*+,;=:@/?]+$/
/** What may be a segment that goes up (`/..`, `/%2e%2e`), and a query of nothing, which `search` leaves out. */
const ALTERED = /\/[.%]|\?$/
/** What begins with neither a scheme, a host nor dots. */
const RELATIVE = /^\/?[\w~-][^:]*$/
/** Where the host of an `http:` URL may end at the soonest, and that of an `https:` one begins. */
const HOST = 8

/**
 * Splits a URL that the parser would give back as it is, by a look at its text alone, for that takes a quarter of
 * the time; whether the first part is an origin is for the caller to know. `null` where the parser must decide.
 */
export function splitPlainUrl(url: string): UrlParts | null {
  const slash = url.indexOf('/', HOST)
  if (slash < 0) return null
  const path = url.slice(slash)
  return staysAsItIs(path) ? { origin: url.slice(0, slash), path } : null
}

/**
 * The URL below a base, whose path ends with a slash, found by a look at the text as `splitPlainUrl` does. `null` where
 * the parser must decide.
 */
export function resolveBelow(input: string | URL, base: URL): Place | null {
  if (typeof input !== 'string' || !RELATIVE.test(input) || !staysAsItIs(input)) return null
  const { href, origin, protocol, host } = base
  const query = input.indexOf('?')
  const search = query < 0 ? '' : input.slice(query)
  return { href: (input.startsWith('/') ? origin : href) + input, origin, protocol, host, search }
}

/** What a request asks its server for: the path and the query, be it an empty one, which `search` leaves out. */
export function requestTarget({ href, origin, hash }: URL): string {
  const end = hash === '' && !href.endsWith('#') ? href.length : href.indexOf('#')
  return href.slice(origin.length, end)
}

function staysAsItIs(path: string): boolean {
  return PLAIN.test(path) && !ALTERED.test(path)
}

/** Hosts that mean this machine by definition (RFC 6761 §6.3), not by a DNS answer. Without brackets. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host === '::1' || host.endsWith('.localhost') || /^127\.\d+\.\d+\.\d+$/.test(host)
  )
}

/** The host name of a URL as sockets take it: an IPv6 address without its brackets. */
export function withoutBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}
