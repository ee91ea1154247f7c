import { getPublicSuffix } from 'tough-cookie'
import { LruMap } from '../base/lru-map.js'
import { isLoopback, withoutBrackets } from '../base/url-parts.js'

/** The parts of a URL that cookie rules depend on. */
export interface CookieSite {
  /** Lower case, A-labels, without a trailing dot or brackets. */
  readonly host: string
  /** As sent, without decoding. */
  readonly path: string
  /** Whether it may set and get Secure cookies: https, or http on loopback. */
  readonly trusted: boolean
}

/**
 * The site of an http: or https: URL; `null` for other schemes.
 *
 * @throws TypeError for an invalid URL
 */
export function cookieSite(url: string | URL): CookieSite | null {
  const { protocol, hostname, pathname } = typeof url === 'string' ? new URL(url) : url
  if (protocol !== 'https:' && protocol !== 'http:') return null
  const host = canonicalHost(hostname)
  return { host, path: pathname, trusted: protocol === 'https:' || isLoopback(host) }
}

/** A URL's host name in the form in which cookies compare it. */
export function canonicalHost(hostname: string): string {
  if (hostname.startsWith('[')) return withoutBrackets(hostname)
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname
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

  /** @param url Without its query, which has no effect. */
  get(url: string): CookieSite | null {
    const known = this.#sites.get(url)
    if (known !== undefined) return known
    const site = cookieSite(url)
    this.#sites.set(url, site)
    return site
  }
}

/** The URL without its query string. */
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
  return getPublicSuffix(domain, { allowSpecialUseDomain: true, ignoreError: true })
}
