import { InvalidRequestError, own } from '@session-fetch/core'
import type { CookieEntry } from './cookie-entry.js'
import type { CookieRecord } from './cookie-record.js'
import type { ReadEntries } from './import-cookies.js'
import { sameSiteAttribute } from './cookie-attributes.js'

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
}

/** What Playwright's `browser.newContext({ storageState })` takes and `context.storageState()` gives. */
export interface StorageState {
  cookies: StorageStateCookie[]
  /** What pages kept in their local storage. A session has none. */
  origins: { origin: string; localStorage: { name: string; value: string }[] }[]
}

export function writeStorageState(records: readonly CookieRecord[]): StorageState {
  return { cookies: records.map(toStateCookie), origins: [] }
}

/** @throws InvalidRequestError if the data holds no list of cookies */
export function readStorageState(state: unknown): ReadEntries {
  const { cookies } = own<{ cookies?: unknown }>(Object(state))
  if (Array.isArray(cookies)) return cookies.map(toEntry)
  throw new InvalidRequestError('cookies.fromStorageState: there is no list of cookies')
}

/** Where a site said nothing of SameSite, browsers treat the cookie as Lax, and Playwright calls it that. */
function toStateCookie(record: CookieRecord): StorageStateCookie {
  const { name, value, domain, hostOnly, path, expires, httpOnly, secure, sameSite = 'lax' } = record
  return {
    name,
    value,
    domain: hostOnly ? domain : `.${domain}`,
    path,
    expires: expires === Infinity ? -1 : expires / 1000,
    httpOnly,
    secure,
    sameSite: SAME_SITE[sameSite],
  }
}

const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const

function toEntry(cookie: unknown): CookieEntry | null {
  if (typeof cookie !== 'object' || cookie === null) return null
  const said = own(cookie as Record<string, unknown>)
  const { name, value, domain, path, expires = -1 } = said
  if (typeof name !== 'string' || typeof value !== 'string') return null
  if (typeof domain !== 'string' || typeof path !== 'string') return null
  const secure = said['secure'] === true
  return {
    name,
    value,
    domain,
    hostOnly: !domain.startsWith('.'),
    path,
    expires: typeof expires === 'number' ? toExpiry(expires) : Number.NaN,
    secure,
    httpOnly: said['httpOnly'] === true,
    sameSite: toSameSite(said['sameSite'], secure),
    creation: Number.NaN,
  }
}

function toExpiry(seconds: number): number {
  return seconds === -1 ? Infinity : seconds * 1000
}

/** Engines that do not default to Lax call a cookie without SameSite `None`, which needs Secure to be meant. */
function toSameSite(word: unknown, secure: boolean): CookieEntry['sameSite'] {
  const sameSite = typeof word === 'string' ? sameSiteAttribute(word) : undefined
  return sameSite === 'none' && !secure ? undefined : sameSite
}
