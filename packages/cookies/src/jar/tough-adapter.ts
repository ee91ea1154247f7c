import { tough } from '#tough'
import { InvalidRequestError } from '@session-fetch/core'
import { parseUrl } from '@session-fetch/core/adapter'
import type { Callback, Cookie, CookieJar, ErrorCallback, Nullable, Store } from 'tough-cookie'
import { type CookieRecord, type SameSite, headerBytes, isPartitioned } from '../rules/cookie-record.js'
import { type CookieEntry, admitEntry, textFault } from '../rules/entry.js'
import { cookieHeader } from '../rules/header.js'
import { admitCookie } from '../rules/policy.js'
import { type CookieRejection, rejectedCookie } from '../rules/rejection.js'
import {
  type ParsedCookie,
  domainAttribute,
  pairFault,
  parseSetCookie,
  sameSiteAttribute,
} from '../rules/set-cookie.js'
import { type CookieSite, cookieSite } from '../rules/site.js'
import { type CookieMap, bySendingOrder } from './cookie-map.js'

/**
 * A tough-cookie jar with our map and our rules. Of tough-cookie's options, `http`, `sameSiteContext`, `allPaths`
 * and `ignoreError` apply.
 */
export function toToughJar(map: CookieMap): CookieJar {
  const jar = new tough.CookieJar(new ToughAdapter(map), { looseMode: true })
  const overrides = {
    setCookie: (cookie: unknown, url: unknown, ...rest: unknown[]) =>
      withCallback(rest, (options) => setCookie(map, cookie, { ...options, url })),
    getCookies: (url: unknown, ...rest: unknown[]) =>
      withCallback(rest, (options) => found(map, url, options).map(toToughCookie)),
    getCookieString: (url: unknown, ...rest: unknown[]) =>
      withCallback(rest, (options) => {
        const { host } = siteOf(url) ?? { host: '' }
        return cookieHeader(found(map, url, options), (names) => map.events.withheld({ host, names }))
      }),
  }
  return Object.assign(jar, overrides)
}

interface JarOptions {
  http?: boolean | undefined
  ignoreError?: boolean | undefined
  sameSiteContext?: unknown
  allPaths?: boolean | undefined
}

/**
 * Supports tough-cookie's signatures: options and callback are both optional, and without a callback a promise is
 * returned.
 */
function withCallback<Result>(
  rest: unknown[],
  work: (options: JarOptions) => Result,
): Promise<Result | undefined> {
  const callback = rest.find((each) => typeof each === 'function')
  const options = (typeof rest[0] === 'object' && rest[0] !== null ? rest[0] : {}) as JarOptions
  let result: Result
  try {
    result = work(options)
  } catch (error) {
    if (callback === undefined) return Promise.reject(error)
    callback(error)
    return Promise.resolve(undefined)
  }
  callback?.(null, result)
  return Promise.resolve(result)
}

/** @returns the stored cookie; `undefined` if it was rejected and `ignoreError` is set */
function setCookie(
  map: CookieMap,
  cookie: unknown,
  { url, ...options }: JarOptions & { url: unknown },
): Cookie | undefined {
  const site = siteOf(url)
  checkContext(options)
  const line = typeof cookie === 'string' ? cookie : null
  const parsed = line === null ? readCookie(cookie) : parseSetCookie(line)
  const stored = typeof parsed === 'string' ? parsed : store(map, parsed, site, options)
  if (typeof stored !== 'string') return toToughCookie(stored)
  const name = line ?? `${typeof parsed === 'string' ? '' : parsed.name}=`
  const rejected = rejectedCookie(name, stored, site === null ? '' : String(url))
  map.events.rejected(rejected)
  if (options.ignoreError) return undefined
  throw new InvalidRequestError(`jar.setCookie: the cookie "${rejected.name}" was rejected (${stored})`)
}

function store(
  map: CookieMap,
  parsed: ParsedCookie,
  site: CookieSite | null,
  { http = true, sameSiteContext }: JarOptions,
): CookieRecord | CookieRejection {
  if (site === null) return 'not-http'
  const now = Date.now()
  const record = admitCookie(parsed, site, now)
  if (typeof record === 'string') return record
  const { sameSite, httpOnly } = record
  if (!http && (httpOnly || map.find(record)?.httpOnly)) return 'http-only'
  if (sameSiteContext === 'none' && (sameSite === 'lax' || sameSite === 'strict')) return 'same-site'
  if (!map.put(record, site.trusted, now)) return 'secure-exists'
  return map.find(record) ?? record
}

/** Reads a `Cookie` object of any copy of tough-cookie. */
function readCookie(cookie: unknown): ParsedCookie | CookieRejection {
  if (typeof cookie !== 'object' || cookie === null || !('key' in cookie) || !('value' in cookie))
    return 'malformed'
  const parsed = parsedToughCookie(cookie as Cookie)
  const { name, value, path = '/' } = parsed
  return textFault({ name, value, path }) ?? pairFault(name, value) ?? parsed
}

const LEVELS: Record<SameSite, number> = { none: 1, lax: 2, strict: 3 }

/** The cookies for a request, filtered by the options, in sending order. */
function found(map: CookieMap, url: unknown, options: JarOptions): CookieRecord[] {
  const site = siteOf(url)
  const level = checkContext(options)
  if (site === null) return []
  const now = Date.now()
  const records = options.allPaths ? anyPath(map, site, now) : map.matching(site, now)
  return records.filter(
    ({ httpOnly, sameSite = 'none' }) => !(httpOnly && options.http === false) && LEVELS[sameSite] <= level,
  )
}

