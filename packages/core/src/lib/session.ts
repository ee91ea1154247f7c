import type { Auth } from './auth.js'
import type { Cancellation } from './cancellation.js'
import { checkRequest } from './check-request.js'
import { HttpError, InvalidRequestError, SessionClosedError } from './errors.js'
import { asFetchError } from './fetch-error.js'
import { type Home, homeOf } from './home.js'
import {
  type HookState,
  type Hooks,
  runErrorHooks,
  runRequestHooks,
  runResponseHooks,
  toHooks,
} from './hooks.js'
import { InFlight } from './in-flight.js'
import { checkCallOptions, checkSessionOptions } from './known-options.js'
import { leaveHome } from './leave-home.js'
import { merge } from './merge.js'
import { type HeadersSource, mergeHeaders } from './merge-headers.js'
import { type ParamsSource, mergeParams } from './merge-params.js'
import { Mounts } from './mounts.js'
import type { CallOptions, SessionOptions, SharedOptions } from './options.js'
import { own } from './own.js'
import type { Platform } from './platform.js'
import { prepare } from './prepare.js'
import type { PreparedRequest } from './prepared-request.js'
import { fetchOptions } from './fetch-options.js'
import { resolveBase, resolveUrl } from './resolve-url.js'
import { ResponsePromise } from './response-promise.js'
import type { Send, Transport } from './send.js'
import type { SessionCookies } from './session-cookies.js'
import { REQUEST_DEFAULTS, type SessionDefaults } from './session-defaults.js'
import { SessionResponse } from './session-response.js'

/**
 * A browser tab for a program: it keeps the cookies a site gave it, keeps connections warm, and applies the
 * same settings to every request. Settings are live: change them between calls.
 */
export class Session implements SessionDefaults {
  declare cache?: RequestCache | undefined
  declare credentials?: RequestCredentials | undefined
  declare integrity?: string | undefined
  declare keepalive?: boolean | undefined
  declare mode?: RequestMode | undefined
  declare priority?: RequestPriority | undefined
  declare redirect?: RequestRedirect | undefined
  declare referrer?: string | undefined
  declare referrerPolicy?: ReferrerPolicy | undefined

  /** `[user, password]`, an auth flow or a function; goes home and nowhere else. */
  auth: Auth | null
  hooks: Hooks
  timeout: SharedOptions['timeout']
  retry: SharedOptions['retry']
  maxRedirects: number | undefined
  throwHttpErrors: SharedOptions['throwHttpErrors']
  /** Whether options that this platform cannot honour throw or are passed over. */
  unsupported: 'error' | 'ignore'
  /** In the shape of the standard `CookieStore`. */
  readonly cookies: SessionCookies
  /** A drop-in `fetch` that remembers, bound to this session; for libraries that take a fetch. */
  readonly fetch: typeof globalThis.fetch

  readonly #platform: Platform
  readonly #headers: Headers
  readonly #params: URLSearchParams = new URLSearchParams()
  readonly #mounts: Mounts = new Mounts()
  readonly #inFlight: InFlight = new InFlight()
  #origins: readonly string[] = []
  #baseUrl: string | null = null
  #home: Home = homeOf(null, [])
  #closed = false

  constructor(options: SessionOptions, platform: Platform) {
    const given = own(options)
    checkSessionOptions(given, platform.options ?? [], platform.suggest)
    this.#platform = platform
    this.cookies = platform.cookies
    this.auth = given.auth ?? null
    this.hooks = toHooks(given.hooks ?? {})
    this.timeout = given.timeout
    this.retry = given.retry
    this.maxRedirects = given.maxRedirects
    this.throwHttpErrors = given.throwHttpErrors
    this.unsupported = given.unsupported ?? 'error'
    this.#headers = mergeHeaders(new Headers(platform.headers), given.headers)
    this.params = given.params ?? {}
    this.origins = given.origins ?? []
    this.baseUrl = given.baseUrl ?? null
    for (const name of REQUEST_DEFAULTS)
      if (given[name] !== undefined) Object.assign(this, { [name]: given[name] })
    this.fetch = (input, init) => this.#fetch(input, init)
  }

  /** Sent with every request at home. Live; assigning copies into it. */
  get headers(): Headers {
    return this.#headers
  }

