import { isReplayable } from './body.js'
import type { Call } from './call.js'
import type { Capabilities } from './capabilities.js'
import type { Cancellation } from './cancellation.js'
import { checkRequest } from './check-request.js'
import { HttpError, InvalidRequestError, SessionClosedError } from './errors.js'
import { asFetchError } from './fetch-error.js'
import { staysHome } from './home.js'
import { type HookState, runErrorHooks, runRequestHooks, runResponseHooks } from './hooks.js'
import { InFlight, type OpenCall } from './in-flight.js'
import { checkCallOptions } from './known-options.js'
import { leaveHome } from './leave-home.js'
import { merge } from './merge.js'
import { Mounts } from './mounts.js'
import type { CallOptions, SessionOptions } from './options.js'
import { own } from './own.js'
import type { Platform } from './platform.js'
import { prepare } from './prepare.js'
import { PreparedRequest } from './prepared-request.js'
import { fetchOptions } from './fetch-options.js'
import { extended, forked } from './child-options.js'
import { resolveUrl } from './resolve-url.js'
import { ResponsePromise } from './response-promise.js'
import type { Send, Transport } from './send.js'
import type { SessionCookies } from './session-cookies.js'
import { SessionSettings } from './session-settings.js'
import { SessionResponse } from './session-response.js'

/**
 * A browser tab for a program: it keeps the cookies a site gave it, keeps connections warm, and applies the
 * same settings to every request. Settings are live: change them between calls.
 */
export class Session extends SessionSettings {
  static {
    // Older engines lack the symbol; a class that named it there would get a method called "undefined".
    if (Symbol.asyncDispose) {
      Object.defineProperty(this.prototype, Symbol.asyncDispose, {
        value(this: Session) {
          return this.close()
        },
      })
    }
  }

  /** `await using session = new Session()` closes it at the end of its scope, where the runtime has this. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>

  /** What this platform can do; asking for the rest is an `UnsupportedError`. */
  readonly capabilities: Capabilities
  /** In the shape of the standard `CookieStore`. */
  readonly cookies: SessionCookies
  /** A drop-in `fetch` that remembers, bound to this session; for libraries that take a fetch. */
  readonly fetch: typeof globalThis.fetch
  readonly #platform: Platform
  readonly #mounts: Mounts = new Mounts()
  readonly #inFlight: InFlight = new InFlight()
  #closed = false

  constructor(options: SessionOptions, of: Platform) {
    const [given, platform] = [own(options), own(of)]
    super(given, platform)
    this.#platform = platform
    this.cookies = platform.cookies
    this.capabilities = platform.capabilities
    this.fetch = (input, init) => this.#fetch(input, init)
  }

  get(url: string | URL, init?: CallOptions): ResponsePromise {
    return this.request('GET', url, init)
  }

  head(url: string | URL, init?: CallOptions): ResponsePromise {
    return this.request('HEAD', url, init)
  }

  options(url: string | URL, init?: CallOptions): ResponsePromise {
    return this.request('OPTIONS', url, init)
  }

  delete(url: string | URL, init?: CallOptions): ResponsePromise {
    return this.request('DELETE', url, init)
  }

  post(url: string | URL, init?: CallOptions): ResponsePromise {
    return this.request('POST', url, init)
  }

  put(url: string | URL, init?: CallOptions): ResponsePromise {
    return this.request('PUT', url, init)
  }

  patch(url: string | URL, init?: CallOptions): ResponsePromise {
    return this.request('PATCH', url, init)
  }

