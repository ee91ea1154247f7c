import type { Callback, Cookie, ErrorCallback, Nullable, Store } from 'tough-cookie'
import { admitEntry } from './cookie-entry.js'
import type { CookieMap } from './cookie-map.js'
import type { CookieRecord } from './cookie-record.js'
import { fromToughCookie, toToughCookie } from './tough-cookie-record.js'

/**
 * Our map as a tough-cookie store, so that a tough-cookie jar can stand over it. It hands out copies, judges
 * every cookie it is given, and never fails: tough-cookie would throw the error into the response that set it.
 */
export class ToughStore implements Store {
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
    return answer(found && toToughCookie(found), callback)
  }

  findCookies(
    domain: Nullable<string>,
    path: Nullable<string>,
    allowSpecialUseDomain?: boolean | Callback<Cookie[]>,
    callback?: Callback<Cookie[]>,
  ): Promise<Cookie[]> {
    const records = domain ? this.map.under(domain, path ?? null, Date.now()) : []
    const done = typeof allowSpecialUseDomain === 'function' ? allowSpecialUseDomain : callback
    return answer(records.map(toToughCookie), done)
  }

  putCookie(cookie: Cookie, callback?: ErrorCallback): Promise<void> {
    const now = Date.now()
    const entry = fromToughCookie(cookie, now)
    const verdict = admitEntry(entry, now)
    if (verdict === 'expired') this.#deleteNamed(cookie)
    else if (typeof verdict === 'string')
      this.map.news.rejected({ name: entry.name, reason: verdict, url: '' })
    else if (!this.map.put(verdict, false, now)) {
      this.map.news.rejected({ name: entry.name, reason: 'secure-exists', url: '' })
    }
    return answer(undefined, callback)
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
    return answer(undefined, callback)
  }

  removeCookies(domain: string, path: Nullable<string>, callback?: ErrorCallback): Promise<void> {
    for (const record of this.map.of(domain, 0)) {
      if (!path || record.path === path) this.map.delete(record)
    }
    return answer(undefined, callback)
  }

  removeAllCookies(callback?: ErrorCallback): Promise<void> {
    this.map.clear()
    return answer(undefined, callback)
  }

  getAllCookies(callback?: Callback<Cookie[]>): Promise<Cookie[]> {
    return answer(this.map.all(Date.now()).map(toToughCookie), callback)
  }

  #named(domain: Nullable<string>, path: Nullable<string>, key: Nullable<string>): CookieRecord[] {
    const records = domain ? this.map.of(domain, Date.now()) : []
    return records.filter((record) => record.path === path && record.name === key)
  }

  /** A cookie that has ended takes its namesake with it, unless that is Secure: no URL says who asks. */
  #deleteNamed({ domain, path, key, hostOnly }: Cookie): void {
    for (const record of this.#named(domain, path, key)) {
      if (record.hostOnly === hostOnly && !record.secure) this.map.delete(record)
    }
  }
}

/** Both ways a tough-cookie store answers; the callback at once, as a synchronous store must. */
function answer<Value>(value: Value, callback?: (error: null, value: Value) => void): Promise<Value> {
  callback?.(null, value)
  return Promise.resolve(value)
}
