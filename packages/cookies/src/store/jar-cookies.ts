import {
  type CookieInit,
  InvalidRequestError,
  type SessionCookie,
  type SessionCookies,
} from '@session-fetch/core'
import {
  type CookieKeeper,
  fromHeaderValue,
  headersAreText,
  inspectAs,
  toHeaderValue,
} from '@session-fetch/core/adapter'
import type { CookieJar } from 'tough-cookie'
import { type CookieImport, importCookies } from '../formats/import.js'
import { type CookieData, readJson, writeJson } from '../formats/json.js'
import { readNetscape, writeNetscape } from '../formats/netscape.js'
import { type StorageState, readStorageState, writeStorageState } from '../formats/storage-state.js'
import { type CookieLimits, CookieMap, checkLimits } from '../jar/cookie-map.js'
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
  toInit,
  toQuery,
  urlForDomain,
  urlText,
} from './arguments.js'
import { type CookieChangeEvent, type CookieEventMap, CookieEvents, type CookieListener } from './events.js'
import { type CookieExplanation, explainCookies } from './explain.js'
import { type JarSource, KeptCookies, openJar } from './open-jar.js'

/**
 * A cookie jar with the methods of the standard `CookieStore`: `session.cookies` wherever a session keeps cookies
 * itself. It needs no session: `headerFor` and `capture` are all that another HTTP client needs.
 *
 * @example
 * const jar = new JarCookies()
 * const response = await fetch(url, { headers: { Cookie: await jar.headerFor(url) } })
 * await jar.capture(response.headers.getSetCookie(), url)
 */
export class JarCookies implements SessionCookies, CookieKeeper {
  static {
    // shows the size, but no cookies
    inspectAs<JarCookies>(this.prototype, ({ size }) => `JarCookies { size: ${size ?? 'unknown'} }`)
  }

  /** The default for `url`: the session's `baseUrl`. Default: none. */
  defaultUrl: () => string | null = () => null
  readonly #jar: Jar
  readonly #kept: KeptCookies | null
  readonly #events: CookieEvents
  #onchange: ((event: CookieChangeEvent) => void) | null = null

  /**
   * @param source A tough-cookie jar or store, in Node a `FileCookieJar`, or the cookies of another session to
   *   share. Default: a new jar in memory.
   * @param limits The limits of a new jar.
   */
  constructor(source?: JarSource | JarCookies | null, limits?: Partial<CookieLimits>) {
    if (limits !== undefined) checkLimits(limits, source)
    const shared = source instanceof JarCookies
    this.#jar = shared ? source.#jar : openJar(source, limits)
    // sessions that share the cookies of a file also save them there
    this.#kept = shared ? source.#kept : source instanceof KeptCookies ? source : null
    this.#events = new CookieEvents(this.#jar.events)
  }

  /** The same cookies as a tough-cookie jar; changes apply to both. */
  get jar(): CookieJar {
    return this.#jar.jar
  }

  /** The number of cookies; `null` for an external store, which has no count. */
  get size(): number | null {
    return this.#jar.size
  }

  /** The first cookie of this name that a request to the URL would send, or `null`. */
  async get(cookie: string | JarCookieQuery, ...none: never[]): Promise<SessionCookie | null> {
    const [first] = await this.#selected('get', cookie, none)
    return first ?? null
  }

  /** All cookies that a request to the URL would send, in that order; without any URL, all cookies. */
  async getAll(cookie: string | JarCookieQuery = {}, ...none: never[]): Promise<SessionCookie[]> {
    return this.#selected('getAll', cookie, none)
  }

  /** Stores a cookie. @throws InvalidRequestError naming the invalid field */
  async set(cookie: string | CookieInit, ...value: [value?: string]): Promise<void> {
    const init = toInit(cookie, value)
    const parsed = parseCookieInit(init)
    const site = this.#siteOf('set', init.url ?? urlForDomain(init))
    if (site === undefined) throw needsUrl('set')
    const record = site === null ? 'not-http' : admitCookie(parsed, site, Date.now())
    const fault = typeof record === 'string' ? record : await this.#jar.put(record, site?.trusted ?? false)
    if (fault !== null) throw refusedInit(fault)
  }

  /** Deletes the cookies of this name that a request to the URL would send, including Secure ones. */
  async delete(cookie: string | JarCookieQuery, ...none: never[]): Promise<void> {
    const query = toQuery('delete', cookie, none)
    const url = query.url === undefined ? urlForDomain(query) : query.url
    if (url === undefined && this.defaultUrl() === null) throw needsUrl('delete')
    const site = this.#siteOf('delete', url)
    // Secure ones over http, too
    for (const record of await this.#found(site && { ...site, trusted: true })) {
      if (isNamed(record, query)) await this.#jar.delete(record)
    }
  }

