import { InvalidRequestError, own } from '@session-fetch/core'
import type { CookieEntry } from './cookie-entry.js'
import type { CookieRecord, SameSite } from './cookie-record.js'
import { type ReadEntries, checkImportText } from './import-cookies.js'
import { sameSiteAttribute } from './cookie-attributes.js'

/** A cookie as JSON holds it. */
export interface JsonCookie {
  name: string
  value: string
  domain: string
  hostOnly: boolean
  path: string
  /** Milliseconds since 1970, or `null` for a cookie that ends with the session. */
  expires: number | null
  secure: boolean
  httpOnly: boolean
  sameSite?: SameSite
  /** Milliseconds since 1970. */
  creation: number
}

/** Cookies as JSON. They open every door they opened here: keep them as you would keep a password. */
export interface CookieData {
  version: 1
  cookies: JsonCookie[]
}

export function writeJson(records: readonly CookieRecord[]): CookieData {
  return { version: 1, cookies: records.map(toJsonCookie) }
}

/**
 * Reads what `writeJson` wrote, or what tough-cookie's `jar.serialize()` did. Only the cookies are read: whatever
 * else the data says of how to treat them is passed over.
 *
 * @throws InvalidRequestError if the data holds no list of cookies
 */
export function readJson(data: unknown): ReadEntries {
  const { cookies } = own<{ cookies?: unknown }>(Object(typeof data === 'string' ? parse(data) : data))
  if (!Array.isArray(cookies)) throw new InvalidRequestError('cookies.fromJSON: there is no list of cookies')
  return cookies.map(toEntry)
}

function toJsonCookie(record: CookieRecord): JsonCookie {
  const { name, value, domain, hostOnly, path, expires, secure, httpOnly, sameSite, creation } = record
  return {
    name,
    value,
    domain,
    hostOnly,
    path,
    expires: expires === Infinity ? null : expires,
    secure,
    httpOnly,
    ...(sameSite && { sameSite }),
    creation,
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(checkImportText(text))
  } catch (cause) {
    if (cause instanceof InvalidRequestError) throw cause
    throw new InvalidRequestError('cookies.fromJSON: the text is no JSON') // its message would quote the text
  }
}

function toEntry(cookie: unknown): CookieEntry | null {
  if (typeof cookie !== 'object' || cookie === null) return null
  const said = own(cookie as Record<string, unknown>)
  const { name = said['key'] ?? '', value = '', domain, path, sameSite } = said
  if (typeof name !== 'string' || typeof value !== 'string') return null
  if (typeof domain !== 'string' || typeof path !== 'string') return null
  return {
    name,
    value,
    domain,
    hostOnly: said['hostOnly'] !== false,
    path,
    expires: toExpiry(said),
    secure: said['secure'] === true,
    httpOnly: said['httpOnly'] === true,
    sameSite: typeof sameSite === 'string' ? sameSiteAttribute(sameSite) : undefined,
    creation: toTime(said['creation']),
  }
}

/** tough-cookie's `maxAge` counts from when the cookie was created, not from when it was last read. */
function toExpiry({ expires, maxAge, creation }: Record<string, unknown>): number {
  if (typeof maxAge === 'number') return toTime(creation) + maxAge * 1000
  return expires === undefined || expires === null || expires === 'Infinity' ? Infinity : toTime(expires)
}

function toTime(time: unknown): number {
  if (typeof time === 'number') return time
  return typeof time === 'string' ? Date.parse(time) : Number.NaN
}
