import {
  type CookieInit,
  type CookieKeeper,
  InvalidRequestError,
  type SessionCookie,
  type SessionCookies,
} from '@session-fetch/core'
import { CookieJar, type Store } from 'tough-cookie'
import {
  type CookieChangeEvent,
  type CookieEventMap,
  CookieEvents,
  type CookieListener,
} from './cookie-events.js'
import { CookieMap } from './cookie-map.js'
import { admitCookie } from './cookie-policy.js'
import { type CookieRecord, toSessionCookie } from './cookie-record.js'
import { type CookieSite, cookieSite } from './cookie-site.js'
import { type CookieExplanation, explainCookies } from './explain-cookies.js'
import { ForeignJar } from './foreign-jar.js'
import { MapJar } from './map-jar.js'
import { parseCookieInit, refusedInit } from './parse-cookie-init.js'
import type { RecordJar } from './record-jar.js'
import { ToughStore } from './tough-store.js'

/** Which cookies: of what name, domain or path, and for which URL. */
export interface JarCookieQuery {
  name?: string
  /** Relative ones are joined to the session's `baseUrl`. `null`: of every URL. Default: `baseUrl`. */
  url?: string | null
  /** The cookie's own domain, host-only or not. */
  domain?: string | null
  path?: string
}

/** `session.cookies` in Node: a jar of its own behind the calls of the standard `CookieStore`. */
export class JarCookies implements SessionCookies, CookieKeeper {
  static {
    // How many cookies there are, and nothing of them.
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: JarCookies) {
        return `JarCookies { ${this.#jar.size ?? 'in a store'} }`
      },
    })
  }

  /** What `url` is where a call does not say: the session's `baseUrl`. */
  defaultUrl: () => string | null = () => null
  readonly #jar: RecordJar
  readonly #events: CookieEvents
  #onchange: ((event: CookieChangeEvent) => void) | null = null

  /** @param jar - a tough-cookie jar or store to keep the cookies in. Default: a jar of our own */
  constructor(jar?: CookieJar | Store) {
    this.#jar = recordJar(jar)
    this.#events = new CookieEvents(this.#jar.news)
  }

  /** The same cookies as a tough-cookie jar; what is changed there is changed here. */
  get jar(): CookieJar {
    return this.#jar.jar
  }

  /** The cookie of that name which a request to the URL would send first, or `null`. */
  async get(cookie: string | JarCookieQuery): Promise<SessionCookie | null> {
    const [first] = await this.getAll(cookie)
    return first ?? null
  }

  /** All cookies that a request to the URL would send, in that order; every cookie, where no URL is known. */
  async getAll(cookie: string | JarCookieQuery = {}): Promise<SessionCookie[]> {
    const query = typeof cookie === 'string' ? { name: cookie } : cookie
    const site = this.#siteOf('get', query.url)
    const found = site === undefined ? await this.#jar.all() : site && (await this.#jar.matching(site))
    return (found ?? []).filter((record) => isNamed(record, query)).map(toSessionCookie)
  }

  /** @throws InvalidRequestError naming the field that cannot be stored */
  async set(cookie: string | CookieInit, value?: string): Promise<void> {
    const init = typeof cookie === 'string' ? { name: cookie, value: value ?? '' } : cookie
    const site = this.#siteOf('set', init.url ?? homeOf(init))
    if (site === undefined) throw needsUrl('set')
    const parsed = parseCookieInit(init)
    const record = site === null ? 'not-http' : admitCookie(parsed, site, Date.now())
    const fault =
      typeof record === 'string' ? record : await this.#jar.put(record, site?.trusted ?? false)
    if (fault !== null) throw refusedInit(fault)
  }

  /** Deletes the cookies of that name which a request to the URL would send, Secure or not. */
  async delete(cookie: string | JarCookieQuery): Promise<void> {
    const query = typeof cookie === 'string' ? { name: cookie } : cookie
    const site = this.#siteOf('delete', query.url ?? homeOf(query))
    if (site === undefined && query.url !== null) throw needsUrl('delete')
    const trusted = site && { ...site, trusted: true }
    const found = trusted ? await this.#jar.matching(trusted) : site === null ? [] : await this.#jar.all()
    for (const record of found) if (isNamed(record, query)) await this.#jar.delete(record)
  }

  /** Deletes every cookie. */
  async clear(): Promise<void> {
    for (const record of await this.#jar.all()) await this.#jar.delete(record)
  }

  /** For each cookie of the jar, whether a request to the URL would send it, and why. */
  async explain(url: string): Promise<CookieExplanation[]> {
    return explainCookies(await this.#jar.all(), this.#siteOf('explain', url) ?? null)
  }

  headerFor(url: string): string | Promise<string> {
    return this.#jar.headerFor(url)
  }

  capture(lines: readonly string[], url: string): void | Promise<void> {
    return this.#jar.capture(lines, url)
  }

  /**
   * The same cookies in a jar of their own.
   *
   * @throws UnsupportedError if they lie in an asynchronous store
   */
  copy(): JarCookies {
    const map = new CookieMap()
    for (const record of this.#jar.snapshot()) map.put({ ...record }, true, Date.now())
    return new JarCookies(new ToughStore(map))
  }

  /** `change` tells what came and went, `rejected` why a `Set-Cookie` was refused. */
  addEventListener<Type extends keyof CookieEventMap>(
    type: Type,
    listener: CookieListener<Type> | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    this.#events.add(type, listener, options)
  }

  removeEventListener<Type extends keyof CookieEventMap>(
    type: Type,
    listener: CookieListener<Type> | null,
    options?: boolean | EventListenerOptions,
  ): void {
    this.#events.remove(type, listener, options)
  }

  get onchange(): ((event: CookieChangeEvent) => void) | null {
    return this.#onchange
  }

  set onchange(listener: ((event: CookieChangeEvent) => void) | null) {
    if (this.#onchange) this.#events.remove('change', this.#onchange)
    this.#onchange = typeof listener === 'function' ? listener : null
    if (this.#onchange) this.#events.add('change', this.#onchange)
  }

  /** `undefined`: no URL is known. `null`: one that has no cookies. */
  #siteOf(method: string, url: string | null | undefined): CookieSite | null | undefined {
    const base = this.defaultUrl()
    const text = url === undefined ? base : url
    if (text === null) return undefined
    try {
      return cookieSite(new URL(text, base ?? undefined))
    } catch (cause) {
      throw new InvalidRequestError(`cookies.${method}: url is no URL`, { cause })
    }
  }
}

/** Ours, if it is one of ours under tough-cookie's clothes. */
function recordJar(given: CookieJar | Store | undefined): RecordJar {
  if (given === undefined) return new MapJar()
  const store = 'store' in given ? given.store : given
  if (store instanceof ToughStore) return new MapJar(store.map)
  return new ForeignJar('store' in given ? given : new CookieJar(given))
}

/** The URL that a cookie with a domain of its own may be set by. */
function homeOf({ domain, path = '/' }: Pick<CookieInit, 'domain' | 'path'>): string | undefined {
  return typeof domain === 'string' ? `https://${domain.replace(/^\./, '')}${path}` : undefined
}

function isNamed(record: CookieRecord, { name, domain, path }: JarCookieQuery): boolean {
  if (name !== undefined && record.name !== name) return false
  if (typeof domain === 'string' && record.domain !== domain.toLowerCase().replace(/^\./, '')) return false
  return path === undefined || record.path === path
}

function needsUrl(method: string): InvalidRequestError {
  return new InvalidRequestError(`cookies.${method} needs a url, for this session has no baseUrl`)
}
