import { SessionError, UnsupportedError } from '@session-fetch/core'
import type { Cookie, CookieJar } from 'tough-cookie'
import type { CookieRecord } from '../rules/cookie-record.js'
import { admitEntry } from '../rules/entry.js'
import { cookieHeader } from '../rules/header.js'
import { admitCookie } from '../rules/policy.js'
import { type CookieRejection, rejectedCookie } from '../rules/rejection.js'
import { parseSetCookie } from '../rules/set-cookie.js'
import { type CookieSite, cookieSite, pathMatches } from '../rules/site.js'
import { JarEvents } from './jar-events.js'
import { COOKIE_LIMITS, type CookieLimits } from './cookie-map.js'
import type { Jar } from './jar.js'
import { fromToughCookie, toToughCookie } from './tough-adapter.js'

/**
 * A tough-cookie jar of the caller, over any store. Every cookie is checked by our rules when it is read or written; the
 * store may be shared with other code.
 */
export class ExternalJar implements Jar {
  readonly jar: CookieJar
  readonly events: JarEvents = new JarEvents()
  readonly limits: CookieLimits = COOKIE_LIMITS
  readonly size = null

  constructor(jar: CookieJar) {
    this.jar = jar
  }

  async headerFor(url: string): Promise<string> {
    const site = cookieSite(url)
    if (site === null) return ''
    const { host } = site
    return cookieHeader(await this.matching(site), (names) => this.events.withheld({ host, names }))
  }

  /** Sequential, because a store that reads before it writes would lose one of two concurrent cookies. */
  async capture(lines: readonly string[], url: string): Promise<readonly string[]> {
    const site = cookieSite(url)
    const refused: string[] = []
    for (const line of lines) {
      const fault = site === null ? 'not-http' : await this.#captureLine(line, site)
      if (fault === null) continue
      this.events.rejected(rejectedCookie(line, fault, url))
      refused.push(line)
    }
    return refused
  }

  async matching(site: CookieSite): Promise<CookieRecord[]> {
    const cookies = await this.#ask(() => this.jar.getCookies(urlOf(site), { sort: true }))
    return this.#admitted(cookies)
  }

  async all(): Promise<CookieRecord[]> {
    return this.#admitted(await this.#ask(() => this.jar.store.getAllCookies()))
  }

  snapshot(): CookieRecord[] {
    if (!this.jar.store.synchronous) {
      throw new UnsupportedError(
        'The cookie store is asynchronous and cannot be read synchronously: await cookies.getAll({ url: null }), or use a new jar instead of a copy',
      )
    }
    let found: Cookie[] = []
    this.jar.store.getAllCookies((error: Error | null, cookies?: Cookie[]) => {
      if (error !== null) throw failure(error)
      found = cookies ?? []
    })
    return this.#admitted(found)
  }

  async put(record: CookieRecord, trusted: boolean): Promise<CookieRejection | null> {
    if (record.expires <= Date.now()) return this.#putEnded(record, trusted)
    if (!record.secure && !trusted && (await this.#shadowsSecure(record))) return 'secure-exists'
    if (record.partitioned && (await this.#hasTwin(record))) return 'partitioned'
    const line = toToughCookie(record).toString() // as text, because the jar may come from another copy of tough-cookie
    const url = urlOf({ host: record.domain, path: record.path, trusted: trusted || record.secure })
    const stored = await this.#ask(() => this.jar.setCookie(line, url, { ignoreError: true, loose: true }))
    if (stored === undefined) return 'refused-by-jar'
    this.events.changed(record)
    return null
  }

  async delete(record: CookieRecord): Promise<void> {
    await this.#ask(() => this.jar.store.removeCookie(record.domain, record.path, record.name))
    this.events.deleted(record)
  }

  async #captureLine(line: string, site: CookieSite): Promise<CookieRejection | null> {
    const parsed = parseSetCookie(line)
    if (typeof parsed === 'string') return parsed
    const record = admitCookie(parsed, site, Date.now())
    return typeof record === 'string' ? record : this.put(record, site.trusted)
  }

  /** Deletes the cookie that an expired one names. tough-cookie would store it. */
  async #putEnded(record: CookieRecord, trusted: boolean): Promise<CookieRejection | null> {
    if (!record.secure && !trusted && (await this.#shadowsSecure(record))) return 'secure-exists'
    const { domain, path, name } = record
    const old = await this.#ask(() => this.jar.store.findCookie(domain, path, name))
    if (old && (old.hostOnly ?? true) === record.hostOnly) await this.delete(record)
    return null
  }

  /** As in `CookieMap`, except for subdomains, which a store cannot search. */
  async #shadowsSecure({ name, domain, path }: CookieRecord): Promise<boolean> {
    const url = urlOf({ host: domain, path, trusted: true })
    const cookies = await this.#ask(() => this.jar.getCookies(url, { allPaths: true }))
    return cookies.some((other) => other.secure && other.key === name && pathMatches(path, other.path ?? '/'))
  }

  /** A store has one cookie per domain, path and name, and the unpartitioned twin is kept. */
  async #hasTwin({ domain, path, name }: CookieRecord): Promise<boolean> {
    const old = await this.#ask(() => this.jar.store.findCookie(domain, path, name))
    return old !== undefined && fromToughCookie(old, Date.now()).partition !== 'own'
  }

  #admitted(cookies: readonly Cookie[]): CookieRecord[] {
    const now = Date.now()
    const records = cookies.map((cookie) => admitEntry(fromToughCookie(cookie, now), now))
    return records.filter((record) => typeof record !== 'string')
  }

  async #ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    try {
      return await question()
    } catch (error) {
      throw failure(error)
    }
  }
}

/** A URL of the site for tough-cookie, which decodes paths: with every `%` escaped, it gets the path as sent. */
function urlOf({ host, path, trusted }: CookieSite): string {
  const name = host.includes(':') ? `[${host}]` : host
  const url = new URL(`${trusted ? 'https' : 'http'}://${name}${path}`)
  if (url.pathname.includes('%')) url.pathname = url.pathname.replaceAll('%', '%25')
  return url.href
}

function failure(cause: unknown): SessionError {
  return new SessionError('The cookie store failed', { cause })
}
