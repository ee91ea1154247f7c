import { type Caller, type Life, type Platform, ownTransport } from '../call/call.js'
import type { Capabilities, SessionCookies } from '../call/capabilities.js'
import { callOptions, dispatch, prepareCall } from '../call/dispatch.js'
import type { CallOptions, SessionOptions } from '../call/options.js'
import type { Transport } from '../call/transport.js'
import { optionsOf } from '../model/check.js'
import { SessionClosedError } from '../model/errors.js'
import { has, own } from '../model/own.js'
import type { Stop } from '../model/stop.js'
import { leaveHome, staysHome, withoutCredentials } from '../request/home.js'
import type { PreparedRequest } from '../request/prepared-request.js'
import { ResponsePromise } from '../response/promise.js'
import { extended, forked, sessionDefaults } from './defaults.js'
import { asFetchError, fetchOptions } from './fetch.js'
import { Mounts } from './mounts.js'
import { SessionSettings } from './settings.js'

/** What a verb takes: a URL, absolute or below `baseUrl`, and the options of the call. */
type VerbArguments = [url: string | URL, init?: CallOptions, none?: undefined]

/**
 * A browser tab for a program: it keeps the cookies a site gave it, keeps connections warm, and applies the
 * same settings to every request. Settings are live: change them between calls.
 */
export class Session extends SessionSettings {
  /** `await using session = new Session()` closes it at the end of its scope, where the runtime has this. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>

  /** What this platform can do; asking for the rest is an `UnsupportedError`. */
  readonly capabilities: Capabilities
  /** In the shape of the standard `CookieStore`. */
  readonly cookies: SessionCookies
  /** A drop-in `fetch` that remembers, bound to this session; for libraries that take a fetch. */
  readonly fetch: typeof globalThis.fetch
  readonly #platform: Platform
  readonly #caller: Caller
  readonly #mounts: Mounts = new Mounts()
  readonly #life: Life
  #closed = false

  constructor(options: SessionOptions, of: Platform) {
    const [given, platform] = [optionsOf(options, 'options'), own(of)]
    super(given, platform)
    beDisposable(Session.prototype)
    this.#platform = platform
    this.#life = platform.life()
    this.#caller = this.#asCaller(platform)
    this.cookies = platform.cookies
    this.capabilities = platform.capabilities
    this.fetch = (input, init) => this.#fetch(input, init)
  }

  get(...args: VerbArguments): ResponsePromise {
    return this.request('GET', ...args)
  }

  head(...args: VerbArguments): ResponsePromise {
    return this.request('HEAD', ...args)
  }

  options(...args: VerbArguments): ResponsePromise {
    return this.request('OPTIONS', ...args)
  }

  delete(...args: VerbArguments): ResponsePromise {
    return this.request('DELETE', ...args)
  }

  post(...args: VerbArguments): ResponsePromise {
    return this.request('POST', ...args)
  }

  put(...args: VerbArguments): ResponsePromise {
    return this.request('PUT', ...args)
  }

  patch(...args: VerbArguments): ResponsePromise {
    return this.request('PATCH', ...args)
  }

