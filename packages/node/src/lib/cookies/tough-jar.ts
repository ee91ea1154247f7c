import { InvalidRequestError, parseUrl } from '@session-fetch/core'
import { type Cookie, CookieJar } from 'tough-cookie'
import { cookieHeader } from './cookie-header.js'
import { type CookieMap, bySendingOrder } from './cookie-map.js'
import { admitCookie } from './cookie-policy.js'
import type { CookieRecord, SameSite } from './cookie-record.js'
import type { CookieRejection } from './cookie-rejection.js'
import { type CookieSite, cookieSite } from './cookie-site.js'
import { textFault } from './cookie-entry.js'
import { type ParsedCookie, pairFault, parseSetCookie } from './parse-set-cookie.js'
import { rejectedCookie } from './rejected-cookie.js'
import { parsedToughCookie, toToughCookie } from './tough-cookie-record.js'
import { ToughStore } from './tough-store.js'

/**
 * A real tough-cookie jar over our map. What it stores, refuses and sends is what the session does: its own rules are
 * not asked, only its options `http`, `sameSiteContext`, `allPaths` and `ignoreError` are.
 */
export function toughJar(map: CookieMap): CookieJar {
  const jar = new CookieJar(new ToughStore(map), { looseMode: true })
  const ours = {
    setCookie: (cookie: unknown, url: unknown, ...rest: unknown[]) =>
      answered(rest, (options) => setCookie(map, cookie, { ...options, url })),
    getCookies: (url: unknown, ...rest: unknown[]) =>
      answered(rest, (options) => found(map, url, options).map(toToughCookie)),
    getCookieString: (url: unknown, ...rest: unknown[]) =>
      answered(rest, (options) => {
        const { host } = siteOf(url) ?? { host: '' }
        return cookieHeader(found(map, url, options), (names) => map.news.withheld({ host, names }))
      }),
  }
  return Object.assign(jar, ours)
}

interface JarOptions {
  http?: boolean | undefined
  ignoreError?: boolean | undefined
  sameSiteContext?: unknown
  allPaths?: boolean | undefined
}

/** Options and a callback, either of which may be left out. Without a callback, tough-cookie gives a promise. */
function answered<Result>(
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

/** @returns the cookie as it is stored now; `undefined` for one that is refused where that is no error */
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
  map.news.rejected(rejected)
  if (options.ignoreError) return undefined
  throw new InvalidRequestError(`jar.setCookie: the cookie "${rejected.name}" is refused (${stored})`)
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

/** A tough-cookie `Cookie`, whoever made it. */
function readCookie(cookie: unknown): ParsedCookie | CookieRejection {
  if (typeof cookie !== 'object' || cookie === null || !('key' in cookie) || !('value' in cookie))
    return 'malformed'
  const parsed = parsedToughCookie(cookie as Cookie)
  const { name, value, path = '/' } = parsed
  return textFault({ name, value, path }) ?? pairFault(name, value) ?? parsed
}

const LEVELS: Record<SameSite, number> = { none: 1, lax: 2, strict: 3 }

/** What a request would send, or a part of it, in that order. */
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

/** How foreign the site is that asks, which tough-cookie calls a level. */
function checkContext({ sameSiteContext }: JarOptions): number {
  if (sameSiteContext === undefined || sameSiteContext === null) return LEVELS.strict
  const level = Object.entries(LEVELS).find(([word]) => word === sameSiteContext)
  if (level !== undefined) return level[1]
  throw new InvalidRequestError('jar: sameSiteContext is not strict, lax or none')
}

/** @throws InvalidRequestError if it is no URL */
function siteOf(url: unknown): CookieSite | null {
  const parsed = typeof url === 'string' || url instanceof URL ? parseUrl(String(url)) : null
  if (parsed === null) throw new InvalidRequestError('jar: the URL of a cookie is no URL')
  return cookieSite(parsed)
}
