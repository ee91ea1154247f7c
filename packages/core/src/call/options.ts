import type { Auth } from '../auth/auth.js'
import type { RetryOptions } from '../model/retry.js'
import type { TimeoutOptions } from '../model/timeouts.js'
import { BODIES, type BodyOptions } from '../request/body.js'
import type { HeadersSource } from '../request/headers.js'
import type { SessionOrigins } from '../request/origins.js'
import {
  type PreparedRequest,
  REQUEST_DEFAULTS,
  type RequestDefaults,
  type RequestExtras,
  type RequestSettings,
} from '../request/prepared-request.js'
import type { ParamsSource } from '../request/url.js'
import type { ResponsePromise } from '../response/promise.js'
import type { SessionResponse } from '../response/session-response.js'
import type { Capabilities, SessionCookies } from './transport.js'

/** The settings of a session and a call, merged. */
export interface Settings extends RequestSettings {
  /** All headers, as the request got them. */
  readonly headers: Headers
  /** All query parameters that were added to the URL. */
  readonly params: URLSearchParams
  /** The session's hooks, then the call's. */
  readonly hooks: Hooks
}

/**
 * Settings of a session for all its calls, which a call may replace. `null` removes the session's.
 *
 * @example
 * const shared: SharedOptions = { headers: { 'X-App': 'demo' }, timeout: { total: 10_000, headers: 3000 }, retry: 2 }
 * const users = await session.get('users', shared).json()
 */
export interface SharedOptions extends RequestExtras {
  /** Headers for every request. In a call, they replace the session's by name; `null` removes one. */
  headers?: HeadersSource | null | undefined
  /** Query parameters. In a call, they replace the session's by key; `null` removes one, a list repeats the key. */
  params?: ParamsSource | null | undefined
  /** `[user, password]` for Basic, an auth flow, or a function that edits the request. Default: none. */
  auth?: Auth | null | undefined
  /** Functions that run at defined points of a call. Session hooks run first, then the call's. */
  hooks?: HooksSource | null | undefined
  /** Milliseconds from the call to the last body byte, or one limit per phase. Default: none. */
  timeout?: number | TimeoutOptions | null | undefined
  /** How often, and when, to send again after a failure. Default: never. */
  retry?: number | RetryOptions | null | undefined
  /** Redirects followed before giving up. Default: 20. A browser allows no other value. */
  maxRedirects?: number | undefined
  /**
   * `true`: every failure status throws `HttpError`. `false`: none does, not even in the body shortcuts. A
   * function decides per response. Default: only the body shortcuts throw.
   */
  throwHttpErrors?: boolean | ((response: Response) => boolean) | undefined
  /** `csrf(…)` of session-fetch/csrf: a request hook that runs after the others. Default: none. */
  csrf?: RequestHook | null | undefined
}

/**
 * Options of a session on every platform. All of them can be left out.
 *
 * @example
 * const options: SessionOptions = {
 *   baseUrl: 'https://api.example/v1/',
 *   headers: { 'X-App': 'demo' },
 *   timeout: 10_000,
 *   retry: 2,
 * }
 * const session = new Session(options)
 */
export interface SessionOptions extends SharedOptions {
  /** The base of relative URLs. The session sends its settings to the origin of this URL; see `origins`. */
  baseUrl?: string | URL | null | undefined
  /**
   * Further origins that the settings are sent to: exact ones, or `https://*.example.com`. A session with `baseUrl`
   * or `origins` sends its `auth`, `headers` and `params` to these origins only.
   */
  origins?: readonly string[] | undefined
  /**
   * `'ignore'`: options that this platform does not support are ignored instead of throwing. Default:
   * `'error'`.
   */
  unsupported?: 'error' | 'ignore' | undefined
}

/**
 * Options of one call: `RequestInit` and ours.
 *
 * @example
 * const options: CallOptions = { params: { page: 2 }, headers: { 'X-App': null }, signal: AbortSignal.timeout(500) }
 * const users = await session.get('users', options).json()
 */
