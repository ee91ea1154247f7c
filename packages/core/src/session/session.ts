import { type Caller, type CallGroup, type Platform, ownTransport } from '../call/call.js'
import { callOptions, dispatch, prepareCall } from '../call/dispatch.js'
import type { CallOptions, SessionOptions } from '../call/options.js'
import { checkRequest } from '../call/prepare.js'
import { optionsOf } from '../model/option-values.js'
import { SessionClosedError } from '../model/errors.js'
import type { Stop } from '../model/stop.js'
import { stripCredentials, isSameOriginOrUpgrade, withoutCredentials } from '../request/origins.js'
import type { PreparedRequest } from '../request/prepared-request.js'
import { ResponsePromise } from '../response/promise.js'
import { asFetchError, fetchOptions } from './fetch.js'
import {
  type Capabilities,
  type Mounts,
  type SessionCookies,
  type Transport,
  borrowedMounts,
  mountedAt,
  withMount,
} from '../call/transport.js'
import { SessionSettings, extended, forked, sessionDefaults } from './settings.js'
import { has, own } from '../model/own.js'

/** The arguments of a verb: a URL, absolute or relative to `baseUrl`, and the options of the call. */
type VerbArguments = [url: string | URL, init?: CallOptions, none?: undefined]

/**
 * An HTTP session: stores cookies, reuses connections, and applies the same settings to every request. Settings
 * are live and can be changed between calls.
 *
 * @example
 * session.headers.set('X-App', 'demo') // for each of the following calls
 * const users = await session.get('users', { params: { page: 2 } }).json()
 * console.log((await session.cookies.getAll()).length)
 */
export class Session extends SessionSettings {
  /** Closes the session: `await using session = new Session()`, in runtimes that support it. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>

  /** The capabilities of the platform; other options throw an `UnsupportedError`. */
  readonly capabilities: Capabilities
  /** Cookies, with the interface of the standard `CookieStore`. */
  readonly cookies: SessionCookies
  /** A drop-in `fetch` bound to this session, for libraries that accept one. */
  readonly fetch: typeof globalThis.fetch
  readonly #platform: Platform
  readonly #caller: Caller
  #mounts: Mounts = []
  readonly #calls: CallGroup
  #closed = false

  constructor(options: SessionOptions, of: Platform) {
    const given = optionsOf(options, 'options')
    const platform = of instanceof Object ? own(of) : of // without members of Object.prototype
    super(given, platform)
    beDisposable(Session.prototype)
    this.#platform = platform
    this.#calls = platform.calls()
    this.#caller = this.#asCaller(platform)
    this.cookies = platform.cookies
    this.capabilities = platform.capabilities
    this.fetch = (input, init) => this.#fetch(input, init)
  }

  /**
   * Sends a GET request (RFC 9110 §9.3.1). Takes a URL and options, and rejects, as `request` does.
   *
   * @example const users = await session.get('users', { params: { page: 2 } }).json()
   */
  get(...args: VerbArguments): ResponsePromise {
    return this.request('GET', ...args)
  }

  /**
   * Sends a HEAD request (RFC 9110 §9.3.2): the response has headers and no body. See `request`.
   *
   * @example const { headers } = await session.head('report.pdf')
   */
  head(...args: VerbArguments): ResponsePromise {
    return this.request('HEAD', ...args)
  }

  /**
   * Sends an OPTIONS request (RFC 9110 §9.3.7). See `request`.
   *
   * @example const allowed = (await session.options('users')).headers.get('Allow')
   */
  options(...args: VerbArguments): ResponsePromise {
    return this.request('OPTIONS', ...args)
  }

  /**
   * Sends a DELETE request (RFC 9110 §9.3.5). See `request`.
   *
   * @example await session.delete('users/1', { throwHttpErrors: true })
   */
  delete(...args: VerbArguments): ResponsePromise {
    return this.request('DELETE', ...args)
  }

  /**
   * Sends a POST request (RFC 9110 §9.3.3), with at most one of `json`, `form`, `multipart` and `body`. See `request`.
   *
   * @example await session.post('login', { form: { name: 'ada', password } })
   */
  post(...args: VerbArguments): ResponsePromise {
    return this.request('POST', ...args)
  }