  set headers(headers: HeadersSource) {
    const copy = mergeHeaders(new Headers(), headers)
    for (const name of Array.from(this.#headers.keys())) this.#headers.delete(name)
    for (const [name, value] of copy) this.#headers.append(name, value)
  }

  /** Added to every URL at home. Live; assigning copies into it. */
  get params(): URLSearchParams {
    return this.#params
  }

  set params(params: ParamsSource) {
    const { call } = mergeParams([], params)
    for (const key of Array.from(this.#params.keys())) this.#params.delete(key)
    for (const [key, value] of call) this.#params.append(key, value)
  }

  /** What relative URLs are joined to, with a trailing slash; its origin is home. */
  get baseUrl(): string | null {
    return this.#baseUrl
  }

  set baseUrl(baseUrl: string | URL | null) {
    const base = baseUrl === null ? null : resolveBase(baseUrl, this.#pageUrl())
    this.#baseUrl = base?.url.href ?? null
    this.#home = homeOf(this.#baseUrl, this.#origins)
    this.auth ??= base?.credentials ?? null
  }

  /** More origins that are home. */
  get origins(): readonly string[] {
    return this.#origins
  }

  set origins(origins: readonly string[]) {
    this.#home = homeOf(this.#baseUrl, origins)
    this.#origins = Object.freeze([...origins])
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
    checkCallOptions(call, this.#platform.suggest)
    return this.#prepare(method, url, call)
  }

  /** Sends a prepared request; nothing more is merged into it. The clock of its timeout starts now. */
  send(prepared: PreparedRequest): ResponsePromise {
    return ResponsePromise.from(this.#dispatch(prepared.copy()))
  }

  /** Lets `transport` carry the URLs that begin with `prefix`; the longest prefix wins. */
  mount(prefix: string, transport: Transport): void {
    this.#mounts.add(prefix, transport)
  }

  /** @throws InvalidRequestError naming the scheme that nothing carries */
  transportFor(url: string | URL): Transport {
    const target = typeof url === 'string' ? resolveUrl(url, this.#baseUrl).url : url
    const mounted = this.#mounts.find(target)
    if (mounted) return mounted
    if (/^https?:$/.test(target.protocol)) return this.#platform.transport
    throw new InvalidRequestError(
      `No transport is mounted for ${target.protocol} URLs; mount one with session.mount()`,
    )
  }

  /** Stops what is under way and closes what this session made. Later calls throw `SessionClosedError`. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#inFlight.abort()
    const transports = [this.#platform.transport, ...this.#mounts.transports()]
    await Promise.all(transports.map(async (transport) => transport.close?.()))
  }

  async #request(method: string, url: string | URL, init?: CallOptions): Promise<SessionResponse> {
    return this.#dispatch(this.prepare(method, url, init))
  }

  async #fetch(input: Parameters<typeof fetch>[0], init: RequestInit | undefined): Promise<Response> {
    try {
      const { method, url, call } = await fetchOptions(input, init)
      return await this.#dispatch(this.#prepare(method, url, call))
    } catch (error) {
      throw asFetchError(error)
    }
  }

  #prepare(method: string, url: string | URL, call: CallOptions): PreparedRequest {
    const target = resolveUrl(url, this.#baseUrl ?? this.#pageUrl())
    const settings = merge(this, call, { home: this.#home.has(target.url), credentials: target.credentials })
    const request = prepare(method, target.url, call, settings)
    this.#check(request)
    return request
  }

  /** One call from its start to its response. `prepared` is this call's own. */
  async #dispatch(prepared: PreparedRequest): Promise<SessionResponse> {
    if (this.#closed) throw new SessionClosedError(undefined, { request: prepared })
    const { cancellation, end } = this.#inFlight.begin(prepared, this.#platform.clock)
    const { settings } = prepared
    const state: CallState = { session: this, settings, request: prepared.bind(cancellation) }
    try {
      const response = await cancellation.race(this.#exchange(state, cancellation))
      response.whenDone(end)
      return response
    } catch (error) {
      end()
      return await runErrorHooks(Object.assign(state, { error }))
    }
  }

  /** The way of a request: hooks, layers, transport, and back. */
  async #exchange(state: CallState, cancellation: Cancellation): Promise<SessionResponse> {
    const { clock } = this.#platform
    const call = { ...state, cancellation, clock, check: this.#check, mayCarryBody: this.#mayCarryBody }
    const asked = await this.#ask(state)
    const response =
      asked instanceof SessionResponse ? asked : await this.#platform.nest(this.#carry, call)(asked)
    const answer = await runResponseHooks(Object.assign(state, { response }))
    if (mustThrow(answer)) throw new HttpError(answer)
    return answer
  }

  /** Runs the `request` hooks; what they leave is looked at as if a caller had written it. */
  async #ask(state: CallState): Promise<PreparedRequest | SessionResponse> {
    const { url, cancellation } = state.request
    const asked = await runRequestHooks(state)
    if (asked instanceof SessionResponse) return asked
    this.#check(asked)
    const leaves = asked.url !== url && !this.#home.has(new URL(asked.url))
    return (leaves ? leaveHome(asked) : asked).bind(cancellation)
  }

  /** The innermost send: the transport that is mounted for the URL, and how long it took. */
  readonly #carry: Send = async (request) => {
    const { clock } = this.#platform
    const start = clock.now()
    const response = SessionResponse.from(await this.transportFor(request.url).send(request), request)
    return response.describe({ elapsed: clock.now() - start })
  }

  readonly #check = (request: PreparedRequest): void => {
    checkRequest(request)
    this.#platform.check?.(request)
  }

  readonly #mayCarryBody = (url: URL): boolean => this.#home.named && this.#home.has(url)

  #pageUrl(): string | null {
    return this.#platform.pageUrl?.() ?? null
  }
}

type CallState = HookState & { response?: SessionResponse; error?: unknown }

function mustThrow(response: SessionResponse): boolean {
  const { throwHttpErrors } = response.request.settings
  return typeof throwHttpErrors === 'function'
    ? throwHttpErrors(response)
    : throwHttpErrors === true && response.status >= 400
}
