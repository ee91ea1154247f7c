import { InvalidRequestError } from '@session-fetch/core'
import { cookieBytes, own } from '@session-fetch/core/adapter'
import {
  type CookieRecord,
  type SameSite,
  decodedFields,
  headerBytes,
  isPartitioned,
} from '../rules/cookie-record.js'
import type { CookieEntry } from '../rules/entry.js'
import { sameSiteAttribute } from '../rules/set-cookie.js'
import type { CookieDocument } from './document.js'
import { type ReadEntries, checkImportText } from './import.js'
import { isStorageState, partitionOf } from './storage-state.js'

/** A cookie in JSON. In the text, a lone surrogate from U+DC80 on represents a byte that is not UTF-8. */
export interface JsonCookie {
  /** The name. */
  name: string
  /** The value. */
  value: string
  /** The domain that it was set for. */
  domain: string
  /** Whether subdomains do not get it. */
  hostOnly: boolean
  /** The path that it is sent below. */
  path: string
  /** Milliseconds since 1970, or `null` for a session cookie. */
  expires: number | null
  /** Whether it is sent over https only, and on loopback. */
  secure: boolean
  /** Whether scripts of pages cannot read it. */
  httpOnly: boolean
  /** Whether requests from other sites send it. Default: no `SameSite` attribute. */
  sameSite?: SameSite
  /** Whether it is in the partition of its own site (CHIPS). */
  partitioned?: boolean
  /** Milliseconds since 1970. */
  creation: number
}

/**
 * Cookies as JSON. They grant access: protect them like passwords.
 *
 * @example
 * const data: CookieData = session.cookies.toJSON()
 * await session.cookies.fromJSON(JSON.parse(JSON.stringify(data)))
 */
export interface CookieData {
  /** The version of this format. */
  version: 1
  /** All cookies, oldest first. */
  cookies: JsonCookie[]
}

export function writeJson(records: readonly CookieRecord[]): CookieData {
  return { version: 1, cookies: records.map(toJsonCookie) }
}

/**
 * Reads the output of `writeJson` or of tough-cookie's `jar.serialize()`. Only the cookies are used; settings in the
 * data are ignored.
 *
 * @throws InvalidRequestError if the data has no list of cookies, or is a `storageState`
 */
export function readJson(data: unknown): ReadEntries {
  const parsed = typeof data === 'string' ? parse(data) : data
  if (isStorageState(parsed)) {
    throw new InvalidRequestError('cookies.fromJSON: this is a storageState; call cookies.fromStorageState')
  }
  const { cookies } = own<{ cookies?: unknown }>(Object(parsed))
  if (!Array.isArray(cookies))
    throw new InvalidRequestError('cookies.fromJSON: the data has no list of cookies')
  return cookies.map(toEntry)
}

/** A JSON file of cookies, ours or tough-cookie's; `null` if it has no list of them. */
export function jsonDocument(data: unknown): CookieDocument | null {
  const all = own<{ cookies?: unknown; version?: unknown }>(Object(data))
  const { cookies, version } = all
  if (!Array.isArray(cookies)) return null
  const isTough = typeof version === 'string' && version.startsWith('tough-cookie')
  return {
    format: 'json',
    items: cookies.map((raw: unknown) => ({ raw, entry: toEntry(raw) })),
    toRaw: (record, old) => ({
      ...unknownMembers(old),
      ...(isTough ? toToughJson(record) : toJsonCookie(record)),
    }),
    write: (raws) => JSON.stringify({ ...all, cookies: raws }, null, 2),
  }
}

function toJsonCookie(record: CookieRecord): JsonCookie {
  const { domain, hostOnly, creation } = record
  return { ...decodedFields(record, { domain, hostOnly }), creation }
}

/** tough-cookie stores header text, one character per byte. */
function toToughJson(record: CookieRecord): Record<string, unknown> {
  const { name: key, value, domain, hostOnly, path, expires, secure, httpOnly, sameSite } = record
  return {
    key,
    value,
    ...(expires !== Infinity && { expires: new Date(expires).toISOString() }),
    domain,
    path,
    secure,
    httpOnly,
    ...(record.partitioned && { extensions: ['Partitioned'] }),
    hostOnly,
    creation: new Date(record.creation).toISOString(),
    lastAccessed: new Date(record.lastAccess).toISOString(),
    ...(sameSite && { sameSite }),
  }
}

const KNOWN_MEMBERS: readonly string[] = (
  'name key value domain hostOnly path pathIsDefault expires maxAge secure httpOnly sameSite ' +
  'partitioned extensions creation lastAccessed'
).split(' ')

/** The members of a cookie in a file that are unknown here. */
function unknownMembers(raw: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(Object(raw)).filter(([name]) => !KNOWN_MEMBERS.includes(name)))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(checkImportText(text).replace(/^\ufeff/, ''))
  } catch (cause) {
    if (cause instanceof InvalidRequestError) throw cause
    throw new InvalidRequestError('cookies.fromJSON: the text is not JSON') // the engine's message would quote the text
  }
}

function toEntry(cookie: unknown): CookieEntry | null {
  if (typeof cookie !== 'object' || cookie === null) return null
  const data = own(cookie as Record<string, unknown>)
  const { name = data['key'] ?? '', value = '', domain, path, sameSite } = data
  if (typeof name !== 'string' || typeof value !== 'string') return null
  if (typeof domain !== 'string' || typeof path !== 'string') return null
  const encoded = 'key' in data ? headerBytes : cookieBytes
  return {
    name: encoded(name),
    value: encoded(value),
    domain,
    hostOnly: data['hostOnly'] !== false,
    path: encoded(path),
    expires: toExpiry(data),
    secure: data['secure'] === true,
    httpOnly: data['httpOnly'] === true,
    sameSite: typeof sameSite === 'string' ? sameSiteAttribute(sameSite) : undefined,
    partition: isPartitioned(data) ? 'own' : partitionOf(data, domain),
    creation: toTime(data['creation']),
  }
}

/** tough-cookie's `maxAge` is relative to the creation time, not to the time of reading. */
function toExpiry({ expires, maxAge, creation }: Record<string, unknown>): number {
  if (typeof maxAge === 'number') return toTime(creation) + maxAge * 1000
  return expires === undefined || expires === null || expires === 'Infinity' ? Infinity : toTime(expires)
}

function toTime(time: unknown): number {
  if (typeof time === 'number') return time
  return typeof time === 'string' ? Date.parse(time) : Number.NaN
}
