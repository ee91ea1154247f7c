import { isFieldText, parseUrl } from '@session-fetch/core/adapter'
import type { CookieRecord, SameSite } from './cookie-record.js'
import { MAX_LIFETIME, admitCookie } from './policy.js'
import type { CookieRejection } from './rejection.js'
import { pairFault } from './set-cookie.js'
import { canonicalHost, isAddress } from './site.js'

/** A cookie from a file or another jar. Name, value and path are bytes, one character each. */
export interface CookieEntry {
  readonly name: string
  readonly value: string
  readonly domain: string
  readonly hostOnly: boolean
  readonly path: string
  /** Milliseconds since 1970; `Infinity` for a session cookie. */
  readonly expires: number
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: SameSite | undefined
  /**
   * The partition (CHIPS): a session never sends cookies of `other`. `undefined` if the source has no such
   * information.
   */
  readonly partition: 'none' | 'own' | 'other' | undefined
  readonly creation: number
}

/** The length limit of attributes in a `Set-Cookie` line. */
const MAX_PATH = 1024

/**
 * Validates an entry by the rules for a `Set-Cookie` line from its own host. The attributes are not trusted; only
 * the scheme, which is not recorded, is assumed to be https.
 */
export function admitEntry(entry: CookieEntry, now: number): CookieRecord | CookieRejection {
  const { name, value, domain, path, expires } = entry
  const fault = textFault(entry) ?? pairFault(name, value)
  if (fault !== null) return fault
  const host = entryHost(domain)
  if (host === null || (!entry.hostOnly && domain.endsWith('.'))) return 'domain-mismatch'
  if (entry.partition === 'other') return 'partitioned'
  if (!path.startsWith('/') || path.length > MAX_PATH) return 'invalid-path'
  if (Number.isNaN(expires)) return 'invalid-expiry'
  if (expires <= now) return 'expired'
  const cookie = {
    ...entry,
    domain: entry.hostOnly ? undefined : host,
    expires: expires === Infinity ? undefined : Math.min(expires, now + MAX_LIFETIME),
    maxAge: undefined,
    partitioned: entry.partition === 'own',
  }
  const record = admitCookie(cookie, { host, path, trusted: true }, now)
  if (typeof record === 'string') return record
  // tools keep `Domain=localhost` and `Domain=127.0.0.1` as set, which is allowed for exactly that host
  if (!entry.hostOnly && record.hostOnly && host !== 'localhost' && !isAddress(host)) return 'public-suffix'
  if (entry.partition === undefined) record.partitioned = undefined
  if (entry.creation >= 0 && entry.creation < now) record.creation = entry.creation
  return record
}

/** Rejects characters that would end the cookie or the header. */
export function textFault({
  name,
  value,
  path,
}: Pick<CookieEntry, 'name' | 'value' | 'path'>): CookieRejection | null {
  const clean = isFieldText(name) && isFieldText(value) && isFieldText(path)
  return !clean || /[;=]/.test(name) || value.includes(';') || path.includes(';') ? 'invalid-character' : null
}

/** The entry's domain as a canonical host; `null` if it is invalid. */
function entryHost(domain: string): string | null {
  const bare = domain.startsWith('.') ? domain.slice(1) : domain
  const text = bare.includes(':') && !bare.startsWith('[') ? `[${bare}]` : bare
  const url = /^[^\s/?#@\\]+$/.test(text) ? parseUrl(`http://${text}/`) : null
  if (url === null) return null
  const host = canonicalHost(url.hostname)
  return url.port === '' && host !== '' && !host.startsWith('.') && !host.includes('..') ? host : null
}
