import type { SessionCookie } from '@session-fetch/core'
import { cookieBytes, cookieText } from '@session-fetch/core/adapter'

export type SameSite = 'strict' | 'lax' | 'none'

/**
 * A cookie as the jar keeps it. Records stay inside; what callers get are copies. Name, value and path are the bytes
 * of the wire, one character each; `cookieText` and `cookieBytes` translate at every door.
 */
export interface CookieRecord {
  /** Empty for a nameless cookie, which is sent as its value alone. */
  readonly name: string
  readonly value: string
  /** A canonical host: lower case, A-labels, no dot at either end, no brackets. */
  readonly domain: string
  /** Whether the cookie goes to `domain` alone and to no host under it. */
  readonly hostOnly: boolean
  readonly path: string
  /** Milliseconds since 1970; `Infinity` for a cookie that ends with the session. */
  expires: number
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: SameSite | undefined
  /**
   * Whether it lies in the partition of its own site (CHIPS): another cookie than the one of its name beside it.
   * `undefined`: it came from where that is not written down, and passes for one that is not.
   */
  partitioned: boolean | undefined
  /** Milliseconds since 1970. A cookie that replaces another keeps the time of the first. */
  creation: number
  /** Which of two cookies created in the same millisecond was the first. */
  order: number
  /** When the cookie was last sent, to the minute; the longest unused are evicted first. */
  lastAccess: number
}

/** What makes two records the same cookie, within their domain: RFC 6265bis §5.7 step 23. */
export function cookieKey({
  name,
  path,
  hostOnly,
  partitioned,
}: Pick<CookieRecord, 'name' | 'path' | 'hostOnly' | 'partitioned'>): string {
  return `${name}\n${path}\n${hostOnly ? 'host' : 'domain'}${partitioned ? ' partitioned' : ''}`
}

/** What makes two records the same cookie, of whatever domain. */
export function recordKey(record: Parameters<typeof cookieKey>[0] & Pick<CookieRecord, 'domain'>): string {
  return `${record.domain}\n${cookieKey(record)}`
}

/** Whether putting `next` in the place of `old` changes nothing that a request or a reader sees, but for a later end. */
export function isRenewal(old: CookieRecord, next: CookieRecord): boolean {
  return (
    old.value === next.value &&
    old.secure === next.secure &&
    old.httpOnly === next.httpOnly &&
    old.sameSite === next.sameSite &&
    (old.expires === next.expires || (next.expires > old.expires && next.expires !== Infinity))
  )
}

/** A copy that shares nothing. */
export function copyRecord(record: CookieRecord): CookieRecord {
  const { name, value, domain, hostOnly, path, expires } = record
  const { secure, httpOnly, sameSite, partitioned, creation, order, lastAccess } = record
  return {
    name,
    value,
    domain,
    hostOnly,
    path,
    expires,
    secure,
    httpOnly,
    sameSite,
    partitioned,
    creation,
    order,
    lastAccess,
  }
}

/** A cookie as `CookieStore` returns it: `domain` is `null` if the cookie is host-only. */
export function toSessionCookie(record: CookieRecord): SessionCookie {
  return decodedFields(record, { domain: record.hostOnly ? null : record.domain })
}

/** The fields of a record as callers get them, with those of `scope` for its domain. */
export function decodedFields<Scope extends object>(
  { name, value, path, expires, secure, httpOnly, sameSite, partitioned }: CookieRecord,
  scope: Scope,
): Scope & DecodedFields {
  return {
    name: cookieText(name),
    value: cookieText(value),
    ...scope,
    path: cookieText(path),
    expires: expires === Infinity ? null : expires,
    secure,
    httpOnly,
    ...(sameSite && { sameSite }),
    ...(partitioned && { partitioned }),
  }
}

interface DecodedFields {
  name: string
  value: string
  path: string
  /** Milliseconds since 1970; `null` for a cookie that ends with the session. */
  expires: number | null
  secure: boolean
  httpOnly: boolean
  sameSite?: SameSite
  partitioned?: boolean
}

/** The bytes of what tough-cookie holds: header text, unless a program put other text there. */
export function headerBytes(text: string): string {
  return /^[\0-\xff]*$/.test(text) ? text : cookieBytes(text)
}

/** @param extensions - the attributes that tough-cookie does not know */
export function isPartitioned({ partitioned, extensions }: Record<string, unknown>): boolean {
  if (partitioned === true) return true
  return Array.isArray(extensions) && extensions.some((text) => /^\s*partitioned\s*$/i.test(String(text)))
}
