/**
 * What the sessions of a platform can do. Asking for what is `false` here is an `UnsupportedError` that names the
 * option; `unsupported: 'ignore'` passes it over. docs/capabilities.md says what to do instead.
 */
export interface Capabilities {
  /** Cookies of the session's own: the `jar` option, HttpOnly cookies and those of other origins. */
  readonly jar: boolean
  /** `cookies` for one call. */
  readonly callCookies: boolean
  /** Redirects hop by hop: `history`, `next`, `redirect: 'manual'` and `redirect` hooks. */
  readonly history: boolean
  /** Another `maxRedirects` than 20. */
  readonly redirectLimit: boolean
  /** Any header that HTTP allows, `Cookie`, `Host` and `Referer` among them. */
  readonly forbiddenHeaders: boolean
  /** `timeout.connect`. */
  readonly connectTimeout: boolean
  /** A body that is sent as it comes: a `ReadableStream`. */
  readonly streamingUploads: boolean
  /** `onUploadProgress` and `onDownloadProgress`. */
  readonly progress: boolean
  /** The most that a server may send: `maxResponseSize` and `limits`. */
  readonly limits: boolean
  /** The `agent` option. */
  readonly agent: boolean
  /** How many `connections` are opened. */
  readonly connections: boolean
  /** How long they are kept: `keepAlive`. */
  readonly keepAlive: boolean
  /** The choice of HTTP/2. */
  readonly http2: boolean
  /** Certificates, and how they are checked. */
  readonly tls: boolean
  /** The choice of a `proxy`. */
  readonly proxy: boolean
  /** Names resolved by a `lookup` of the caller's. */
  readonly lookup: boolean
  /** The choice of a `localAddress`. */
  readonly localAddress: boolean
  /** A `guard` that is asked before an address is dialled. */
  readonly guard: boolean
}

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
