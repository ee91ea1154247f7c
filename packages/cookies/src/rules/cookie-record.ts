import type { SessionCookie } from '@session-fetch/core'
import { cookieBytes, cookieText } from '@session-fetch/core/adapter'

export type SameSite = 'strict' | 'lax' | 'none'

/**
 * A cookie in the jar. Callers only get copies. Name, value and path are bytes, one character each; `cookieText` and
 * `cookieBytes` convert at the API.
 */
export interface CookieRecord {
  /** Empty for a nameless cookie, which is sent as the value only. */
  readonly name: string
  readonly value: string
  /** A canonical host: lower case, A-labels, without leading or trailing dot and brackets. */
  readonly domain: string
  /** Whether it is sent to `domain` only, and not to its subdomains. */
  readonly hostOnly: boolean
  readonly path: string
  /** Milliseconds since 1970; `Infinity` for a session cookie. */
  expires: number
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: SameSite | undefined
  /**
   * Whether it is in the partition of its own site (CHIPS), separate from an unpartitioned cookie of the same name.
   * `undefined` if the source has no such information; it is treated as unpartitioned then.
   */
  partitioned: boolean | undefined
  /** Milliseconds since 1970. Kept when a cookie is replaced. */
  creation: number
  /** Orders cookies that were created in the same millisecond. */
  order: number
  /** When it was last sent, to the minute, for eviction. */
  lastAccess: number
}

/** The identity of a cookie within its domain (RFC 6265bis §5.7 step 23). */
export function cookieKey({
  name,
  path,
  hostOnly,
  partitioned,
}: Pick<CookieRecord, 'name' | 'path' | 'hostOnly' | 'partitioned'>): string {
  return `${name}\n${path}\n${hostOnly ? 'host' : 'domain'}${partitioned ? ' partitioned' : ''}`
}

/** The identity of a cookie. */
export function recordKey(record: Parameters<typeof cookieKey>[0] & Pick<CookieRecord, 'domain'>): string {
  return `${record.domain}\n${cookieKey(record)}`
}

/** Whether `next` differs from `old` in nothing visible but a later expiry. */
export function isRenewal(old: CookieRecord, next: CookieRecord): boolean {
  return (
    old.value === next.value &&
    old.secure === next.secure &&
    old.httpOnly === next.httpOnly &&
    old.sameSite === next.sameSite &&
    (old.expires === next.expires || (next.expires > old.expires && next.expires !== Infinity))
  )
}

/** A shallow copy, with a fixed order of members. */
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

/** Converts text of tough-cookie to bytes: header text is already bytes, unless a program set other text. */
export function headerBytes(text: string): string {
  return /^[\0-\xff]*$/.test(text) ? text : cookieBytes(text)
}

/** @param extensions The attributes that tough-cookie does not know. */
export function isPartitioned({ partitioned, extensions }: Record<string, unknown>): boolean {
  if (partitioned === true) return true
  return Array.isArray(extensions) && extensions.some((text) => /^\s*partitioned\s*$/i.test(String(text)))
}
