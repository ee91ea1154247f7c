import type { CookieInit, SessionCookie, SessionCookies } from '@session-fetch/core'
import { type CookieKeeper, inspectAs, own } from '@session-fetch/core/adapter'
import type { CookieJar } from 'tough-cookie'
import { type CookieImport, importCookies } from '../formats/import.js'
import { type CookieData, readJson, writeJson } from '../formats/json.js'
import { readNetscape, writeNetscape } from '../formats/netscape.js'
import { type StorageState, readStorageState, writeStorageState } from '../formats/storage-state.js'
import { type CookieLimits, CookieMap } from '../jar/cookie-map.js'
import type { Jar } from '../jar/jar.js'
import { ToughAdapter } from '../jar/tough-adapter.js'
import { type CookieRecord, copyRecord, toSessionCookie } from '../rules/cookie-record.js'
import { admitCookie } from '../rules/policy.js'
import type { CookieSite } from '../rules/site.js'
import {
  type JarCookieQuery,
  isNamed,
  needsUrl,
  parseCookieInit,
  refusedInit,
  siteOf,
  toQuery,
  urlForDomain,
} from './arguments.js'
import { type CookieChangeEvent, type CookieEventMap, CookieEvents, type CookieListener } from './events.js'
import { type CookieExplanation, explainCookies } from './explain.js'
import { FileCookieJar } from './file-cookie-jar.js'
import { type JarSource, openJar } from './open-jar.js'

/** `session.cookies` in Node: a jar of its own behind the calls of the standard `CookieStore`. */
export class JarCookies implements SessionCookies, CookieKeeper {
  static {
    // How many cookies there are, and nothing of them.
    inspectAs<JarCookies>(this.prototype, ({ size }) => `JarCookies { size: ${size ?? 'unknown'} }`)
  }

  /** What `url` is where a call does not say: the session's `baseUrl`. */
  defaultUrl: () => string | null = () => null
  readonly #jar: Jar
  readonly #file: FileCookieJar | null
  readonly #events: CookieEvents
  #onchange: ((event: CookieChangeEvent) => void) | null = null

  /**
   * @param source - a tough-cookie jar or store, a `FileCookieJar`, or another session's cookies, to share them.
   *   Default: a jar of our own
   * @param limits - how many cookies a jar of our own holds
   */
  constructor(source?: JarSource | JarCookies | null, limits?: Partial<CookieLimits>) {
    const shared = source instanceof JarCookies
    this.#jar = shared ? source.#jar : openJar(source, limits)
    // Whoever shares the cookies of a file saves them there, too.
    this.#file = shared ? source.#file : source instanceof FileCookieJar ? source : null
    this.#events = new CookieEvents(this.#jar.events)
  }

  /** The same cookies as a tough-cookie jar; what is changed there is changed here. */
  get jar(): CookieJar {
    return this.#jar.jar
  }

  /** How many cookies there are; `null` where only the store knows. */
  get size(): number | null {
    return this.#jar.size
  }

  /** The cookie of that name which a request to the URL would send first, or `null`. */
  async get(cookie: string | JarCookieQuery): Promise<SessionCookie | null> {
    const [first] = await this.getAll(cookie)
    return first ?? null
  }

  /** All cookies that a request to the URL would send, in that order; every cookie, where no URL is known. */
  async getAll(cookie: string | JarCookieQuery = {}): Promise<SessionCookie[]> {
    const query = toQuery(cookie)
    const found = await this.#found('get', query.url)
    return found.filter((record) => isNamed(record, query)).map(toSessionCookie)
  }

  /** @throws InvalidRequestError naming the field that cannot be stored */
  async set(cookie: string | CookieInit, value?: string): Promise<void> {
    const init = own<CookieInit>(typeof cookie === 'string' ? { name: cookie, value: value ?? '' } : cookie)
    const site = this.#siteOf('set', init.url ?? urlForDomain(init))
    if (site === undefined) throw needsUrl('set')
    const parsed = parseCookieInit(init)
    const record = site === null ? 'not-http' : admitCookie(parsed, site, Date.now())
    const fault = typeof record === 'string' ? record : await this.#jar.put(record, site?.trusted ?? false)
    if (fault !== null) throw refusedInit(fault)
  }

  /** Deletes the cookies of that name which requests to the URL would send, Secure or not. */
  async delete(cookie: string | JarCookieQuery): Promise<void> {
    const query = toQuery(cookie)
    const url = query.url === undefined ? urlForDomain(query) : query.url
    if (url === undefined && this.defaultUrl() === null) throw needsUrl('delete')
    for (const record of await this.#found('delete', url)) {
      if (isNamed(record, query)) await this.#jar.delete(record)
    }
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

  /** Stores `Set-Cookie` lines as a response from `url` would. @returns those that were refused */
  capture(lines: readonly string[], url: string): ReturnType<CookieKeeper['capture']> {
    return this.#jar.capture(lines, url)
  }

  /**
   * The same cookies in a jar of their own.
   *
   * @throws UnsupportedError if they lie in an asynchronous store
   */
  copy(): JarCookies {
    const map = new CookieMap(this.#jar.limits)
    for (const record of this.#jar.snapshot()) map.put(copyRecord(record), true, Date.now())
    return new JarCookies(new ToughAdapter(map))
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

  /** Every cookie, with its value, for `JSON.stringify`. @throws UnsupportedError if the store is asynchronous */
  toJSON(): CookieData {
    return writeJson(this.#jar.snapshot())
  }

  /** Adds the cookies of `toJSON()`, or of tough-cookie's `serialize()`. Each has to pass the rules again. */
  async fromJSON(data: unknown): Promise<CookieImport> {
    return importCookies(readJson(data), this.#jar)
  }

  /** Every cookie as the text of a `cookies.txt`, for `curl -b`. @throws UnsupportedError as `toJSON` */
  toNetscape(): string {
    return writeNetscape(this.#jar.snapshot())
  }

  /** Adds the cookies of a `cookies.txt`, as `curl -c` writes it. */
  async fromNetscape(text: string): Promise<CookieImport> {
    return importCookies(readNetscape(text), this.#jar)
  }

  /** Every cookie as Playwright's `storageState`, for `browser.newContext`. @throws UnsupportedError as `toJSON` */
  toStorageState(): StorageState {
    return writeStorageState(this.#jar.snapshot())
  }

  /** Adds the cookies of Playwright's `context.storageState()`. */
  async fromStorageState(state: unknown): Promise<CookieImport> {
    return importCookies(readStorageState(state), this.#jar)
  }

  /** Saves the cookies, where they came from a file. */
  async flush(): Promise<void> {
    await this.#file?.flush()
  }

  #siteOf(method: string, url: string | null | undefined): CookieSite | null | undefined {
    const base = this.defaultUrl()
    return siteOf(method, url === undefined ? base : url, base)
  }

  /** To read, what a request would send; to delete, Secure ones over http too; of no known URL, everything. */
  async #found(purpose: 'get' | 'delete', url: string | null | undefined): Promise<readonly CookieRecord[]> {
    const site = this.#siteOf(purpose, url)
    if (site === undefined) return this.#jar.all()
    if (site === null) return []
    return this.#jar.matching(purpose === 'get' ? site : { ...site, trusted: true })
  }
}
