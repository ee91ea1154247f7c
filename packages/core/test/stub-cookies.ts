import type { CookieInit, CookieQuery, SessionCookie, SessionCookies } from '../src/call/transport.js'
import type { CookieKeeper } from '../src/layers/cookies.js'

/** The least that a cookie store can be: names and values by host, without attributes. */
export class StubCookies implements SessionCookies, CookieKeeper {
  readonly #hosts = new Map<string, Map<string, string>>()

  headerFor(url: string): string {
    return [...this.#of(url)].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  capture(lines: readonly string[], url: string): void {
    for (const line of lines) {
      const [pair = ''] = line.split(';')
      const [name = '', value = ''] = pair.split('=')
      this.#of(url).set(name, value)
    }
  }

  async get(cookie: string | CookieQuery): Promise<SessionCookie | null> {
    const [first] = await this.getAll(cookie)
    return first ?? null
  }

  async getAll(cookie: string | CookieQuery = {}): Promise<SessionCookie[]> {
    const { name, url } = typeof cookie === 'string' ? { name: cookie } : { url: undefined, ...cookie }
    const all = url === undefined ? [...this.#hosts.values()].flatMap((jar) => [...jar]) : [...this.#of(url)]
    return all
      .filter(([each]) => name === undefined || each === name)
      .map(([each, value]) => ({ name: each, value }))
  }

  async set(cookie: string | CookieInit, value = ''): Promise<void> {
    const {
      name,
      url = 'https://api.test/',
      ...rest
    } = typeof cookie === 'string' ? { name: cookie } : cookie
    this.#of(url).set(name, 'value' in rest ? rest.value : value)
  }

  async delete(cookie: string | CookieQuery): Promise<void> {
    const name = typeof cookie === 'string' ? cookie : cookie.name
    for (const jar of this.#hosts.values()) if (name !== undefined) jar.delete(name)
  }

  copy(): StubCookies {
    const copy = new StubCookies()
    for (const [host, jar] of this.#hosts) copy.#hosts.set(host, new Map(jar))
    return copy
  }

  #of(url: string): Map<string, string> {
    const { hostname } = new URL(url)
    const jar = this.#hosts.get(hostname) ?? new Map<string, string>()
    this.#hosts.set(hostname, jar)
    return jar
  }
}
