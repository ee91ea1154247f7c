import {
  type CookieInit,
  type CookieKeeper,
  type CookieQuery,
  InvalidRequestError,
  type SessionCookie,
  type SessionCookies,
} from '@session-fetch/core'
import { Cookie, CookieJar } from 'tough-cookie'

/** `session.cookies` in Node: a tough-cookie jar behind the standard `CookieStore`'s calls. */
export class JarCookies implements SessionCookies, CookieKeeper {
  readonly jar: CookieJar
  /** What `url` is where a call does not say: the session's `baseUrl`. */
  defaultUrl: () => string | null = () => null

  constructor(jar: CookieJar = new CookieJar()) {
    this.jar = jar
  }

  /** An independent copy. */
  copy(): JarCookies {
    return new JarCookies(this.jar.cloneSync())
  }

  async get(cookie: string | CookieQuery): Promise<SessionCookie | null> {
    const [first] = await this.getAll(cookie)
    return first ?? null
  }

  /** The cookies that a request to the URL would send, most specific path first; all there are, where no URL is known. */
  async getAll(cookie: string | CookieQuery = {}): Promise<SessionCookie[]> {
    const { name, url = this.defaultUrl() } = typeof cookie === 'string' ? { name: cookie } : cookie
    const found = url === null ? await this.#all() : await this.jar.getCookies(url, { sort: true })
    return found.filter(({ key }) => name === undefined || key === name).map(toSessionCookie)
  }

  async set(cookie: string | CookieInit, value?: string): Promise<void> {
    const init = typeof cookie === 'string' ? { name: cookie, value: value ?? '' } : cookie
    await this.jar.setCookie(toCookie(init), this.#urlFor('set', init.url))
  }

  async delete(cookie: string | CookieQuery): Promise<void> {
    const { name, url } = typeof cookie === 'string' ? { name: cookie, url: undefined } : cookie
    const found = await this.jar.getCookies(this.#urlFor('delete', url))
    for (const { domain, path, key } of found) {
      if (key === name) await this.jar.store.removeCookie(domain, path, key)
    }
  }

  headerFor(url: string): string | Promise<string> {
    return this.jar.store.synchronous ? this.jar.getCookieStringSync(url) : this.jar.getCookieString(url)
  }

  capture(lines: readonly string[], url: string): void | Promise<void> {
    const wellFormed = lines.filter((line) => !hasControls(line))
    if (!this.jar.store.synchronous) return this.#captureLater(wellFormed, url)
    for (const line of wellFormed) this.jar.setCookieSync(line, url, { ignoreError: true })
  }

  async #captureLater(lines: readonly string[], url: string): Promise<void> {
    for (const line of lines) await this.jar.setCookie(line, url, { ignoreError: true })
  }

  async #all(): Promise<Cookie[]> {
    const { cookies } = await this.jar.serialize()
    return cookies.map((cookie) => Cookie.fromJSON(cookie)).filter((cookie) => cookie !== undefined)
  }

  #urlFor(method: string, url: string | undefined): string {
    const target = url ?? this.defaultUrl()
    if (target !== null) return target
    throw new InvalidRequestError(`cookies.${method} needs a url, for this session has no baseUrl`)
  }
}

/** RFC 6265bis §5.6 step 1: a control character other than tab makes the whole cookie void. */
function hasControls(line: string): boolean {
  return /[^\t\P{Cc}]/u.test(line)
}

function toCookie(init: CookieInit): Cookie {
  const { name, value, domain, path = '/', secure = false, httpOnly = false, sameSite, maxAge } = init
  for (const [field, text] of Object.entries({ name, value, domain, path })) {
    if (typeof text === 'string' && (/[;\u0100-\uffff]/.test(text) || hasControls(text))) {
      throw new InvalidRequestError(
        `cookies.set: ${field} holds a semicolon, a control character or one above U+00FF`,
      )
    }
  }
  if (name === '' || /[=\s,]/.test(name))
    throw new InvalidRequestError('cookies.set: name is not a cookie name')
  const expires = maxAge === undefined ? (init.expires ?? null) : Date.now() + maxAge * 1000
  return new Cookie({
    key: name,
    value,
    path,
    secure,
    httpOnly,
    ...(typeof domain === 'string' && { domain }),
    ...(expires !== null && { expires: new Date(expires) }),
    ...(sameSite && { sameSite }),
  })
}

function toSessionCookie(cookie: Cookie): SessionCookie {
  const { key, value, domain, path, hostOnly, secure, httpOnly, sameSite } = cookie
  const expires = cookie.expiryTime()
  return {
    name: key,
    value,
    domain: hostOnly ? null : domain,
    path: path ?? '/',
    expires: expires === undefined || !Number.isFinite(expires) ? null : expires,
    secure,
    httpOnly,
    ...(sameSite === 'strict' || sameSite === 'lax' || sameSite === 'none' ? { sameSite } : {}),
  }
}
