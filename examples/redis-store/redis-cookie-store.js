import { callbackify } from 'node:util'
import { Cookie, pathMatch, permuteDomain, Store } from 'tough-cookie'

/**
 * Cookies of many machines in one Redis: a hash for each domain, a field for each cookie. Every write touches
 * one field alone, so that no two machines overwrite each other's cookies.
 */
export class RedisCookieStore extends Store {
  #redis
  #prefix

  /**
   * @param {import('@redis/client').RedisClientType} redis - connected
   * @param {string} prefix - what the keys begin with: one prefix for each user that is logged in
   */
  constructor(redis, prefix) {
    super()
    this.#redis = redis
    this.#prefix = prefix
  }

  findCookie(domain, path, key, callback) {
    return answer(callback, async () => {
      const cookies = await this.#of(domain)
      return cookies.find((cookie) => cookie.path === path && cookie.key === key)
    })
  }

  findCookies(domain, path, allowSpecialUseDomain, callback) {
    return answer(callback ?? allowSpecialUseDomain, async () => {
      const domains = permuteDomain(domain, true) ?? [domain]
      const cookies = await Promise.all(domains.map((each) => this.#of(each)))
      return cookies.flat().filter((cookie) => !path || pathMatch(path, cookie.path))
    })
  }

  putCookie(cookie, callback) {
    const text = JSON.stringify(cookie)
    return answer(callback, async () => {
      await this.#redis.hSet(this.#prefix + cookie.domain, field(cookie), text)
    })
  }

  updateCookie(_old, cookie, callback) {
    return this.putCookie(cookie, callback)
  }

  removeCookie(domain, path, key, callback) {
    const fields = [true, false].map((hostOnly) => field({ path, key, hostOnly }))
    return answer(callback, async () => {
      await this.#redis.hDel(this.#prefix + domain, fields)
    })
  }

  removeCookies(domain, path, callback) {
    return answer(callback, async () => {
      const cookies = await this.#of(domain)
      const fields = cookies.filter((cookie) => !path || cookie.path === path).map(field)
      if (fields.length > 0) await this.#redis.hDel(this.#prefix + domain, fields)
    })
  }

  removeAllCookies(callback) {
    return answer(callback, async () => {
      const keys = await this.#keys()
      if (keys.length > 0) await this.#redis.del(keys)
    })
  }

  getAllCookies(callback) {
    return answer(callback, async () => {
      const keys = await this.#keys()
      const cookies = await Promise.all(keys.map((key) => this.#of(key.slice(this.#prefix.length))))
      return cookies.flat()
    })
  }

  async #of(domain) {
    const texts = await this.#redis.hVals(this.#prefix + domain)
    return texts.map((text) => Cookie.fromJSON(text)).filter((cookie) => cookie !== undefined)
  }

  async #keys() {
    const keys = []
    for await (const found of this.#redis.scanIterator({ MATCH: `${this.#prefix}*` })) keys.push(...found)
    return keys
  }
}

/** Which cookie of its domain. */
function field({ path, key, hostOnly }) {
  return JSON.stringify([path, key, hostOnly !== false])
}

/** The two interfaces of a store: a callback, or a promise. */
function answer(callback, work) {
  return typeof callback === 'function' ? callbackify(work)(callback) : work()
}
