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

/** Maximum lifetime of a cookie, in milliseconds (RFC 6265bis §5.5). */
export const MAX_LIFETIME: number = 400 * 24 * 60 * 60 * 1000

/**
 * Validates a cookie for the site that sets it (RFC 6265bis §5.7), without the steps that involve other cookies.
 *
 * @param now Milliseconds since 1970; determines the expiry.
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

/** Steps 8 to 12: the scope. A domain that is a public suffix is limited to exactly that host. */
function scopeOf(attribute: string | undefined, { host }: CookieSite): CookieScope | CookieRejection {
  if (attribute === undefined) return { domain: host, hostOnly: true }
  // a host may end in a dot (an absolute name), but a Domain attribute may not, as in browsers
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

/** Steps 20 to 22, and later prefixes; compared case-insensitively. */
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

/** The expiry in milliseconds since 1970. A site deletes a cookie by a time in the past. */
function expiry({ maxAge, expires }: ParsedCookie, now: number): number {
  if (maxAge !== undefined) return maxAge <= 0 ? 0 : now + Math.min(maxAge * 1000, MAX_LIFETIME)
  return expires === undefined ? Infinity : Math.min(expires, now + MAX_LIFETIME)
}
