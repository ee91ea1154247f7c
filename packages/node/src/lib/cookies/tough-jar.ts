import { parseUrl } from '@session-fetch/core'
import { CookieJar } from 'tough-cookie'
import type { CookieMap } from './cookie-map.js'
import { cookieSite } from './cookie-site.js'
import { ToughStore } from './tough-store.js'

/**
 * A real tough-cookie jar over our map. Its own rules run first, then ours in the store. It tells the store
 * whether the URL at hand may touch Secure cookies, and keeps tough-cookie from decoding the URL's path.
 */
export function toughJar(map: CookieMap): CookieJar {
  const store = new ToughStore(map)
  const jar = new CookieJar(store, { looseMode: true })
  const setCookie = jar.setCookie.bind(jar) as Callable
  const getCookies = jar.getCookies.bind(jar) as Callable
  const wrapped = {
    setCookie(cookie: unknown, url: unknown, ...rest: unknown[]): unknown {
      store.trusted = isTrusted(url)
      try {
        return setCookie(cookie, withRawPath(url), ...rest)
      } finally {
        store.trusted = false
      }
    },
    getCookies(url: unknown, ...rest: unknown[]): unknown {
      return getCookies(withRawPath(url), ...rest)
    },
  }
  return Object.assign(jar, wrapped)
}

/** Its methods take a callback or give a promise; what is added here passes either on. */
type Callable = (...args: unknown[]) => unknown

/** tough-cookie decodes the path of a URL; with every `%` doubled it gets back the one that goes on the wire. */
export function withRawPath(url: unknown): unknown {
  const parsed = parsedUrl(url)
  if (parsed === null) return url
  if (parsed.pathname.includes('%')) parsed.pathname = parsed.pathname.replaceAll('%', '%25')
  return parsed.href
}

function isTrusted(url: unknown): boolean {
  const parsed = parsedUrl(url)
  return parsed !== null && (cookieSite(parsed)?.trusted ?? false)
}

/** A URL of the caller's own: one that may be changed. */
function parsedUrl(url: unknown): URL | null {
  return typeof url === 'string' || url instanceof URL ? parseUrl(String(url)) : null
}
