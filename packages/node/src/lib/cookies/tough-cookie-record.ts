import { Cookie } from 'tough-cookie'
import type { CookieEntry } from './cookie-entry.js'
import type { CookieRecord } from './cookie-record.js'
import type { ParsedCookie } from './parse-set-cookie.js'
import { domainAttribute, sameSiteAttribute } from './cookie-attributes.js'
import { headerBytes, isPartitioned } from './cookie-json.js'

/** A record as a tough-cookie `Cookie`, a copy. */
export function toToughCookie(record: CookieRecord): Cookie {
  const { name, value, domain, hostOnly, path, secure, httpOnly, sameSite } = record
  return new Cookie({
    key: name,
    value,
    domain,
    hostOnly,
    path,
    pathIsDefault: false,
    expires: record.expires === Infinity ? 'Infinity' : new Date(record.expires),
    secure,
    httpOnly,
    ...(sameSite && { sameSite }),
    ...(record.partitioned && { extensions: ['Partitioned'] }),
    creation: new Date(record.creation),
    lastAccessed: new Date(record.lastAccess),
  })
}

/** What a tough-cookie `Cookie`, whoever made it, says of itself; not to be believed before `admitEntry` saw it. */
export function fromToughCookie(cookie: Cookie, now: number): CookieEntry {
  const { key, value, domain, hostOnly, path, secure, httpOnly, sameSite, creation, extensions } = cookie
  const expires = cookie.expiryTime(new Date(now))
  return {
    name: headerBytes(key),
    value: headerBytes(value),
    domain: domain ?? '',
    hostOnly: hostOnly ?? true,
    path: headerBytes(path ?? '/'),
    expires: expires === undefined ? Infinity : expires,
    secure,
    httpOnly,
    sameSite: typeof sameSite === 'string' ? sameSiteAttribute(sameSite) : undefined,
    partition: isPartitioned({ extensions }) ? 'own' : 'none',
    creation: creation instanceof Date ? creation.getTime() : now,
  }
}

/** The same as a `Set-Cookie` line of it would say. Header text: a character is a byte. */
export function parsedToughCookie(cookie: Cookie): ParsedCookie {
  const { key, value, domain, hostOnly, path, secure, httpOnly, sameSite, extensions } = cookie
  const expires = cookie.expiryTime()
  return {
    name: key,
    value,
    domain: typeof domain === 'string' && !hostOnly ? domainAttribute(domain) : undefined,
    path: typeof path === 'string' && path.startsWith('/') ? path : undefined,
    maxAge: undefined,
    expires: expires === undefined || expires === Infinity ? undefined : expires,
    secure,
    httpOnly,
    sameSite: typeof sameSite === 'string' ? sameSiteAttribute(sameSite) : undefined,
    partitioned: isPartitioned({ extensions }),
  }
}
