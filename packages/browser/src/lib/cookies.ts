import {
  type CookieInit,
  type CookieQuery,
  type SessionCookie,
  type SessionCookies,
  UnsupportedError,
} from '@session-fetch/core'

/** The page's cookies through the standard `CookieStore`. HttpOnly cookies and other origins' stay the browser's. */
export const browserCookies: SessionCookies = {
  async get(cookie) {
    return (await store('get').get(query(cookie))) as SessionCookie | null
  },

  async getAll(cookie = {}) {
    return (await store('getAll').getAll(query(cookie))) as SessionCookie[]
  },

  async set(cookie: string | CookieInit, value?: string) {
    await store('set').set(
      typeof cookie === 'string' ? { name: cookie, value: value ?? '' } : standardInit(cookie),
    )
  },

  async delete(cookie) {
    const { name = '' } = query(cookie)
    await store('delete').delete({ name })
  },
}

function store(method: string): CookieStore {
  const { cookieStore } = globalThis
  if (cookieStore) return cookieStore
  throw new UnsupportedError(
    `cookies.${method} needs the CookieStore of a secure context (https or localhost)`,
  )
}

/** A name or a query as `CookieStore` takes it: of this page. */
function query(cookie: string | CookieQuery): { name?: string } {
  if (typeof cookie === 'string') return { name: cookie }
  refuseOtherOrigins(cookie.url)
  return cookie.name === undefined ? {} : { name: cookie.name }
}

function refuseOtherOrigins(url: string | undefined): void {
  const page = globalThis.location?.href
  if (url === undefined || page === undefined || new URL(url, page).origin === new URL(page).origin) return
  throw new UnsupportedError(
    "A page cannot see or set another origin's cookies; the browser sends them by itself",
  )
}

function standardInit(cookie: CookieInit): globalThis.CookieInit {
  refuseOtherOrigins(cookie.url)
  if (cookie.httpOnly)
    throw new UnsupportedError('httpOnly: a page cannot set HttpOnly cookies; only a server can')
  const { name, value, domain = null, path = '/', sameSite = 'strict', maxAge } = cookie
  const until = maxAge === undefined ? (cookie.expires ?? null) : Date.now() + maxAge * 1000
  return { name, value, domain, path, sameSite, expires: until === null ? null : Number(until) }
}
