import { LruMap } from '@session-fetch/core/adapter'
import type { CookieRecord } from '../rules/cookie-record.js'
import { cookieHeader } from '../rules/header.js'
import { type CookieSite, type SiteCache, withoutQuery } from '../rules/site.js'
import type { CookieMap } from './cookie-map.js'

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
