import { tough } from '#tough'
import { InvalidRequestError } from '@session-fetch/core'
import { LruMap, isLoopback, parseUrl, withoutBrackets } from '@session-fetch/core/adapter'

/** The parts of a URL that cookie rules depend on. */
export interface CookieSite {
  /** Lower case, A-labels, without a trailing dot or brackets. */
  readonly host: string
  /** As sent, without decoding. */
  readonly path: string
  /** Whether it may set and get Secure cookies: https and wss, or http and ws on loopback. */
  readonly trusted: boolean
}

/** The schemes whose requests have cookies. A WebSocket opens with an HTTP request. */
const SCHEMES = /^(?:http|ws)(s?):$/

/**
 * The site of an http: or https: URL, or of a ws: or wss: one, which count as the same; `null` for other schemes.
 *
 * @throws InvalidRequestError for an invalid URL
 */
export function cookieSite(url: string | URL): CookieSite | null {
  const parsed = typeof url === 'string' ? parseUrl(url) : url
  if (parsed === null) throw new InvalidRequestError('cookies: the URL is invalid')
  const scheme = SCHEMES.exec(parsed.protocol)
  if (scheme === null) return null
  const host = canonicalHost(parsed.hostname)
  return { host, path: parsed.pathname, trusted: scheme[1] === 's' || isLoopback(host) }
}

/** A URL's host name in the form in which cookies compare it. */
export function canonicalHost(hostname: string): string {
  if (hostname.startsWith('[')) return withoutBrackets(hostname)
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname
}

/**
 * A host name as the URL parser writes it: lower case, A-labels; `null` if it is not a host name. IPv6 addresses are
 * not supported.
 */
export function asciiHost(name: string): string | null {
  return /^[^\s/?#@\\:]+$/.test(name) ? (parseUrl(`http://${name}/`)?.hostname ?? null) : null
}

/** Whether a canonical host is an IP address, which has no parent domains. */
export function isAddress(host: string): boolean {
  return host.includes(':') || /^\d+\.\d+\.\d+\.\d+$/.test(host)
}

/** RFC 6265bis §5.1.3: the host is the domain or a subdomain. */
export function domainMatches(host: string, domain: string): boolean {
  if (host === domain) return true
  if (!host.endsWith(domain) || host[host.length - domain.length - 1] !== '.') return false
  return domain !== '' && !isAddress(host)
}

/** RFC 6265bis §5.1.4: the path is the cookie's path or below it. */
export function pathMatches(path: string, cookiePath: string): boolean {
  if (!path.startsWith(cookiePath)) return false
  return (
    path.length === cookiePath.length || cookiePath.endsWith('/') || path.charCodeAt(cookiePath.length) === 47
  )
}

/** RFC 6265bis §5.1.4: everything before the last slash. */
export function defaultPath(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash <= 0 ? '/' : path.slice(0, slash)
}

const CAPACITY = 256

/** A cache of parsed URLs. */
export class SiteCache {
  readonly #sites: LruMap<string, CookieSite | null> = new LruMap(CAPACITY)

  /** @param url Without the query, which has no effect. */
  get(url: string): CookieSite | null {
    const known = this.#sites.get(url)
    if (known !== undefined) return known
    const site = cookieSite(url)
    this.#sites.set(url, site)
    return site
  }
}

/** The URL without the query string. */
export function withoutQuery(url: string): string {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}

const KNOWN: LruMap<string, boolean> = /* @__PURE__ */ new LruMap(256)

/** Whether anyone can register names below this domain: `co.uk`, `github.io`, and any single label. */
export function isPublicSuffix(domain: string): boolean {
  if (!domain.includes('.')) return true
  const known = KNOWN.get(domain)
  if (known !== undefined) return known
  const isSuffix = registrable(domain) === undefined
  KNOWN.set(domain, isSuffix)
  return isSuffix
}

/** The registrable domain of a canonical host, or the host itself. */
export function siteHost(host: string): string {
  return (/^[\d.]+$|:/.test(host) ? undefined : registrable(host)) ?? host
}

function registrable(domain: string): string | undefined {
  return tough.getPublicSuffix(domain, { allowSpecialUseDomain: true, ignoreError: true })
}