function anyPath(map: CookieMap, { host, trusted }: CookieSite, now: number): CookieRecord[] {
  return map
    .under(host, null, now)
    .filter(({ secure }) => trusted || !secure)
    .toSorted(bySendingOrder)
}

/** The level of a SameSite context, as in tough-cookie. */
function checkContext({ sameSiteContext }: JarOptions): number {
  if (sameSiteContext === undefined || sameSiteContext === null) return LEVELS.strict
  const level = Object.entries(LEVELS).find(([word]) => word === sameSiteContext)
  if (level !== undefined) return level[1]
  throw new InvalidRequestError('jar: sameSiteContext is not strict, lax or none')
}

/** @throws InvalidRequestError for an invalid URL */
function siteOf(url: unknown): CookieSite | null {
  const parsed = typeof url === 'string' || url instanceof URL ? parseUrl(String(url)) : null
  if (parsed === null) throw new InvalidRequestError('jar: the URL of a cookie is invalid')
  return cookieSite(parsed)
}

/**
 * A tough-cookie store over our map, for a tough-cookie jar. It returns copies, validates every cookie, and never
 * fails, because tough-cookie would throw the error in the call that received the cookie.
 */
export class ToughAdapter implements Store {
  readonly synchronous = true
  readonly map: CookieMap

  constructor(map: CookieMap) {
    this.map = map
  }

  findCookie(
    domain: Nullable<string>,
    path: Nullable<string>,
    key: Nullable<string>,
    callback?: Callback<Cookie | undefined>,
  ): Promise<Cookie | undefined> {
    const [found] = this.#named(domain, path, key)
    return reply(found && toToughCookie(found), callback)
  }

  findCookies(
    domain: Nullable<string>,
    path: Nullable<string>,
    allowSpecialUseDomain?: boolean | Callback<Cookie[]>,
    callback?: Callback<Cookie[]>,
  ): Promise<Cookie[]> {
    const records = domain ? this.map.under(domain, path ?? null, Date.now()) : []
    const done = typeof allowSpecialUseDomain === 'function' ? allowSpecialUseDomain : callback
    return reply(records.map(toToughCookie), done)
  }

  putCookie(cookie: Cookie, callback?: ErrorCallback): Promise<void> {
    const now = Date.now()
    const entry = fromToughCookie(cookie, now)
    const verdict = admitEntry(entry, now)
    if (verdict === 'expired') this.#deleteNamed(cookie)
    else if (typeof verdict === 'string')
      this.map.events.rejected({ name: entry.name, reason: verdict, url: '' })
    else if (!this.map.put(verdict, false, now)) {
      this.map.events.rejected({ name: entry.name, reason: 'secure-exists', url: '' })
    }
    return reply(undefined, callback)
  }

  updateCookie(_old: Cookie, cookie: Cookie, callback?: ErrorCallback): Promise<void> {
    return this.putCookie(cookie, callback)
  }

  removeCookie(
    domain: Nullable<string>,
    path: Nullable<string>,
    key: Nullable<string>,
    callback?: ErrorCallback,
  ): Promise<void> {
    for (const record of this.#named(domain, path, key)) this.map.delete(record)
    return reply(undefined, callback)
  }

  removeCookies(domain: string, path: Nullable<string>, callback?: ErrorCallback): Promise<void> {
    for (const record of this.map.of(domain, 0)) {
      if (!path || record.path === path) this.map.delete(record)
    }
    return reply(undefined, callback)
  }

  removeAllCookies(callback?: ErrorCallback): Promise<void> {
    this.map.clear()
    return reply(undefined, callback)
  }

  getAllCookies(callback?: Callback<Cookie[]>): Promise<Cookie[]> {
    return reply(this.map.all(Date.now()).map(toToughCookie), callback)
  }

  #named(domain: Nullable<string>, path: Nullable<string>, key: Nullable<string>): CookieRecord[] {
    const records = domain ? this.map.of(domain, Date.now()) : []
    return records.filter((record) => record.path === path && record.name === key)
  }

  /** Deletes the cookie that an expired one names, unless it is Secure, because the origin is unknown here. */
  #deleteNamed({ domain, path, key, hostOnly }: Cookie): void {
    for (const record of this.#named(domain, path, key)) {
      if (record.hostOnly === hostOnly && !record.secure) this.map.delete(record)
    }
  }
}

/** Supports promises and callbacks, as a tough-cookie store must; the callback is called synchronously. */
function reply<Value>(value: Value, callback?: (error: null, value: Value) => void): Promise<Value> {
  callback?.(null, value)
  return Promise.resolve(value)
}

/** Copies a record to a tough-cookie `Cookie`. */
export function toToughCookie(record: CookieRecord): Cookie {
  const { name, value, domain, hostOnly, path, secure, httpOnly, sameSite } = record
  return new tough.Cookie({
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

/** Reads a tough-cookie `Cookie`. Must be checked by `admitEntry`. */
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

/** The result of parsing the cookie's `Set-Cookie` line. Header text, one character per byte. */
function parsedToughCookie(cookie: Cookie): ParsedCookie {
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