export interface CallOptions extends SharedOptions, BodyOptions {
  /** Cookies for this call only: bound to its first host, never stored. */
  cookies?: Readonly<Record<string, string>> | null | undefined
  /** Stops the call; it rejects with the signal's reason. */
  signal?: AbortSignal | null | undefined
  /** Options for the transport, passed on verbatim. */
  platform?: Readonly<Record<string, unknown>> | undefined
}

/** The session of a call, as hooks receive it. Every `Session` implements it. */
export interface HookSession {
  /** The base of relative URLs; `null` for none. */
  readonly baseUrl: string | null
  /** The capabilities of the platform. */
  readonly capabilities: Capabilities
  /** Cookies, with the interface of the standard `CookieStore`. */
  readonly cookies: SessionCookies
  /** The session's `fetch`, for libraries that accept one. */
  readonly fetch: typeof globalThis.fetch
  /** Headers for every request to the session's origins. */
  readonly headers: Headers
  /** The session's origins, to which the settings are sent. */
  readonly home: SessionOrigins
  /** Lists of functions by name. */
  readonly hooks: Hooks
  /** Query parameters for every URL of the session's origins. */
  readonly params: URLSearchParams
  /** Sends a DELETE request with the settings of the session. */
  delete(url: string | URL, init?: CallOptions): ResponsePromise
  /** Sends a GET request with the settings of the session. */
  get(url: string | URL, init?: CallOptions): ResponsePromise
  /** Sends a HEAD request with the settings of the session. */
  head(url: string | URL, init?: CallOptions): ResponsePromise
  /** Sends an OPTIONS request with the settings of the session. */
  options(url: string | URL, init?: CallOptions): ResponsePromise
  /** Sends a PATCH request with the settings of the session. */
  patch(url: string | URL, init?: CallOptions): ResponsePromise
  /** Sends a POST request with the settings of the session. */
  post(url: string | URL, init?: CallOptions): ResponsePromise
  /** The merged request, which `send` sends. */
  prepare(method: string, url: string | URL, init?: CallOptions): PreparedRequest
  /** Sends a PUT request with the settings of the session. */
  put(url: string | URL, init?: CallOptions): ResponsePromise
  /** Sends a request of any method with the settings of the session. */
  request(method: string, url: string | URL, init?: CallOptions): ResponsePromise
  /** Sends a request that `prepare` returned. */
  send(prepared: PreparedRequest): ResponsePromise
}

/**
 * The state object that every hook receives and may edit.
 *
 * @example
 * const trace = ({ request, session }: HookState) => {
 *   console.log(session?.baseUrl, request.method, request.url)
 * }
 * session.hooks.request.push(trace)
 */
export interface HookState {
  /** The session of the call; `null` for a functional call in a browser. */
  readonly session: HookSession | null
  /** The request about to be sent, or the one just answered. */
  request: PreparedRequest
  /** The settings of the session and the call, merged. */
  readonly settings: Settings
}

/** The state object of a `response` hook. */
export interface ResponseHookState extends HookState {
  /** The response; a hook may also return another one. */
  response: SessionResponse
}

/** The state object of a `redirect` hook. */
export interface RedirectHookState extends HookState {
  /** The redirect response. */
  readonly response: SessionResponse
  /** The next request; may be edited. */
  next: PreparedRequest
}

/** The state object of a `retry` hook. */
export interface RetryHookState extends HookState {
  /** The failure: a response with a retryable status, or an error. */
  readonly response?: SessionResponse
  /** The error, if there was no response. */
  readonly error?: unknown
  /** The number of the next attempt: 2 for the first retry. */
  readonly attempt: number
  /** Milliseconds to wait; may be edited. */
  delay: number
}

/** The state object of an `error` hook. */
export interface ErrorHookState extends HookState {
  /** The error that the call would reject with. */
  error: unknown
}