  /**
   * Sends a PUT request (RFC 9110 §9.3.4), with a body as for `post`. See `request`.
   *
   * @example await session.put('users/1', { json: { name: 'Ada' } })
   */
  put(...args: VerbArguments): ResponsePromise {
    return this.request('PUT', ...args)
  }

  /**
   * Sends a PATCH request (RFC 5789), with a body as for `post`. See `request`.
   *
   * @example const user = await session.patch('users/1', { json: { name: 'Ada' } }).json()
   */
  patch(...args: VerbArguments): ResponsePromise {
    return this.request('PATCH', ...args)
  }

  /**
   * Prepares and sends a request.
   *
   * @param args A URL, absolute or relative to `baseUrl`, and the options of the call.
   * @returns a promise of the response, with shortcuts to read the body. A failure status does not reject it,
   *   only the shortcuts.
   * @throws InvalidRequestError (rejects) if the request is invalid; nothing was sent
   * @throws ConnectionError (rejects) if there is no response, TimeoutError after `timeout`, SessionClosedError
   *   after `close()`
   * @example const me = await session.request('GET', 'me').json()
   */
  request(method: string, ...args: VerbArguments): ResponsePromise {
    return ResponsePromise.from(dispatch(this.#caller, () => this.prepare(method, ...args)))
  }

  /**
   * Merges the settings of session and call into a request, to inspect or edit before `send`. Sends nothing.
   *
   * @throws InvalidRequestError if the request is invalid
   * @example
   * const request = session.prepare('POST', 'users', { json: { name: 'Ada' } })
   * console.log(request.url, request.headers.get('Content-Type'))
   */
  prepare(method: string, ...[url, init, extra]: VerbArguments): PreparedRequest {
    return prepareCall(this.#caller, method, url, callOptions(init, this.#platform, extra))
  }

  /**
   * Sends a prepared request, without merging settings again. Its timeout starts now.
   *
   * @example
   * const request = session.prepare('GET', 'users')
   * const [first, second] = [await session.send(request), await session.send(request)]
   */
  send(prepared: PreparedRequest): ResponsePromise {
    return ResponsePromise.from(dispatch(this.#caller, () => this.#copyOf(prepared)))
  }

  /**
   * Sends requests for URLs that start with `prefix` through `transport`. The longest prefix wins.
   *
   * @example session.mount('https://api.test/', mockTransport(() => Response.json({ id: 1 })))
   */
  mount(prefix: string, transport: Transport): void {
    this.#platform.checks?.mount(prefix, transport)
    this.#mounts = withMount(this.#mounts, prefix, transport)
  }

  /**
   * The transport for a URL.
   *
   * @throws InvalidRequestError naming the scheme if no transport serves it
   * @example const response = await session.transportFor(request.url).send(request)
   */
  transportFor(url: string | URL): Transport {
    const target = new URL(this.resolve(url).url.href)
    return mountedAt(this.#mounts, target) ?? ownTransport(this.#platform, target.href)
  }

  /**
   * Creates a session with the same cookies and connections, and `options` merged over a snapshot of these
   * settings.
   *
   * @example
   * const admin = session.extend({ baseUrl: 'https://shop.example/admin/', timeout: 5000 })
   * await admin.get('orders') // with the cookies of `session`
   */
  extend(options: SessionOptions = {}): Session {
    return this.#child(extended(this, optionsOf(options, 'options')), this.#platform.share())
  }

  /**
   * Creates a session for another user: copies cookies and settings, shares connections. Does not copy `auth`,
   * CSRF tokens from a function, and headers and parameters with secret names (`Authorization`, `X-API-Key`,
   * `access_token`).
   *
   * @param given New settings; `jar: 'empty'` starts without cookies.
   * @example
   * const guest = session.fork({ jar: 'empty' })
   * const other = session.fork({ auth: ['grace', password] })
   */
  fork(given?: SessionOptions & { jar?: 'copy' | 'empty' }): Session {
    const { jar = 'copy', ...over } = optionsOf(given, 'options')
    if (!['copy', 'empty'].includes(jar)) Object.assign(over, { jar }) // rejected as an unknown option
    return this.#child(forked(this, over), this.#platform.fork(jar === 'copy'))
  }

  /**
   * Safe to log: contains no secrets.
   *
   * @example console.log(JSON.stringify(session)) // {"baseUrl":"https://shop.example/"}
   */
  toJSON(): Record<string, unknown> {
    return { baseUrl: this.baseUrl }
  }

  /**
   * Aborts pending calls and closes the connections of this session. Later calls reject with
   * `SessionClosedError`.
   *
   * @example
   * const session = new Session()
   * try {
   *   await session.get('https://shop.example/')
   * } finally {
   *   await session.close()
   * }
   */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.abort()
    const transports = new Set([this.#platform.transport, ...this.#mounts.map(({ transport }) => transport)])
    await Promise.all(Array.from(transports, async (transport) => closed(transport)))
  }

  /** For platforms: creates a session of the platform's class. */
  protected spawn(options: SessionOptions, platform: Platform): Session {
    return new Session(options, platform)
  }

  /** For platforms: aborts pending calls, which reject with `reason`. Default: a `SessionClosedError`. */
  protected abort(reason?: unknown): void {
    this.#calls.abort(reason)
  }

  /** Copies a prepared request, because it can be sent more than once. */
  #copyOf(prepared: PreparedRequest): PreparedRequest {
    this.#platform.checks?.prepared(prepared)
    const copy = prepared.copy()
    checkRequest(copy, this.#platform)
    return copy
  }

  #child(options: SessionOptions, platform: Platform): Session {
    const child = this.spawn(options, platform)
    child.headers = options.headers ?? {} // without the platform's defaults, which may have been removed here
    child.#mounts = borrowedMounts(this.#mounts)
    return child
  }

  /** The interface of this session for its calls. */
  #asCaller(platform: Platform): Caller {
    return {
      session: this,
      platform,
      resolve: (url) => this.resolve(url),
      defaultsFor: (url) => sessionDefaults(this, url, platform.plainSettings),
      // fast path: without mounts, only the scheme matters
      transportFor: (url) =>
        this.#mounts.length === 0 ? ownTransport(platform, url) : this.transportFor(url),
      enter: (request) => this.#enter(request),
      restrict: (request) => this.#restrict(request),
    }
  }

  async #fetch(input: Parameters<typeof fetch>[0], init: RequestInit | undefined): Promise<Response> {
    try {
      const { method, url, call, source } = fetchOptions(input, init)
      // fetch ignores unsupported options silently
      const caller: Caller = {
        ...this.#caller,
        defaultsFor: (url) =>
          Object.assign(this.#caller.defaultsFor(url), { unsupported: 'ignore' as const }),
      }
      const bodyOf = source && ((stop: Stop) => this.#platform.bodyOf(source, stop))
      return await dispatch(caller, () => prepareCall(caller, method, url, call, source !== null), bodyOf)
    } catch (error) {
      throw asFetchError(error)
    }
  }

  #enter(request: PreparedRequest): CallGroup {
    if (!this.#closed) return this.#calls
    throw new SessionClosedError('This session is closed; create a new one', { request })
  }

  /** Strips credentials from a request whose URL was edited to another origin. */
  #restrict(request: PreparedRequest): PreparedRequest {
    const { url, movedFrom } = request
    if (movedFrom === null || isSameOriginOrUpgrade(new URL(movedFrom), new URL(url))) return request
    if (!this.home.named) return request.copy({ settings: withoutCredentials(request.settings) })
    return this.home.has(new URL(url)) ? request : stripCredentials(request)
  }
}

/**
 * Gives a class the symbol that `await using` calls. Older engines lack it; a class that named it there would get a
 * method called "undefined". Done by the first instance: a static block would keep the class in bundles of esbuild that
 * do not use it.
 */
export function beDisposable(prototype: Closable): void {
  if (!Symbol.asyncDispose || Symbol.asyncDispose in prototype) return
  Object.defineProperty(prototype, Symbol.asyncDispose, {
    value(this: Closable) {
      return this.close()
    },
  })
}

interface Closable {
  close(): Promise<void>
}

/** Closes a transport, if it has `close()`. */
function closed(transport: Transport): unknown {
  return has(transport, 'close') ? transport.close?.() : undefined
}
