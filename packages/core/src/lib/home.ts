import { InvalidRequestError } from './errors.js'
import { parseUrl } from './parse-url.js'

/** Where a session's defaults may go. */
export interface Home {
  has(url: URL): boolean
  /** Whether the session named any home at all. */
  readonly named: boolean
}

/**
 * The origins of `baseUrl` and of `origins`: exact ones, or `https://*.example.com` for any name below
 * `example.com`. A session that names neither is at home everywhere.
 */
export function homeOf(baseUrl: string | null, origins: readonly string[]): Home {
  const exact = new Set<string>(baseUrl === null ? [] : [new URL(baseUrl).origin])
  const below: { start: string; end: string }[] = []
  for (const origin of origins) {
    const wildcard = /^(https?:\/\/)\*(\.[^/*]+)$/i.exec(origin)
    if (wildcard)
      below.push({ start: `${wildcard[1]}`.toLowerCase(), end: hostText(origin, wildcard[2] ?? '') })
    else exact.add(exactOrigin(origin))
  }
  const named = exact.size + below.length > 0
  return {
    named,
    has: (url) =>
      !named ||
      exact.has(url.origin) ||
      below.some(
        ({ start, end }) => url.origin.startsWith(start) && url.host.endsWith(end) && url.host !== end,
      ),
  }
}

/** Whether credentials survive this hop: the same origin, or the same host going up from http to https. */
export function staysHome(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true
  const up = from.protocol === 'http:' && to.protocol === 'https:'
  return up && from.hostname === to.hostname && from.port === '' && to.port === ''
}

function exactOrigin(origin: string): string {
  const url = parseUrl(origin)
  if (
    url &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    !url.search &&
    !url.username &&
    !origin.includes('*')
  ) {
    return url.origin
  }
  throw badOrigin(origin)
}

/** The canonical form of what follows the wildcard, port included. */
function hostText(origin: string, suffix: string): string {
  const url = parseUrl(origin.replace('*.', ''))
  if (url === null || suffix.length < 2) throw badOrigin(origin)
  return `.${url.host}`
}

function badOrigin(origin: string): InvalidRequestError {
  return new InvalidRequestError(
    `"${origin.replace(/\/\/[^/]*@/, '//')}" in origins is not an origin; write https://host, https://host:port or https://*.host`,
  )
}
