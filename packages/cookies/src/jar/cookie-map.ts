import { InvalidRequestError } from '@session-fetch/core'
import { checkMembers, checkNumber, optionsOf } from '@session-fetch/core/adapter'
import { type CookieRecord, cookieKey, copyRecord, isRenewal } from '../rules/cookie-record.js'
import { type CookieSite, domainMatches, isAddress, pathMatches } from '../rules/site.js'
import { JarEvents } from './jar-events.js'

/** The maximum numbers of cookies in a jar. */
export interface CookieLimits {
  /** Cookies per domain. Default: 180, as in browsers. */
  readonly perDomain: number
  /** Cookies in total. Default: 5000. */
  readonly total: number
}

export const COOKIE_LIMITS: CookieLimits = { perDomain: 180, total: 5000 }

/**
 * Checks the limits of a new jar.
 *
 * @param source Where the cookies are, if they are not in a new jar.
 * @throws InvalidRequestError for limits of the wrong kind, and for those of a jar that has its own
 */
export function checkLimits(limits: Partial<CookieLimits>, source?: object | null): void {
  const given = optionsOf(limits, 'limits')
  checkMembers('limits', given, Object.keys(COOKIE_LIMITS))
  for (const [name, limit] of Object.entries(given))
    if (limit !== undefined) checkNumber(`limits.${name}`, limit, 'a whole number above 0', isCount)
  if (source !== undefined && source !== null)
    throw new InvalidRequestError('limits are for a new jar, not for one that is given')
}

function isCount(limit: number): boolean {
  return limit > 0 && (limit % 1 === 0 || limit === Infinity)
}

/** The cookies of one domain, oldest first. */
interface DomainCookies {
  readonly cookies: Map<string, CookieRecord>
  /** The number of cookies with a path other than `/`. */
  deep: number
}

/** The cookies of a jar. Every operation is linear at worst, and none visits cookies of unrelated domains. */
export class CookieMap {
  readonly events: JarEvents = new JarEvents()
  readonly limits: CookieLimits
  /** Incremented by every change that may affect a `Cookie` header. */
  revision = 0
  readonly #domains: Map<string, DomainCookies> = new Map()
  /** The number of Secure cookies by name. */
  #secureNames: Map<string, number> | undefined
  #size = 0
  #order = 0

  constructor(limits: Partial<CookieLimits> = COOKIE_LIMITS) {
    this.limits = limits === COOKIE_LIMITS ? COOKIE_LIMITS : { ...COOKIE_LIMITS, ...limits }
  }

  get size(): number {
    return this.#size
  }

  /**
   * Stores a cookie, or deletes the existing one if the new one has expired.
   *
   * @param trusted Whether the source may change Secure cookies.
   * @returns whether it was accepted
   */
  put(record: CookieRecord, trusted: boolean, now: number): boolean {
    if (!record.secure && !trusted && this.#shadowsSecure(record, now)) return false
    if (record.partitioned) this.#dropUnknownTwin(record)
    const key = cookieKey(record)
    const group = this.#domains.get(record.domain)
    const old = group?.cookies.get(key)
    if (record.expires <= now) {
      if (old !== undefined) this.delete(old)
    } else if (group === undefined || old === undefined) {
      this.#add(record, key, now)
    } else if (isRenewal(old, record)) {
      this.#renew(old, record)
    } else {
      group.cookies.set(key, record)
      this.#replaced(old, record)
    }
    return true
  }

  /** Deletes the cookie with the key of this record. */
  delete({ domain, name, path, hostOnly, partitioned }: CookieRecord): void {
    const group = this.#domains.get(domain)
    const key = cookieKey({ name, path, hostOnly, partitioned })
    const record = group?.cookies.get(key)
    if (group === undefined || record === undefined) return
    group.cookies.delete(key)
    if (group.cookies.size === 0) this.#domains.delete(domain)
    if (path !== '/') group.deep -= 1
    this.#size -= 1
    if (record.secure) this.#countSecure(record, -1)
    this.revision += 1
    this.events.deleted(record)
  }

  /** The stored cookie with the key of this record. */
  find(record: CookieRecord): CookieRecord | undefined {
    return this.#domains.get(record.domain)?.cookies.get(cookieKey(record))
  }

  /** The cookie with the same name, path and domain in the other partition. */
  twinOf(record: CookieRecord): CookieRecord | undefined {
    return this.find({ ...record, partitioned: !record.partitioned })
  }

  clear(): void {
    for (const record of this.all()) this.delete(record)
  }

  /** The cookies for a request to the site, in sending order (RFC 6265bis §5.8.3). */
  matching(site: CookieSite, now: number): CookieRecord[] {
    const found: CookieRecord[] = []
    for (const { cookies } of this.#groupsAbove(site.host)) {
      for (const record of cookies.values()) {
        if (record.hostOnly && record.domain !== site.host) continue
        if (record.secure && !site.trusted) continue
        if (record.expires <= now) this.delete(record)
        else if (record.path === '/' || pathMatches(site.path, record.path)) found.push(record)
      }
    }
    return found.sort(bySendingOrder)
  }

  /** Whether different paths of this host may get different cookies. */
  dependsOnPath(host: string): boolean {
    for (const { deep } of this.#groupsAbove(host)) if (deep > 0) return true
    return false
  }

  /** All cookies that have not expired, oldest first. */
  all(now: number = 0): CookieRecord[] {
    const records: CookieRecord[] = []
    for (const { cookies } of this.#domains.values()) {
      for (const record of cookies.values()) if (record.expires > now) records.push(record)
    }
    return records.sort(byAge)
  }

  /** The cookies that the host may get, on one path or on any. */
  under(host: string, path: string | null, now: number): CookieRecord[] {
    const records: CookieRecord[] = []
    for (const { cookies } of this.#groupsAbove(host)) {
      for (const record of cookies.values()) {
        if (record.expires <= now || (record.hostOnly && record.domain !== host)) continue
        if (path === null || pathMatches(path, record.path)) records.push(record)
      }
    }
    return records
  }

  /** The cookies of one domain that have not expired. */
  of(domain: string, now: number): CookieRecord[] {
    const cookies = this.#domains.get(domain)?.cookies.values() ?? []
    return [...cookies].filter(({ expires }) => expires > now)
  }

  /** An independent copy with the same limits. */
  copy(now: number): CookieMap {
    const copy = new CookieMap(this.limits)
    for (const record of this.all(now)) copy.put(copyRecord(record), true, now)
    return copy
  }

  /** Deletes a twin whose partition was unknown, and thus taken for unpartitioned. */
  #dropUnknownTwin(record: CookieRecord): void {
    const twin = this.twinOf(record)
    if (twin !== undefined && twin.partitioned === undefined) this.delete(twin)
  }

  #add(record: CookieRecord, key: string, now: number): void {
    let group = this.#domains.get(record.domain)
    if (group === undefined) {
      group = { cookies: new Map(), deep: 0 }
      this.#domains.set(record.domain, group)
    }
    record.order = this.#order
    this.#order += 1
    group.cookies.set(key, record)
    if (record.path !== '/') group.deep += 1
    this.#size += 1
    if (record.secure) this.#countSecure(record, 1)
    this.revision += 1
    this.events.changed(record)
    if (group.cookies.size > this.limits.perDomain)
      this.#evict(group.cookies.values(), this.limits.perDomain, now)
    if (this.#size > this.limits.total) this.#evict(this.all(), this.limits.total, now)
  }

  #replaced(old: CookieRecord, record: CookieRecord): void {
    record.creation = old.creation
    record.order = old.order
    if (old.secure !== record.secure) this.#countSecure(record, record.secure ? 1 : -1)
    this.revision += 1
    this.events.changed(record)
  }

