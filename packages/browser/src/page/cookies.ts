import type { CookieInit, CookieQuery, SessionCookie, SessionCookies } from '@session-fetch/core'
import { own } from '@session-fetch/core/adapter'
import { unsupported } from './capabilities.js'

/** Cookies with `change` events, if the underlying store has them. */
export interface BrowserCookies extends SessionCookies {
  /** Stores a cookie. */
  set(name: string, value: string): Promise<void>
  /** Stores a cookie with attributes. */
  set(cookie: BrowserCookieInit): Promise<void>
  /** `change` lists changed and deleted cookies that a page can see. A service worker has `cookiechange`. */
  addEventListener(type: 'change', listener: CookieListener, options?: AddEventListenerOptions): void
  /** Removes a listener of changes. */
  removeEventListener(type: 'change', listener: CookieListener, options?: EventListenerOptions): void
}

export type BrowserCookieInit = CookieInit

type CookieListener = (event: CookieChangeEvent) => void

/**
 * The cookies of the page, or of the service worker, through the standard `CookieStore`, which gives no access to
 * HttpOnly cookies and those of other origins.
 */
export const browserCookies: BrowserCookies = {
  get: async (cookie) => (await store().get(storeArgument(cookie))) as SessionCookie | null,
  getAll: async (cookie = {}) => (await store().getAll(storeArgument(cookie))) as SessionCookie[],
  set: async (cookie: string | BrowserCookieInit, value?: string) =>
    store().set(storeArgument(cookie, value) as globalThis.CookieInit),
  delete: async (cookie) => store().delete(storeArgument(cookie) as { name: string }),
  addEventListener: (...listener) => store().addEventListener(...listener),
  removeEventListener: (...listener) => store().removeEventListener(...listener),
}

/** Converts arguments for a `CookieStore`. @throws UnsupportedError for cookies that scripts cannot read or set */
export function storeArgument(cookie: string | CookieQuery | BrowserCookieInit, value?: string): CookieQuery {
  if (typeof cookie === 'string') return own({ name: cookie, value }) as CookieQuery
  const { url, httpOnly, maxAge, ...init } = own(cookie as BrowserCookieInit) // a query has a subset of the members
  const { origin, href } = globalThis.location ?? own<Partial<Location>>({})
  if (httpOnly || (url !== undefined && new URL(url, href).origin !== origin))
    throw unsupported("HttpOnly or another origin's cookies")
  if (maxAge != null) init.expires = Date.now() + maxAge * 1000
  return own(init)
}

function store(): CookieStore {
  const { cookieStore } = globalThis
  if (cookieStore) return cookieStore
  throw unsupported('cookies without https or documentCookies()')
}
