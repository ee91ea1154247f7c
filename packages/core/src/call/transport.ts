import { ConnectionError, InvalidRequestError } from '../model/errors.js'
import { originPattern } from '../request/origins.js'
import { type PreparedRequest, isReplayable } from '../request/prepared-request.js'
import { SessionResponse } from '../response/session-response.js'

/**
 * Sends one request and resolves when the response headers have arrived.
 *
 * @example
 * const logged = (send: Send): Send => async (request) => {
 *   console.log(request.method, request.url)
 *   return send(request)
 * }
 */
export type Send = (request: PreparedRequest) => Promise<SessionResponse>

/**
 * Sends the requests of some URLs; mounted on a session by URL prefix.
 *
 * @example
 * const offline: Transport = { send: async () => Response.json({ error: 'offline' }, { status: 503 }) }
 * session.mount('https://', offline)
 */
export interface Transport {
  /** Sends one request. A plain `Response` is converted to a `SessionResponse`. */
  send(request: PreparedRequest): Promise<Response>
  /** Whether redirects from other transports may lead here. Default: `true`. */
  readonly takesRedirects?: boolean | undefined
  /**
   * Whether it applies `timeout.headers` itself, from the moment the request is sent. Default: `false`; the limit
   * starts with the attempt.
   */
  readonly limitsHeaders?: boolean | undefined
  /** Releases resources; called once, by the session that mounted the transport. */
  close?(): void | Promise<void>
}

/** Any function with the signature of the standard `fetch`. */
export type FetchLike = (input: string, init: RequestInit) => Promise<Response>

type Explain = (request: PreparedRequest) => string | undefined

/**
 * Creates a transport from a standard fetch.
 *
 * @param fetch Default: the global fetch, looked up at each call, so that libraries which patch it work.
 * @param explain Describes a network failure. Default: a generic message.
 * @example session.mount('https://', fetchTransport())
 */
export function fetchTransport(fetch?: FetchLike, explain?: Explain): Transport {
  return {
    async send(request) {
      try {
        // a fetch may read `Headers` internally, bypassing the methods of a subclass
        const init = request.copy({ headers: new Headers([...request.headers]) })
        // a PreparedRequest is a valid RequestInit; fetch rejects bodies that it does not support
        return await (fetch ?? globalThis.fetch)(request.url, init as RequestInit)
      } catch (cause) {
        request.cancellation.throwIfAborted()
        // fetch reports every network failure as a `TypeError`, except workerd; other errors come from the caller's code
        if (!(cause instanceof TypeError) && (fetch || !isReplayable(request.body))) throw cause
        const what = explain?.(request) ?? 'No response'
        throw new ConnectionError(what, { request, cause })
      }
    },
  }
}

/** A transport for tests, which records the requests. */
export interface MockTransport extends Transport {
  /** All requests in order, as they would have been sent, with cookies and credentials. */
  readonly calls: readonly PreparedRequest[]
}

/**
 * Creates a transport that answers requests with a function, for tests.
 *
 * @example
 * const api = mockTransport((request) => Response.json({ path: new URL(request.url).pathname }))
 * session.mount('https://api.test', api)
 */
export function mockTransport(
  handler: (request: PreparedRequest) => Response | Promise<Response>,
): MockTransport {
  if (typeof handler !== 'function')
    throw new InvalidRequestError('mockTransport takes a function that answers with a Response')
  const calls: PreparedRequest[] = []
  return {
    calls,
    async send(request) {
      calls.push(request)
      const response: unknown = await handler(request)
      if (response instanceof Response) return SessionResponse.from(response, request)
      throw new InvalidRequestError('mockTransport must answer with a Response', { request })
    },
  }
}

interface Mount {
  readonly prefix: string
  readonly transport: Transport
  readonly matches: (url: URL) => boolean
}

/** Transports by URL prefix, longest first: the first match is used. */
export type Mounts = readonly Mount[]

/** Adds a transport; replaces one with the same prefix. */
export function withMount(mounts: Mounts, prefix: string, transport: Transport): Mounts {
  const others = mounts.filter((other) => other.prefix !== prefix)
  return [...others, { prefix, transport, matches: matcher(prefix) }].sort(
    (one, other) => weight(other) - weight(one),
  )
}

export function mountedAt(mounts: Mounts, url: URL): Transport | undefined {
  return mounts.find(({ matches }) => matches(url))?.transport
}

/** The mounts for a child session, which does not close them. */
export function borrowedMounts(mounts: Mounts): Mounts {
  return mounts.map(({ prefix, transport, matches }) => {
    const { takesRedirects, limitsHeaders } = transport
    const borrowed: Transport = { takesRedirects, limitsHeaders, send: (request) => transport.send(request) }
    return { prefix, transport: borrowed, matches }
  })
}

/** Longer, that is narrower, prefixes come first. */
function weight({ prefix }: Mount): number {
  return 2 * prefix.length - Number(prefix.includes('//*.'))
}

/**
 * Prefixes match on boundaries: `http://host` matches that origin only, `http://host/a` matches `/a` and paths
 * below it, `https://*.host` any subdomain, `https://` the whole scheme.
 */
