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
