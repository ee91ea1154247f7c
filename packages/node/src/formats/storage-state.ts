import { InvalidRequestError, cookieBytes, cookieText, hasRawBytes, own, parseUrl } from '@session-fetch/core'
import { isLoopback } from '../base/url-parts.js'
import type { CookieRecord } from '../rules/cookie-record.js'
import type { CookieEntry } from '../rules/entry.js'
import { sameSiteAttribute } from '../rules/set-cookie.js'
import { domainMatches, siteHost } from '../rules/site.js'
import type { CookieDocument } from './document.js'
import type { ReadEntries } from './import.js'

/** A cookie as Playwright's `storageState` has it. */
export interface StorageStateCookie {
  name: string
  value: string
  /** With a leading dot unless it is for its own host alone. */
  domain: string
  path: string
  /** Seconds since 1970, or -1 for a cookie that ends with the session. */
  expires: number
  httpOnly: boolean
  secure: boolean
  sameSite: 'Strict' | 'Lax' | 'None'
  /** Of a partitioned cookie, the site in whose pages it is sent: here always its own. */
  partitionKey?: string
  /** Chromium's other half of that: whether the cookie was set in a frame, with another site between. */
  _crHasCrossSiteAncestor?: false
}

/** What Playwright's `browser.newContext({ storageState })` takes and `context.storageState()` gives. */
export interface StorageState {
  cookies: StorageStateCookie[]
  /** What pages kept in their local storage. A session has none. */
  origins: { origin: string; localStorage: { name: string; value: string }[] }[]
}

/** Bytes that are no UTF-8 have no place there: a browser would make other bytes of them. They are left out. */
export function writeStorageState(records: readonly CookieRecord[]): StorageState {
  const cookies = records.map(toStateCookie)
  return { cookies: cookies.filter(({ name, value }) => !hasRawBytes(name + value)), origins: [] }
}

/** @throws InvalidRequestError if the data holds no list of cookies */
export function readStorageState(state: unknown): ReadEntries {
  const { cookies } = own<{ cookies?: unknown }>(Object(state))
  if (Array.isArray(cookies)) return cookies.map(toEntry)
  throw new InvalidRequestError('cookies.fromStorageState: there is no list of cookies')
}

/**
 * Whether data is a storage state, and not cookies as JSON: what pages stored stands beside the cookies, or each cookie
 * says what Playwright's do.
 */
export function isStorageState(data: unknown): boolean {
  const { cookies, origins } = own<{ cookies?: unknown; origins?: unknown }>(Object(data))
  if (!Array.isArray(cookies)) return false
  return Array.isArray(origins) || (cookies.length > 0 && cookies.every(isStateCookie))
}

function isStateCookie(cookie: unknown): boolean {
  const { expires, httpOnly, sameSite } = own<Record<string, unknown>>(Object(cookie))
  const isPlaywrights = typeof sameSite === 'string' && /^(?:Strict|Lax|None)$/.test(sameSite)
  return isPlaywrights && typeof expires === 'number' && typeof httpOnly === 'boolean'
}

/** A file that Playwright wrote, with what pages stored; `null` where it is something else. */
export function storageStateDocument(data: unknown): CookieDocument | null {
  if (!isStorageState(data)) return null
  const all = own<{ cookies: unknown[] }>(Object(data))
  return {
    format: 'storageState',
    items: all.cookies.map((raw) => ({ raw, entry: toEntry(raw) })),
    toRaw: (record, old) => ({
      ...Object(old),
      ...toStateCookie(record),
      ...partitionIn(old),
    }),
    write: (raws) => JSON.stringify({ ...all, cookies: raws }, null, 2),
  }
}

/** A browser's own name for a partition stays as it is. */
function partitionIn(raw: unknown): { partitionKey?: unknown } {
  const { partitionKey } = own<{ partitionKey?: unknown }>(Object(raw))
  return partitionKey === undefined ? {} : { partitionKey }
}

/** Where a site said nothing of SameSite, browsers treat the cookie as Lax, and Playwright calls it that. */
function toStateCookie(record: CookieRecord): StorageStateCookie {
  const { name, value, domain, hostOnly, path, expires, httpOnly, secure, sameSite = 'lax' } = record
  return {
    name: cookieText(name),
    value: cookieText(value),
    domain: hostOnly ? domain : `.${domain}`,
    path: cookieText(path),
    expires: expires === Infinity ? -1 : expires / 1000,
    httpOnly,
    secure,
    sameSite: SAME_SITE[sameSite],
    ...(record.partitioned && {
      partitionKey: ownPartition(domain),
      _crHasCrossSiteAncestor: false as const,
    }),
  }
}

const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const

/** The site of a domain, as a browser names the partition of its own pages. */
function ownPartition(domain: string): string {
  const host = siteHost(domain)
  return `${isLoopback(host) ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}`
}

function toEntry(cookie: unknown): CookieEntry | null {
  if (typeof cookie !== 'object' || cookie === null) return null
  const said = own(cookie as Record<string, unknown>)
  const { name, value, domain, path, expires = -1 } = said
  if (typeof name !== 'string' || typeof value !== 'string') return null
  if (typeof domain !== 'string' || typeof path !== 'string') return null
  const secure = said['secure'] === true
  return {
    name: cookieBytes(name),
    value: cookieBytes(value),
    domain,
    hostOnly: !domain.startsWith('.'),
    path: cookieBytes(path),
    expires: typeof expires === 'number' ? toExpiry(expires) : Number.NaN,
    secure,
    httpOnly: said['httpOnly'] === true,
    sameSite: toSameSite(said['sameSite'], secure),
    partition: partitionOf(said, domain),
    creation: Number.NaN,
  }
}

/**
 * Whose partition a cookie lies in. A session sends each request as if its own site stood in the address bar, with
 * nothing between.
 */
export function partitionOf(said: Record<string, unknown>, domain: string): 'none' | 'own' | 'other' {
  const { partitionKey: key = null } = said
  if (key === null || key === '') return 'none'
  const { topLevelSite = key, hasCrossSiteAncestor = said['_crHasCrossSiteAncestor'] } = own<Partition>(
    Object(key),
  )
  const site = typeof topLevelSite === 'string' ? parseUrl(topLevelSite)?.hostname : undefined
  if (site === undefined || site === '' || hasCrossSiteAncestor === true) return 'other'
  return domainMatches(domain.replace(/^\./, '').toLowerCase(), site) ? 'own' : 'other'
}

/** A partition as the DevTools protocol has it. */
interface Partition {
  topLevelSite?: unknown
  hasCrossSiteAncestor?: unknown
}

function toExpiry(seconds: number): number {
  return seconds === -1 ? Infinity : seconds * 1000
}

/** Engines that do not default to Lax call a cookie without SameSite `None`, which needs Secure to be meant. */
function toSameSite(word: unknown, secure: boolean): CookieEntry['sameSite'] {
  const sameSite = typeof word === 'string' ? sameSiteAttribute(word) : undefined
  return sameSite === 'none' && !secure ? undefined : sameSite
}