type Returns<T> = T | undefined | void | Promise<T | undefined | void>

/**
 * May edit `state.request`, return another request, or return a `Response` that answers the call.
 *
 * @example
 * const trace: RequestHook = ({ request }) => request.headers.set('X-Trace', crypto.randomUUID())
 * session.hooks.request.push(trace)
 */
export type RequestHook = (state: HookState) => Returns<PreparedRequest | Response>
/**
 * May return another `Response`.
 *
 * @example
 * const log: ResponseHook = ({ request, response }) => {
 *   console.log(request.method, request.url, response.status)
 * }
 * session.hooks.response.push(log)
 */
export type ResponseHook = (state: ResponseHookState) => Returns<Response>
/**
 * May edit `state.next`, or return `false` to stop at this redirect.
 *
 * @example
 * const stayHere: RedirectHook = ({ request, next }) => {
 *   if (new URL(next.url).origin !== new URL(request.url).origin) return false
 * }
 * session.hooks.redirect.push(stayHere)
 */
export type RedirectHook = (state: RedirectHookState) => Returns<false>
/**
 * May change `state.delay`, or return `false` to give up.
 *
 * @example
 * const patient: RetryHook = (state) => {
 *   if (state.attempt > 2) state.delay = 5000
 * }
 * session.hooks.retry.push(patient)
 */
export type RetryHook = (state: RetryHookState) => Returns<false>
/**
 * May return an `Error` to throw instead, or a `Response` to recover with.
 *
 * @example
 * const offline: ErrorHook = ({ error }) => {
 *   if (error instanceof ConnectionError) return Response.json([]) // instead of the error
 * }
 * session.hooks.error.push(offline)
 */
export type ErrorHook = (state: ErrorHookState) => Returns<Error | Response>

/** The hooks of a session or a call, in the order they run. */
export interface Hooks {
  /** Run before a request is sent. */
  request: RequestHook[]
  /** Run with the final response of a call. */
  response: ResponseHook[]
  /** Run before a redirect is followed. */
  redirect: RedirectHook[]
  /** Run before a request is sent again. */
  retry: RetryHook[]
  /** Run before a call rejects. */
  error: ErrorHook[]
}

/**
 * Hooks as given: a function or a list of functions by name.
 *
 * @example
 * const hooks: HooksSource = {
 *   request: ({ request }) => request.headers.set('X-Trace', 'abc'),
 *   response: [({ response }) => console.log(response.status)],
 * }
 * const session = new Session({ hooks })
 */
export type HooksSource = {
  readonly [Name in keyof Hooks]?: Hooks[Name][number] | readonly Hooks[Name][number][]
}

/** Session settings stored as given. */
export const PLAIN_SETTINGS: readonly (
  | keyof RequestDefaults
  | 'timeout'
  | 'retry'
  | 'maxRedirects'
  | 'throwHttpErrors'
  | 'csrf'
)[] = [...REQUEST_DEFAULTS, 'timeout', 'retry', 'maxRedirects', 'throwHttpErrors', 'csrf']

/** The settings of a session that it stores as given. */
export type PlainSettings = {
  readonly [Name in (typeof PLAIN_SETTINGS)[number]]?: SharedOptions[Name] | undefined
}

/** Other options that sessions and calls share. */
const COMBINED = ['headers', 'params', 'auth', 'hooks'] as const

/** The options of a session's constructor on every platform. */
export const SESSION_OPTIONS: readonly string[] = /* @__PURE__ */ [
  PLAIN_SETTINGS,
  COMBINED,
  'baseUrl',
  'origins',
  'unsupported',
].flat()

/** All options of a call: ours and those of fetch. Engine-specific ones go in `platform`. */
export const CALL_OPTIONS: readonly string[] = /* @__PURE__ */ [
  PLAIN_SETTINGS,
  COMBINED,
  BODIES,
  'cookies',
  'signal',
  'platform',
  'duplex',
  'window',
].flat()