  /**
   * Prepares and sends a request.
   *
   * @returns a promise of the response, with the body's readers on it; a failure status does not reject it
   * @example const me = await session.request('GET', 'me').json()
   */
  request(method: string, ...args: VerbArguments): ResponsePromise {
    return ResponsePromise.from(dispatch(this.#caller, () => this.prepare(method, ...args)))
  }

  /** Merges the session's settings and the call's into a request to read, edit and `send`. Sends nothing. */
  prepare(method: string, ...[url, init, extra]: VerbArguments): PreparedRequest {
    return prepareCall(this.#caller, method, url, callOptions(init, this.#platform, extra))
  }

  /** Sends a prepared request; nothing more is merged into it. The clock of its timeout starts now. */
  send(prepared: PreparedRequest): ResponsePromise {
    return ResponsePromise.from(dispatch(this.#caller, () => this.#copyOf(prepared)))
  }

  /** Lets `transport` carry the URLs that begin with `prefix`; the longest prefix wins. */
  mount(prefix: string, transport: Transport): void {
    this.#platform.checks?.mount(prefix, transport)
    this.#mounts.add(prefix, transport)
  }

  /**
   * What carries a call to this URL.
   *
   * @throws InvalidRequestError naming the scheme that nothing carries
   */
  transportFor(url: string | URL): Transport {
    const target = new URL(this.resolve(url).url.href)
    return this.#mounts.find(target) ?? ownTransport(this.#platform, target.href)
  }

  /** A session with these settings and new ones over them, the same cookies and the same connections. */
  extend(options: SessionOptions = {}): Session {
    return this.#child(extended(this, optionsOf(options, 'options')), this.#platform.share())
  }

  /**
   * A session for another user: a copy of the cookies and settings over the same connections. It leaves behind `auth`,
   * CSRF tokens that a function returns, and the headers and params whose names say that they are secret
   * (`Authorization`, `X-API-Key`, `access_token`).
   *
   * @param given New settings; `jar: 'empty'` begins without cookies.
   */
  fork(given?: SessionOptions & { jar?: 'copy' | 'empty' }): Session {
    const { jar = 'copy', ...over } = optionsOf(given, 'options')
    if (!['copy', 'empty'].includes(jar)) Object.assign(over, { jar }) // an option that no child takes
    return this.#child(forked(this, over), this.#platform.fork(jar === 'copy'))
  }

  /** What may be logged; a platform that shows more leaves out what is secret. */
  toJSON(): Record<string, unknown> {
    return { baseUrl: this.baseUrl }
  }

  /** Stops what is under way and closes what this session made. Later calls throw `SessionClosedError`. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.abort()
    const transports = new Set([this.#platform.transport, ...this.#mounts.transports()])
    await Promise.all(Array.from(transports, async (transport) => closed(transport)))
  }

  /** For platforms: makes a session of the platform's own class. */
  protected spawn(options: SessionOptions, platform: Platform): Session {
    return new Session(options, platform)
  }

  /** For platforms: stops what is under way. `reason` is what those calls reject with; default: `SessionClosedError`. */
  protected abort(reason?: unknown): void {
    this.#life.abort(reason)
  }

  /** A prepared request can be sent again, so each call has its own. */
  #copyOf(prepared: PreparedRequest): PreparedRequest {
    this.#platform.checks?.prepared(prepared)
    return prepared.copy()
  }

  #child(options: SessionOptions, platform: Platform): Session {
    const child = this.spawn(options, platform)
    child.headers = options.headers ?? {} // what was removed here is not begun with again
    this.#mounts.copyTo(child.#mounts)
    return child
  }

  /** What the way of a call needs of this session. */
  #asCaller(platform: Platform): Caller {
    return {
      session: this,
      platform,
      resolve: (url) => this.resolve(url),
      defaultsFor: (url) => sessionDefaults(this, url),
      // Nearly every session has nothing mounted; then a look at the scheme will do.
      transportFor: (url) => (this.#mounts.isEmpty ? ownTransport(platform, url) : this.transportFor(url)),
      enter: (request) => this.#enter(request),
      admit: (request) => this.#admit(request),
    }
  }

  async #fetch(input: Parameters<typeof fetch>[0], init: RequestInit | undefined): Promise<Response> {
    try {
      const { method, url, call, source } = fetchOptions(input, init)
      // Where fetch passes something by in silence, so does this.
      const caller: Caller = {
        ...this.#caller,
        defaultsFor: (url) => ({ ...this.#caller.defaultsFor(url), unsupported: 'ignore' }),
      }
      const bodyOf = source && ((stop: Stop) => this.#platform.bodyOf(source, stop))
      return await dispatch(caller, () => prepareCall(caller, method, url, call, source !== null), bodyOf)
    } catch (error) {
      throw asFetchError(error)
    }
  }

  #enter(request: PreparedRequest): Life {
    if (!this.#closed) return this.#life
    throw new SessionClosedError('This session is closed; create a new one', { request })
  }

  /** A request whose URL was edited, without what was meant for another. */
  #admit(request: PreparedRequest): PreparedRequest {
    const { url, movedFrom } = request
    if (movedFrom === null || staysHome(new URL(movedFrom), new URL(url))) return request
    if (!this.home.named) return request.copy({ settings: withoutCredentials(request.settings) })
    return this.home.has(new URL(url)) ? request : leaveHome(request)
  }
}

/**
 * Older engines lack the symbol; a class that named it there would get a method called "undefined". Done by the first
 * session: a static block would keep the class in bundles of esbuild that do not use it.
 */
function beDisposable(prototype: Session): void {
  if (!Symbol.asyncDispose || Symbol.asyncDispose in prototype) return
  Object.defineProperty(prototype, Symbol.asyncDispose, {
    value(this: Session) {
      return this.close()
    },
  })
}

/** Closes a transport that can be closed. */
function closed(transport: Transport): unknown {
  return has(transport, 'close') ? transport.close?.() : undefined
}