  /**
   * Deletes all cookies.
   *
   * @example await session.cookies.clear()
   */
  async clear(...none: never[]): Promise<void> {
    if (none.length > 0)
      throw new InvalidRequestError(
        'cookies.clear() deletes all; write cookies.delete({ name, url, domain, path })',
      )
    for (const record of await this.#jar.all()) await this.#jar.delete(record)
  }

  /**
   * Explains for each cookie whether a request to the URL would send it.
   *
   * @example
   * for (const { name, sent, reason } of await session.cookies.explain('https://shop.example/basket'))
   *   console.log(name, sent, reason) // basket false other-path
   */
  async explain(url: string): Promise<CookieExplanation[]> {
    const site = this.#siteOf('explain', url === undefined ? url : urlText(url))
    return explainCookies(await this.#jar.all(), site ?? null)
  }

  /**
   * The `Cookie` header of a request to `url`, as the `Headers` of this runtime take it; `''` if there are no cookies. A
   * promise if the jar has an asynchronous store.
   *
   * @throws InvalidRequestError for an invalid URL
   */
  headerFor(url: string | URL): string | Promise<string> {
    const header = this.#jar.headerFor(urlText(url))
    if (!headersAreText()) return header
    return typeof header === 'string' ? toHeaderValue(header) : header.then(toHeaderValue)
  }

  /**
   * Stores the `Set-Cookie` lines of a response from `url`, as `headers.getSetCookie()` of this runtime or `setCookies` of
   * a session's response returns them. A promise if the jar has an asynchronous store.
   *
   * @returns the rejected lines, if any
   * @throws InvalidRequestError for an invalid URL, or lines that are not a list
   */
  capture(lines: readonly string[], url: string | URL): ReturnType<CookieKeeper['capture']> {
    if (!Array.isArray(lines) || lines.some((line) => typeof line !== 'string'))
      throw new InvalidRequestError('cookies.capture takes a list of lines: headers.getSetCookie()')
    return this.#jar.capture(lines.map(fromHeaderValue), urlText(url))
  }

  /**
   * The same cookies in a separate jar.
   *
   * @throws UnsupportedError if they are in an asynchronous store
   * @example const other = new Session({ jar: session.cookies.copy() })
   */
  copy(): JarCookies {
    const map = new CookieMap(this.#jar.limits)
    for (const record of this.#jar.snapshot()) map.put(copyRecord(record), true, Date.now())
    return new JarCookies(new ToughAdapter(map))
  }

  /**
   * `change` reports changed and deleted cookies, `rejected` why a `Set-Cookie` was rejected, `withheld` cookies
   * that did not fit in the header.
   *
   * @example session.cookies.addEventListener('rejected', ({ name, reason }) => console.log(name, reason))
   */
  addEventListener<Type extends keyof CookieEventMap>(
    type: Type,
    listener: CookieListener<Type> | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    this.#events.add(type, listener, options)
  }

  /**
   * Removes a listener that `addEventListener` added.
   *
   * @example
   * const log: CookieListener<'change'> = ({ changed }) => console.log(changed)
   * session.cookies.addEventListener('change', log)
   * session.cookies.removeEventListener('change', log)
   */
  removeEventListener<Type extends keyof CookieEventMap>(
    type: Type,
    listener: CookieListener<Type> | null,
    options?: boolean | EventListenerOptions,
  ): void {
    this.#events.remove(type, listener, options)
  }

  /** A listener for `change` events, as an event handler attribute has it. */
  get onchange(): ((event: CookieChangeEvent) => void) | null {
    return this.#onchange
  }

  set onchange(listener: ((event: CookieChangeEvent) => void) | null) {
    if (listener !== null && typeof listener !== 'function')
      throw new InvalidRequestError('cookies.onchange must be a function, or null for none')
    if (this.#onchange) this.#events.remove('change', this.#onchange)
    this.#onchange = listener
    if (this.#onchange) this.#events.add('change', this.#onchange)
  }

  /** All cookies with their values, for `JSON.stringify`. @throws UnsupportedError if the store is asynchronous */
  toJSON(): CookieData {
    return writeJson(this.#jar.snapshot())
  }

  /** Adds cookies from `toJSON()` or from tough-cookie's `serialize()`. Each is validated again. */
  async fromJSON(data: unknown): Promise<CookieImport> {
    return importCookies(readJson(data), this.#jar)
  }

  /**
   * All cookies as a `cookies.txt`, for `curl -b`.
   *
   * @throws UnsupportedError if the store is asynchronous
   * @example
   * await writeFile('cookies.txt', session.cookies.toNetscape(), { mode: 0o600 }) // for curl -b cookies.txt
   */
  toNetscape(): string {
    return writeNetscape(this.#jar.snapshot())
  }

  /**
   * Adds the cookies of a `cookies.txt`, as written by `curl -c`.
   *
   * @example
   * const { stored, rejected } = await session.cookies.fromNetscape(await readFile('cookies.txt', 'utf8'))
   */
  async fromNetscape(text: string): Promise<CookieImport> {
    return importCookies(readNetscape(text), this.#jar)
  }

  /**
   * All cookies as a `storageState` of Playwright, for `browser.newContext`. @throws UnsupportedError if the store
   * is asynchronous
   *
   * @example
   * const storageState = session.cookies.toStorageState() // for browser.newContext({ storageState })
   */
  toStorageState(): StorageState {
    return writeStorageState(this.#jar.snapshot())
  }

  /**
   * Adds the cookies of Playwright's `context.storageState()`.
   *
   * @example const { stored } = await session.cookies.fromStorageState(storageState)
   */
  async fromStorageState(state: unknown): Promise<CookieImport> {
    return importCookies(readStorageState(state), this.#jar)
  }

  /**
   * Saves the cookies if they are stored in a file.
   *
   * @example await session.cookies.flush()
   */
  async flush(): Promise<void> {
    await this.#kept?.flush()
  }

  #siteOf(method: string, url: string | null | undefined): CookieSite | null | undefined {
    const base = this.defaultUrl()
    return siteOf(method, url === undefined ? base : url, base)
  }

  /** @param method The method that the caller called, for the errors. */
  async #selected(
    method: string,
    cookie: string | JarCookieQuery,
    none: readonly unknown[],
  ): Promise<SessionCookie[]> {
    const query = toQuery(method, cookie, none)
    const found = await this.#found(this.#siteOf(method, query.url))
    return found.filter((record) => isNamed(record, query)).map(toSessionCookie)
  }

  /** The cookies of a site; without one, all; none for a URL that has no cookies. */
  async #found(site: CookieSite | null | undefined): Promise<readonly CookieRecord[]> {
    if (site === undefined) return this.#jar.all()
    return site === null ? [] : this.#jar.matching(site)
  }
}