  /** Cached headers stay valid: they expire at the old time and are then built again. */
  #renew(old: CookieRecord, { expires, lastAccess, partitioned }: CookieRecord): void {
    old.lastAccess = lastAccess
    old.partitioned = partitioned
    if (old.expires === expires) return
    old.expires = expires
    this.events.renewed(old)
  }

  #evict(cookies: Iterable<CookieRecord>, limit: number, now: number): void {
    for (const record of cookiesToEvict([...cookies], limit, now)) this.delete(record)
  }

  /** The cookies of the host and of its parent domains. */
  *#groupsAbove(host: string): Generator<DomainCookies> {
    const own = this.#domains.get(host)
    if (own !== undefined) yield own
    if (isAddress(host)) return
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const group = this.#domains.get(host.slice(dot + 1))
      if (group !== undefined) yield group
    }
  }

  /** RFC 6265bis §5.7 step 16: whether it would shadow a Secure cookie of the same name. */
  #shadowsSecure(record: CookieRecord, now: number): boolean {
    if (!this.#secureNames?.has(record.name)) return false
    for (const [domain, { cookies }] of this.#domains) {
      if (!domainMatches(domain, record.domain) && !domainMatches(record.domain, domain)) continue
      for (const other of cookies.values()) {
        if (other.secure && other.name === record.name && other.expires > now) {
          if (pathMatches(record.path, other.path)) return true
        }
      }
    }
    return false
  }

  #countSecure({ name }: CookieRecord, change: 1 | -1): void {
    this.#secureNames ??= new Map()
    const count = (this.#secureNames.get(name) ?? 0) + change
    if (count > 0) this.#secureNames.set(name, count)
    else this.#secureNames.delete(name)
  }
}

/** Longer paths first, then older cookies. */
export function bySendingOrder(a: CookieRecord, b: CookieRecord): number {
  return b.path.length - a.path.length || byAge(a, b)
}

function byAge(a: CookieRecord, b: CookieRecord): number {
  return a.creation - b.creation || a.order - b.order
}

/** When the jar is full, cookies of domains with more cookies than this are evicted first. */
const CROWDED = 50
/** A full jar evicts this many extra cookies per thousand, so that it need not be searched for every new cookie. */
const EXTRA = 10

/**
 * The cookies to evict so that at most `limit` remain (RFC 6265bis §5.7): expired ones first, then non-Secure ones
 * of crowded domains, then others of crowded domains, then any; the least recently used first within each group.
 */
function cookiesToEvict(cookies: CookieRecord[], limit: number, now: number): CookieRecord[] {
  const ended = cookies.filter(({ expires }) => expires <= now)
  const excess = cookies.length - ended.length - limit
  if (excess <= 0) return ended
  const counts = countByDomain(cookies)
  const ranked = cookies.filter(({ expires }) => expires > now)
  ranked.sort((a, b) => rank(a, counts) - rank(b, counts) || a.lastAccess - b.lastAccess || a.order - b.order)
  return [...ended, ...ranked.slice(0, excess + Math.floor(limit / 1000) * EXTRA)]
}

function rank({ domain, secure }: CookieRecord, counts: ReadonlyMap<string, number>): number {
  if ((counts.get(domain) ?? 0) <= CROWDED) return 2
  return secure ? 1 : 0
}

function countByDomain(cookies: readonly CookieRecord[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { domain } of cookies) counts.set(domain, (counts.get(domain) ?? 0) + 1)
  return counts
}
