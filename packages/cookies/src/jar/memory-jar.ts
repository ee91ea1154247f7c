import type { CookieJar } from 'tough-cookie'
import { LruMap } from '@session-fetch/core/adapter'
import type { CookieRecord } from '../rules/cookie-record.js'
import { admitCookie } from '../rules/policy.js'
import { type CookieRejection, rejectedCookie } from '../rules/rejection.js'
import { parseSetCookie } from '../rules/set-cookie.js'
import { type CookieSite, SiteCache, withoutQuery } from '../rules/site.js'
import type { JarEvents } from './jar-events.js'
import { type CookieLimits, CookieMap } from './cookie-map.js'
import type { Jar } from './jar.js'
import { toToughJar } from './tough-adapter.js'
import { cookieHeader } from '../rules/header.js'

/** The number of cached `Set-Cookie` lines, and their maximum length in characters. */
const LINES = 256
const LONGEST_LINE = 1024

/** The URL and the revision at which a line was last stored. */
interface StoredLine {
  readonly url: string
  readonly revision: number
}

/** The default jar: synchronous, over a `CookieMap`. */
export class MemoryJar implements Jar {
  readonly map: CookieMap
  readonly #sites: SiteCache = new SiteCache()
  readonly #headers: HeaderCache
  readonly #lines: LruMap<string, StoredLine> = new LruMap(LINES)
  #jar: CookieJar | undefined

  constructor(map: CookieMap = new CookieMap()) {
    this.map = map
    this.#headers = new HeaderCache(map, this.#sites)
  }

  get events(): JarEvents {
    return this.map.events
  }

  get jar(): CookieJar {
    this.#jar ??= toToughJar(this.map)
    return this.#jar
  }

  get limits(): CookieLimits {
    return this.map.limits
  }

  get size(): number {
    return this.map.size
  }

  headerFor(url: string): string {
    return this.#headers.headerFor(url)
  }

  capture(lines: readonly string[], url: string): readonly string[] | void {
    const source = withoutQuery(url)
    let refused: string[] | undefined
    for (const line of lines) {
      const stored = this.#lines.get(line)
      if (stored?.revision === this.map.revision && stored.url === source) continue
      const site = this.#sites.get(source)
      const fault = site === null ? 'not-http' : this.#captureLine(line, site, source)
      if (fault === null) continue
      this.events.rejected(rejectedCookie(line, fault, url))
      refused = [...(refused ?? []), line]
    }
    return refused
  }

  matching(site: CookieSite): CookieRecord[] {
    return this.map.matching(site, Date.now())
  }

  all(): CookieRecord[] {
    return this.map.all(Date.now())
  }

  snapshot(): CookieRecord[] {
    return this.all()
  }

  put(record: CookieRecord, trusted: boolean): CookieRejection | null {
    return this.map.put(record, trusted, Date.now()) ? null : 'secure-exists'
  }

  delete(record: CookieRecord): void {
    this.map.delete(record)
  }

  /** Stores a line. Lines of session cookies are cached, because setting one again has no effect. */
  #captureLine(line: string, site: CookieSite, url: string): CookieRejection | null {
    const parsed = parseSetCookie(line)
    if (typeof parsed === 'string') return parsed
    const now = Date.now()
    const record = admitCookie(parsed, site, now)
    if (typeof record === 'string') return record
    if (!this.map.put(record, site.trusted, now)) return 'secure-exists'
    if (record.expires === Infinity && line.length <= LONGEST_LINE) {
      this.#lines.set(line, { url, revision: this.map.revision })
    }
    return null
  }
}

/** Capacity of each cache. */
const CAPACITY = 512
/** Resolution of `lastAccess`, in milliseconds. */
const ACCESS_GRAIN = 60_000

interface CachedHeader {
  readonly header: string
  /** When the first of its cookies expires. */
  readonly until: number
  readonly records: readonly CookieRecord[]
  accessed: number
}

/**
 * Caches `Cookie` headers. An entry is valid until any cookie of the jar changes or one of its own expires. Fast
 * path: see decision 14.
 */
export class HeaderCache {
  readonly #map: CookieMap
  readonly #sites: SiteCache
  /** By the URL's text without the query, so that a hit parses nothing. */
  readonly #byUrl: LruMap<string, CachedHeader> = new LruMap(CAPACITY)
  /** By scheme, host and, if it matters, path. */
  readonly #bySite: LruMap<string, CachedHeader> = new LruMap(CAPACITY)
  #revision = -1

  constructor(map: CookieMap, sites: SiteCache) {
    this.#map = map
    this.#sites = sites
  }

  headerFor(url: string): string {
    if (this.#map.size === 0) return ''
    if (this.#map.revision !== this.#revision) this.#forget()
    const now = Date.now()
    const key = withoutQuery(url)
    const known = this.#byUrl.get(key)
    if (known !== undefined && now < known.until) return use(known, now)
    const site = this.#sites.get(key)
    if (site === null) return ''
    const made = this.#forSite(site, now)
    this.#byUrl.set(key, made)
    return use(made, now)
  }

  #forSite(site: CookieSite, now: number): CachedHeader {
    const path = this.#map.dependsOnPath(site.host) ? site.path : ''
    const key = `${site.trusted ? 'trusted' : 'plain'} ${site.host} ${path}`
    const known = this.#bySite.get(key)
    if (known !== undefined && now < known.until) return known
    const records = this.#map.matching(site, now)
    if (this.#map.revision !== this.#revision) this.#forget()
    const until = records.reduce((first, { expires }) => Math.min(first, expires), Infinity)
    const made = {
      header: cookieHeader(records, (names) => this.#map.events.withheld({ host: site.host, names })),
      until,
      records,
      accessed: 0,
    }
    this.#bySite.set(key, made)
    return made
  }

  #forget(): void {
    this.#byUrl.clear()
    this.#bySite.clear()
    this.#revision = this.#map.revision
  }
}

function use(cached: CachedHeader, now: number): string {
  if (now - cached.accessed >= ACCESS_GRAIN) {
    cached.accessed = now
    for (const record of cached.records) record.lastAccess = now
  }
  return cached.header
}