  /**
   * Prepares and sends a request.
   *
   * @returns a promise of the response, with the body's readers on it; a failure status does not reject it
   * @example const me = await session.request('GET', 'me').json()
   */
  request(method: string, url: string | URL, init?: CallOptions): ResponsePromise {
    return ResponsePromise.from(this.#request(method, url, init))
  }

  /** Merges the session's settings and the call's into a request to read, edit and `send`. Sends nothing. */
  prepare(method: string, url: string | URL, init?: CallOptions): PreparedRequest {
    const call = own(init)
    checkCallOptions(call, this.#platform)
    return this.#prepare(method, url, call)
  }

  /** Sends a prepared request; nothing more is merged into it. The clock of its timeout starts now. */
  send(prepared: PreparedRequest): ResponsePromise {
    return ResponsePromise.from(this.#send(prepared))
  }

  /** Lets `transport` carry the URLs that begin with `prefix`; the longest prefix wins. */
  mount(prefix: string, transport: Transport): void {
    this.#mounts.add(prefix, transport)
  }

  /** @throws InvalidRequestError naming the scheme that nothing carries */
  transportFor(url: string | URL): Transport {
    const { transport } = this.#platform
    // Nearly every session has nothing mounted; then a look at the scheme will do.
    if (this.#mounts.isEmpty && HTTP.test(String(url))) return transport
    const target = resolveUrl(url, this.baseUrl).url
    const mounted = this.#mounts.find(target) ?? (HTTP.test(target.href) ? transport : undefined)
    if (mounted) return mounted
    throw new InvalidRequestError(
      `No transport is mounted for ${target.protocol} URLs; mount one with session.mount()`,
    )
  }

  /** A session with these settings and new ones over them, the same cookies and the same connections. */
  extend(options: SessionOptions = {}): Session {
    return this.#child(extended(this, options), this.#platform.share())
  }

  /**
   * A session for another user: a copy of the cookies and settings, without `auth` and credentials in headers,
   * over the same connections.
   *
   * @param options New settings; `jar: 'empty'` begins without cookies.
   */
  fork({ jar = 'copy', ...options }: SessionOptions & { jar?: 'copy' | 'empty' } = {}): Session {
    return this.#child(forked(this, options), this.#platform.fork(jar === 'copy'))
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
    await Promise.all(Array.from(transports, async (transport) => transport.close?.()))
  }

  /** For platforms: makes a session of the platform's own class. */
  protected spawn(options: SessionOptions, platform: Platform): Session {
    return new Session(options, platform)
  }

  /** For platforms: stops what is under way. `reason` is what those calls reject with; default: `SessionClosedError`. */
  protected abort(reason?: unknown): void {
    this.#inFlight.abort(reason)
  }

  #child(options: SessionOptions, platform: Platform): Session {
    const child = this.spawn(options, platform)
    child.headers = options.headers ?? {} // what was removed here is not begun with again
    this.#mounts.copyTo(child.#mounts)
    return child
  }

  async #send(prepared: PreparedRequest): Promise<SessionResponse> {
    if (prepared instanceof PreparedRequest) return this.#dispatch(prepared.copy())
    throw new InvalidRequestError(
      'send() takes what prepare() gave; for anything else, use fetch() or request()',
    )
  }

  #request(method: string, url: string | URL, init?: CallOptions): Promise<SessionResponse> {
    try {
      return this.#dispatch(this.prepare(method, url, init))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async #fetch(input: Parameters<typeof fetch>[0], init: RequestInit | undefined): Promise<Response> {
    try {
      const { method, url, call } = await fetchOptions(input, init, this.#platform.bodyOf)
      // Where fetch passes something by in silence, so does this.
      return await this.#dispatch(this.#prepare(method, url, call, 'ignore'))
    } catch (error) {
      throw asFetchError(error)
    }
  }

  #prepare(
    method: string,
    url: string | URL,
    call: CallOptions,
    unsupported = this.unsupported,
  ): PreparedRequest {
    const target = resolveUrl(url, this.baseUrl ?? this.#pageUrl())
    const settings = merge(this, call, {
      home: this.home.has(target.url),
      credentials: target.credentials,
      base: this.credentialsFor(target.url),
      unsupported,
      cookies: this.#platform.callCookies(call.cookies),
    })
    const request = prepare(method, target.url, call, settings, this.#platform)
    this.#check(request)
    return request
  }

  /** One call from its start to its response. `prepared` is this call's own. */
  async #dispatch(prepared: PreparedRequest): Promise<SessionResponse> {
    if (this.#closed)
      throw new SessionClosedError('This session is closed; create a new one', { request: prepared })
    const open = this.#inFlight.begin(prepared, this.#platform.clock)
    const { settings } = prepared
    const state: CallState = { session: this, settings, request: prepared.bind(open.cancellation) }
    try {
      return await open.cancellation.race(this.#exchange(state, open))
    } catch (error) {
      if (!(error instanceof HttpError)) open.end()
      return await runErrorHooks(Object.assign(state, { error }))
    }
  }

  /** The way of a request: hooks, layers, transport, and back. */
  async #exchange(state: CallState, open: OpenCall): Promise<SessionResponse> {
    open.cancellation.throwIfAborted()
    const asked = this.#accept(await runRequestHooks(state), open.cancellation)
    const response =
      asked instanceof SessionResponse
        ? asked
        : await this.#platform.nest(this.#carry, this.#call(state, open))(asked)
    const answered = Object.assign(state, { response })
    const answer = state.settings.hooks.response.length > 0 ? await runResponseHooks(answered) : response
    answer.whenDone(open.end)
    if (mustThrow(answer)) throw new HttpError(answer)
    return answer
  }

  /** What the layers of this call share. Written out, for a spread costs more than all of this. */
  #call({ settings }: CallState, { cancellation, deadline }: OpenCall): Call {
    const { clock } = this.#platform
    const [check, mayCarryBody] = [this.#check, this.#mayCarryBody]
    return { session: this, settings, cancellation, clock, deadline, check, mayCarryBody }
  }

  /** What the `request` hooks left is looked at as if a caller had written it. */
  #accept(
    returned: PreparedRequest | SessionResponse,
    cancellation: Cancellation,
  ): PreparedRequest | SessionResponse {
    if (returned instanceof SessionResponse) return returned
    const asked = returned.bound === cancellation ? returned : returned.copy() // a hook's own stays its own
    this.#check(asked)
    return (this.#mayGo(asked) ? asked : leaveHome(asked)).bind(cancellation)
  }

  /** Whether a request whose URL was edited may take along what was meant for another. */
  #mayGo({ url, movedFrom }: PreparedRequest): boolean {
    if (movedFrom === null) return true
    const target = new URL(url)
    return this.home.has(target) || staysHome(new URL(movedFrom), target)
  }

  /** The innermost send: the transport that is mounted for the URL, and how long it took. */
  readonly #carry: Send = async (request) => {
    request.cancellation.throwIfAborted()
    if (!isReplayable(request.body)) request.duplex = 'half' // a hook may have set a stream
    const { clock } = this.#platform
    const start = clock.now()
    const response = SessionResponse.from(await this.transportFor(request.url).send(request), request)
    return response.describe({ elapsed: clock.now() - start })
  }

  readonly #check = (request: PreparedRequest): void => {
    checkRequest(request)
    this.#platform.check?.(request)
  }

  readonly #mayCarryBody = (url: URL): boolean => this.home.named && this.home.has(url)

  #pageUrl(): string | null {
    return this.#platform.pageUrl?.() ?? null
  }
}

const HTTP = /^https?:/i

type CallState = HookState & { response?: SessionResponse; error?: unknown }

function mustThrow(response: SessionResponse): boolean {
  const { throwHttpErrors } = response.request.settings
  return typeof throwHttpErrors === 'function'
    ? throwHttpErrors(response)
    : throwHttpErrors === true && response.status >= 400
}
