/** A cookie as the standard `CookieStore` shows it. */
export interface SessionCookie {
  name: string
  value: string
  domain?: string | null
  path?: string
  /** Milliseconds since 1970, or `null` for a cookie that ends with the session. */
  expires?: number | null
  secure?: boolean
  httpOnly?: boolean
  sameSite?: 'strict' | 'lax' | 'none'
  /** Whether it is kept apart for the site that a browser's tab shows (CHIPS): in Node, for its own. */
  partitioned?: boolean
}

/** Which cookie, and of which URL; `url` defaults to the session's `baseUrl`, or to the page. */
export interface CookieQuery {
  name?: string
  url?: string
}

/** A cookie to set, with what it says of itself. */
export interface CookieInit {
  name: string
  value: string
  url?: string | undefined
  /** Default: the URL's host alone. */
  domain?: string | null | undefined
  /** Default: `/`. */
  path?: string | undefined
  /** Milliseconds since 1970, or a date. Default: until the session ends. */
  expires?: number | Date | null | undefined
  /** Seconds from now; beats `expires`. */
  maxAge?: number | null | undefined
  secure?: boolean | undefined
  httpOnly?: boolean | undefined
  sameSite?: 'strict' | 'lax' | 'none' | undefined
  /** Whether the cookie is the embedding site's and the page's together (CHIPS). Needs `secure`. Default: `false`. */
  partitioned?: boolean | undefined
}

/** `session.cookies`, in the shape of the standard `CookieStore`, on every platform. */
export interface SessionCookies {
  /** The cookie of that name which a request would send, or `null`. */
  get(cookie: string | CookieQuery): Promise<SessionCookie | null>
  getAll(cookie?: string | CookieQuery): Promise<SessionCookie[]>
  set(name: string, value: string): Promise<void>
  set(cookie: CookieInit): Promise<void>
  delete(cookie: string | CookieQuery): Promise<void>
  /** All cookies as plain data, where the platform may see them. */
  toJSON?(): unknown
  /** Takes cookies from such data; each is looked at as if a server had set it. Settled, or resolved, when done. */
  fromJSON?(data: unknown): unknown
}
