import { InvalidRequestError } from '@session-fetch/core'
import { cookieBytes, cookieText, hasRawBytes, isLoopback, own, parseUrl } from '@session-fetch/core/adapter'
import type { CookieRecord } from '../rules/cookie-record.js'
import type { CookieEntry } from '../rules/entry.js'
import { sameSiteAttribute } from '../rules/set-cookie.js'
import { domainMatches, siteHost } from '../rules/site.js'
import type { CookieDocument } from './document.js'
import type { ReadEntries } from './import.js'

/** A cookie of Playwright's `storageState`. */
export interface StorageStateCookie {
  /** The name. */
  name: string
  /** The value. */
  value: string
  /** Starts with a dot unless the cookie is host-only. */
  domain: string
  /** The path that it is sent below. */
  path: string
  /** Seconds since 1970, or -1 for a session cookie. */
  expires: number
  /** Whether scripts of pages cannot read it. */
  httpOnly: boolean
  /** Whether it is sent over https only, and on loopback. */
  secure: boolean
  /** Whether requests from other sites send it. */
  sameSite: 'Strict' | 'Lax' | 'None'
  /** The site whose pages send a partitioned cookie: here always its own. */
  partitionKey?: string
  /** The rest of Chromium's partition key: whether the cookie was set in a frame below another site. */
  _crHasCrossSiteAncestor?: false
}

/**
 * The input of Playwright's `browser.newContext({ storageState })` and the output of `context.storageState()`.
 *
 * @example
 * const { cookies }: StorageState = session.cookies.toStorageState()
 * console.log(cookies.map(({ name, domain }) => `${name} of ${domain}`))
 */
export interface StorageState {
  /** All cookies. */
  cookies: StorageStateCookie[]
  /** The local storage of pages. Always empty for a session. */
  origins: { origin: string; localStorage: { name: string; value: string }[] }[]
}

/** Cookies that are not UTF-8 are left out, because a browser would change their bytes. */
export function writeStorageState(records: readonly CookieRecord[]): StorageState {
  const cookies = records.map(toStateCookie)
  return { cookies: cookies.filter(({ name, value }) => !hasRawBytes(name + value)), origins: [] }
}

/** @throws InvalidRequestError if the data has no list of cookies */
export function readStorageState(state: unknown): ReadEntries {
  const { cookies } = own<{ cookies?: unknown }>(Object(state))
  if (Array.isArray(cookies)) return cookies.map(toEntry)
  throw new InvalidRequestError('cookies.fromStorageState: the data has no list of cookies')
}

/**
 * Whether data is a storage state rather than cookies as JSON: it has `origins`, or every cookie has Playwright's
 * members.
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

/** A file written by Playwright, including the storage of its pages; `null` if it is something else. */
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

/** An existing partition key is kept. */
function partitionIn(raw: unknown): { partitionKey?: unknown } {
  const { partitionKey } = own<{ partitionKey?: unknown }>(Object(raw))
  return partitionKey === undefined ? {} : { partitionKey }
}

/** Browsers treat a cookie without SameSite as Lax, and Playwright reports it as Lax. */
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

/** The partition key of a site's own pages. */
function ownPartition(domain: string): string {
  const host = siteHost(domain)
  return `${isLoopback(host) ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}`
}

function toEntry(cookie: unknown): CookieEntry | null {
  if (typeof cookie !== 'object' || cookie === null) return null
  const fields = own(cookie as Record<string, unknown>)
  const { name, value, domain, path, expires = -1 } = fields
  if (typeof name !== 'string' || typeof value !== 'string') return null
  if (typeof domain !== 'string' || typeof path !== 'string') return null
  const secure = fields['secure'] === true
  return {
    name: cookieBytes(name),
    value: cookieBytes(value),
    domain,
    hostOnly: !domain.startsWith('.'),
    path: cookieBytes(path),
    expires: typeof expires === 'number' ? toExpiry(expires) : Number.NaN,
    secure,
    httpOnly: fields['httpOnly'] === true,
    sameSite: toSameSite(fields['sameSite'], secure),
    partition: partitionOf(fields, domain),
    creation: Number.NaN,
  }
}

/** The partition of a cookie. A session sends every request as a top-level request of the target's own site. */
export function partitionOf(fields: Record<string, unknown>, domain: string): 'none' | 'own' | 'other' {
  const { partitionKey: key = null } = fields
  if (key === null || key === '') return 'none'
  const { topLevelSite = key, hasCrossSiteAncestor = fields['_crHasCrossSiteAncestor'] } = own<Partition>(
    Object(key),
  )
  const site = typeof topLevelSite === 'string' ? parseUrl(topLevelSite)?.hostname : undefined
  if (site === undefined || site === '' || hasCrossSiteAncestor === true) return 'other'
  return domainMatches(domain.replace(/^\./, '').toLowerCase(), site) ? 'own' : 'other'
}

/** A partition key in the form of the DevTools protocol. */
interface Partition {
  topLevelSite?: unknown
  hasCrossSiteAncestor?: unknown
}

function toExpiry(seconds: number): number {
  return seconds === -1 ? Infinity : seconds * 1000
}

/** Engines that do not default to Lax report a cookie without SameSite as `None`, which is valid only with Secure. */
function toSameSite(word: unknown, secure: boolean): CookieEntry['sameSite'] {
  const sameSite = typeof word === 'string' ? sameSiteAttribute(word) : undefined
  return sameSite === 'none' && !secure ? undefined : sameSite
}
