import { parseUrl } from '@session-fetch/core'
import { isFieldText } from '../base/field-text.js'
import type { CookieRecord, SameSite } from './cookie-record.js'
import { MAX_LIFETIME, admitCookie } from './policy.js'
import type { CookieRejection } from './rejection.js'
import { pairFault } from './set-cookie.js'
import { canonicalHost, isAddress } from './site.js'

/** A cookie as a file or another jar describes it. Name, value and path are bytes, one character each. */
export interface CookieEntry {
  readonly name: string
  readonly value: string
  readonly domain: string
  readonly hostOnly: boolean
  readonly path: string
  /** Milliseconds since 1970; `Infinity` for a cookie that ends with the session. */
  readonly expires: number
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: SameSite | undefined
  /**
   * Whose partition it lies in (CHIPS): of `other` sites no request of a session may carry it. `undefined` where its
   * source has no place for that.
   */
  readonly partition: 'none' | 'own' | 'other' | undefined
  readonly creation: number
}

/** A path is stored no longer than a `Set-Cookie` line could have said it. */
const MAX_PATH = 1024

/**
 * Judges an entry by all the rules that a `Set-Cookie` line of its own host would have to pass. What it says
 * of itself is not believed; only the scheme that set it, which nobody wrote down, is taken for https.
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
  const said = {
    ...entry,
    domain: entry.hostOnly ? undefined : host,
    expires: expires === Infinity ? undefined : Math.min(expires, now + MAX_LIFETIME),
    maxAge: undefined,
    partitioned: entry.partition === 'own',
  }
  const record = admitCookie(said, { host, path, trusted: true }, now)
  if (typeof record === 'string') return record
  // Tools write `Domain=localhost` and `Domain=127.0.0.1` as a site said them: of that very host.
  if (!entry.hostOnly && record.hostOnly && host !== 'localhost' && !isAddress(host)) return 'public-suffix'
  if (entry.partition === undefined) record.partitioned = undefined
  if (entry.creation >= 0 && entry.creation < now) record.creation = entry.creation
  return record
}

/** No part of a cookie may end the header, or the cookie, that it stands in. */
export function textFault({
  name,
  value,
  path,
}: Pick<CookieEntry, 'name' | 'value' | 'path'>): CookieRejection | null {
  const clean = isFieldText(name) && isFieldText(value) && isFieldText(path)
  return !clean || /[;=]/.test(name) || value.includes(';') || path.includes(';') ? 'invalid-character' : null
}

/** The entry's domain as a canonical host, or `null` if it is none. */
function entryHost(domain: string): string | null {
  const bare = domain.startsWith('.') ? domain.slice(1) : domain
  const text = bare.includes(':') && !bare.startsWith('[') ? `[${bare}]` : bare
  const url = /^[^\s/?#@\\]+$/.test(text) ? parseUrl(`http://${text}/`) : null
  if (url === null) return null
  const host = canonicalHost(url.hostname)
  return url.port === '' && host !== '' && !host.startsWith('.') && !host.includes('..') ? host : null
}