function matcher(prefix: string): (url: URL) => boolean {
  const [, scheme = '', host, path = '/'] = /^([a-z][a-z\d+.-]*:)\/\/([^/]*)(\/.*)?$/i.exec(prefix) ?? []
  const isOn =
    host === '' ? (url: URL) => url.protocol === scheme.toLowerCase() : originPattern(`${scheme}//${host}`)
  // as in a parsed URL: `/straße` becomes `/stra%C3%9Fe`
  const { pathname } = new URL(`http://a${path}`)
  const below = pathname.replace(/\/?$/, '/')
  return (url) => isOn(url) && (url.pathname === pathname || (url.pathname || '/').startsWith(below))
}

/**
 * What the sessions of a platform support. An option that is not supported throws an `UnsupportedError` that
 * names it, or is ignored with `unsupported: 'ignore'`. docs/capabilities.md lists alternatives.
 *
 * @example if (session.capabilities.history) console.log(response.history.length)
 */
export interface Capabilities {
  /** Own cookies: the `jar` option, HttpOnly cookies and those of other origins. */
  readonly jar: boolean
  /** `cookies` for one call. */
  readonly callCookies: boolean
  /** Redirects hop by hop: `history`, `next`, `redirect: 'manual'` and `redirect` hooks. */
  readonly history: boolean
  /** A `maxRedirects` other than 20. */
  readonly redirectLimit: boolean
  /** Every header that HTTP allows, including `Cookie`, `Host` and `Referer`. */
  readonly forbiddenHeaders: boolean
  /** `timeout.connect`. */
  readonly connectTimeout: boolean
  /** Streaming request bodies (`ReadableStream`). */
  readonly streamingUploads: boolean
  /** `onUploadProgress` and `onDownloadProgress`. */
  readonly progress: boolean
  /** Limits of responses: `maxResponseSize` and `limits`. */
  readonly limits: boolean
  /** The `agent` option. */
  readonly agent: boolean
  /** The `connections` option. */
  readonly connections: boolean
  /** The `keepAlive` option. */
  readonly keepAlive: boolean
  /** The `http2` option. */
  readonly http2: boolean
  /** The `tls` option. */
  readonly tls: boolean
  /** The `proxy` option. */
  readonly proxy: boolean
  /** The `lookup` option. */
  readonly lookup: boolean
  /** The `localAddress` option. */
  readonly localAddress: boolean
  /** The `guard` option, called before each address is dialled. */
  readonly guard: boolean
}

/** A cookie in the format of the standard `CookieStore`. */
export interface SessionCookie {
  /** The name. */
  name: string
  /** The value. */
  value: string
  /** The domain that it was set for; `null` if it is host-only. */
  domain?: string | null
  /** The path that it is sent below. */
  path?: string
  /** Milliseconds since 1970, or `null` for a session cookie. */
  expires?: number | null
  /** Whether it is sent over https only, and on loopback. */
  secure?: boolean
  /** Whether scripts of pages cannot read it. */
  httpOnly?: boolean
  /** Whether requests from other sites send it. */
  sameSite?: 'strict' | 'lax' | 'none'
  /** Whether it is partitioned by top-level site (CHIPS). In Node, the top-level site is the cookie's own. */
  partitioned?: boolean
}

/** Selects cookies. `url` defaults to the session's `baseUrl`, or to the page. */
export interface CookieQuery {
  /** The name. Default: any. */
  name?: string
  /** The URL that it is sent to. Default: the session's `baseUrl`, or the page. */
  url?: string
}

/**
 * A cookie to set, with its attributes.
 *
 * @example
 * await session.cookies.set({ name: 'theme', value: 'dark', path: '/app', maxAge: 3600, sameSite: 'lax' })
 */
export interface CookieInit {
  /** The name. */
  name: string
  /** The value. */
  value: string
  /** The URL that sets it. Default: the session's `baseUrl`, or the page. */
  url?: string | undefined
  /** Default: host-only. */
  domain?: string | null | undefined
  /** Default: `/`. */
  path?: string | undefined
  /** Milliseconds since 1970, or a date. Default: until the session ends. */
  expires?: number | Date | null | undefined
  /** Seconds from now; takes precedence over `expires`. */
  maxAge?: number | null | undefined
  /** Whether it is sent over https only. Default: `false`. */
  secure?: boolean | undefined
  /** Whether scripts of pages cannot read it. Default: `false`. */
  httpOnly?: boolean | undefined
  /** Whether requests from other sites send it. Default: no `SameSite` attribute. */
  sameSite?: 'strict' | 'lax' | 'none' | undefined
  /** Whether the cookie is partitioned by top-level site (CHIPS). Requires `secure`. Default: `false`. */
  partitioned?: boolean | undefined
}

/**
 * `session.cookies`: the interface of the standard `CookieStore`, on every platform.
 *
 * @example
 * await session.cookies.set('theme', 'dark')
 * const theme = await session.cookies.get('theme')
 * await session.cookies.delete('theme')
 * console.log(theme?.value) // dark
 */
export interface SessionCookies {
  /** The cookie with this name that a request would send, or `null`. */
  get(cookie: string | CookieQuery): Promise<SessionCookie | null>
  /** All cookies that a request would send. */
  getAll(cookie?: string | CookieQuery): Promise<SessionCookie[]>
  /** Stores a cookie. */
  set(name: string, value: string): Promise<void>
  /** Stores a cookie with attributes. */
  set(cookie: CookieInit): Promise<void>
  /** Deletes the cookies that a request would send by this name. */
  delete(cookie: string | CookieQuery): Promise<void>
  /** All cookies as plain data, on platforms that can read them. */
  toJSON?(): unknown
  /** Adds cookies from the output of `toJSON()`. Each is validated as if a server had set it. */
  fromJSON?(data: unknown): unknown
}
