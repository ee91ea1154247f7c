import type { CookieRecord } from './cookie-record.js'
import type { CookieRejection } from './rejection.js'
import type { ParsedCookie } from './set-cookie.js'
import {
  type CookieSite,
  canonicalHost,
  defaultPath,
  domainMatches,
  isAddress,
  isPublicSuffix,
} from './site.js'

/** RFC 6265bis §5.5: how far ahead a cookie may end, in milliseconds. */
export const MAX_LIFETIME: number = 400 * 24 * 60 * 60 * 1000

/**
 * Judges a cookie by the site that sets it: RFC 6265bis §5.7, all but the steps that look at other cookies.
 *
 * @param now - milliseconds since 1970; the cookie's end is fixed from here on
 */
export function admitCookie(
  cookie: ParsedCookie,
  site: CookieSite,
  now: number,
): CookieRecord | CookieRejection {
  const scope = scopeOf(cookie.domain, site)
  if (typeof scope === 'string') return scope
  if (cookie.secure && !site.trusted) return 'insecure-origin'
  if (cookie.sameSite === 'none' && !cookie.secure) return 'same-site-none'
  if (cookie.partitioned && !cookie.secure) return 'partitioned'
  if (breaksPrefix(cookie, scope.hostOnly)) return 'prefix'
  return {
    name: cookie.name,
    value: cookie.value,
    domain: scope.domain,
    hostOnly: scope.hostOnly,
    path: cookie.path ?? defaultPath(site.path),
    expires: expiry(cookie, now),
    secure: cookie.secure,
    httpOnly: cookie.httpOnly,
    sameSite: cookie.sameSite,
    partitioned: cookie.partitioned,
    creation: now,
    order: 0,
    lastAccess: now,
  }
}

interface CookieScope {
  readonly domain: string
  readonly hostOnly: boolean
}

/** Steps 8 to 12: for whom the cookie is. A domain that is a public suffix holds for that very host alone. */
function scopeOf(attribute: string | undefined, { host }: CookieSite): CookieScope | CookieRejection {
  if (attribute === undefined) return { domain: host, hostOnly: true }
  // A host may end in a dot, which says that it is complete; a Domain may not, as in browsers.
  if (attribute.endsWith('.')) return 'domain-mismatch'
  if (isAddress(host))
    return isSameAddress(attribute, host) ? { domain: host, hostOnly: true } : 'domain-mismatch'
  const domain = canonicalHost(attribute)
  if (!isAscii(domain) || !domainMatches(host, domain)) return 'domain-mismatch'
  if (!isPublicSuffix(domain)) return { domain, hostOnly: false }
  return domain === host ? { domain, hostOnly: true } : 'public-suffix'
}

function isSameAddress(attribute: string, host: string): boolean {
  const text = attribute.includes(':') && !attribute.startsWith('[') ? `[${attribute}]` : attribute
  try {
    return canonicalHost(new URL(`http://${text}/`).host) === host
  } catch {
    return false
  }
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

/** Steps 20 to 22, and the prefixes that came after: compared without regard to case. */
function breaksPrefix({ name, secure, httpOnly, path }: ParsedCookie, hostOnly: boolean): boolean {
  if (!name.startsWith('__')) return false
  const lower = name.toLowerCase()
  if (lower.startsWith('__host-')) {
    if (!secure || !hostOnly || path !== '/') return true
    return lower.startsWith('__host-http-') && !httpOnly
  }
  if (lower.startsWith('__http-')) return !secure || !httpOnly
  return lower.startsWith('__secure-') && !secure
}

/** When the cookie ends; a time that has passed is how a site takes a cookie back. */
function expiry({ maxAge, expires }: ParsedCookie, now: number): number {
  if (maxAge !== undefined) return maxAge <= 0 ? 0 : now + Math.min(maxAge * 1000, MAX_LIFETIME)
  return expires === undefined ? Infinity : Math.min(expires, now + MAX_LIFETIME)
}
