import { type CookieRecord, cookieKey, copyRecord, isRenewal } from '../rules/cookie-record.js'
import { cookiesToEvict } from '../rules/evict.js'
import { type CookieSite, domainMatches, isAddress, pathMatches } from '../rules/site.js'
import { JarEvents } from './jar-events.js'

export interface CookieLimits {
  /** Cookies of one domain. Default: 180, as in browsers. */
  readonly perDomain: number
  /** Cookies in all. Default: 5000. */
  readonly total: number
}

export const COOKIE_LIMITS: CookieLimits = { perDomain: 180, total: 5000 }

/** The cookies of one domain, oldest first. */
interface DomainCookies {
  readonly cookies: Map<string, CookieRecord>
  /** How many of them have a path other than `/`. */
  deep: number
}

/** All cookies of a jar. Every operation is linear at worst; none looks at a cookie of an unrelated domain. */
export class CookieMap {
  readonly events: JarEvents = new JarEvents()
  readonly limits: CookieLimits
  /** Changes whenever a `Cookie` header may have. */
  revision = 0
  readonly #domains: Map<string, DomainCookies> = new Map()
  /** How many Secure cookies there are of a name. */
  readonly #secureNames: Map<string, number> = new Map()
  #size = 0
  #order = 0

  constructor(limits: Partial<CookieLimits> = {}) {
    this.limits = { ...COOKIE_LIMITS, ...limits }
  }

  get size(): number {
    return this.#size
  }

  /**
   * Stores a cookie, or, where it has ended already, deletes the one it names.
   *
   * @param trusted - whether whoever sets it may touch Secure cookies
   * @returns whether it was let in
   */
  put(record: CookieRecord, trusted: boolean, now: number): boolean {
    if (!record.secure && !trusted && this.#shadowsSecure(record, now)) return false
    if (record.partitioned) this.#dropGuess(record)
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

  /** Deletes the cookie that this one, or a copy of it, is. */
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

  /** The cookie that this one, or a copy of it, is. */
  find(record: CookieRecord): CookieRecord | undefined {
    return this.#domains.get(record.domain)?.cookies.get(cookieKey(record))
  }

  /** The cookie of that name, path and domain in the other partition. */
  twinOf(record: CookieRecord): CookieRecord | undefined {
    return this.find({ ...record, partitioned: !record.partitioned })
  }

  clear(): void {
    for (const record of this.all()) this.delete(record)
  }

  /** The cookies that a request to the site would send, in the order it would send them: RFC 6265bis §5.8.3. */
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

  /** Whether two paths of this host may get different cookies. */
  dependsOnPath(host: string): boolean {
    for (const { deep } of this.#groupsAbove(host)) if (deep > 0) return true
    return false
  }

  /** Every cookie that has not ended, the oldest first. */
  all(now: number = 0): CookieRecord[] {
    const records: CookieRecord[] = []
    for (const { cookies } of this.#domains.values()) {
      for (const record of cookies.values()) if (record.expires > now) records.push(record)
    }
    return records.sort(byAge)
  }

  /** The cookies of the host, and those of the domains above it that reach down to it, on this path or on any. */
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

  /** The cookies of one domain that have not ended. */
  of(domain: string, now: number): CookieRecord[] {
    const cookies = this.#domains.get(domain)?.cookies.values() ?? []
    return [...cookies].filter(({ expires }) => expires > now)
  }

  /** The same cookies and limits; nothing is shared. */
  copy(now: number): CookieMap {
    const copy = new CookieMap(this.limits)
    for (const record of this.all(now)) copy.put(copyRecord(record), true, now)
    return copy
  }

  /** What was taken for the site's own, for nothing said otherwise, turns out to be this one. */
  #dropGuess(record: CookieRecord): void {
    const guess = this.twinOf(record)
    if (guess !== undefined && guess.partitioned === undefined) this.delete(guess)
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

  /** Headers made with the old end stay true: they are looked at again before it. */
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

  /** The cookies of the host and of each domain above it. */
  *#groupsAbove(host: string): Generator<DomainCookies> {
    const own = this.#domains.get(host)
    if (own !== undefined) yield own
    if (isAddress(host)) return
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const group = this.#domains.get(host.slice(dot + 1))
      if (group !== undefined) yield group
    }
  }

  /** Step 16, "leave secure cookies alone": another cookie of this name, Secure, that it would stand before. */
  #shadowsSecure(record: CookieRecord, now: number): boolean {
    if (!this.#secureNames.has(record.name)) return false
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
