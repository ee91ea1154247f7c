import type { Auth } from '../auth/auth.js'
import type { RetryOptions } from '../model/retry.js'
import type { TimeoutOptions } from '../model/timeouts.js'
import type { BodyOptions } from '../request/body.js'
import type { HeadersSource } from '../request/headers.js'
import type { Home } from '../request/home.js'
import type { ParamsSource } from '../request/params.js'
import type { PreparedRequest, RequestExtras, RequestSettings } from '../request/prepared-request.js'
import type { ResponsePromise } from '../response/promise.js'
import type { SessionResponse } from '../response/session-response.js'
import type { Capabilities, SessionCookies } from './capabilities.js'

/** The settings of a session and a call, merged. */
export interface Settings extends RequestSettings {
  readonly headers: Headers
  readonly params: URLSearchParams
  readonly hooks: Hooks
  readonly extras: RequestExtras
}

/** Settings that a session holds for all its calls and that a call may replace. `null` removes the session's. */
export interface SharedOptions extends RequestExtras {
  /** Headers for every request. In a call, they replace the session's by name; `null` removes one. */
  headers?: HeadersSource | null | undefined
  /** Query parameters. In a call, they replace the session's by key; `null` removes one, a list repeats the key. */
  params?: ParamsSource | null | undefined
  /** `[user, password]` for Basic, an auth flow, or a function that edits the request. Default: none. */
  auth?: Auth | null | undefined
  /** Functions run at fixed moments of a call. Session hooks run first, then the call's. */
  hooks?: HooksSource | null | undefined
  /** Milliseconds from the call to the last body byte, or one limit per phase. Default: none. */
  timeout?: number | TimeoutOptions | null | undefined
  /** How often, and when, to send again after a failure. Default: never. */
  retry?: number | RetryOptions | null | undefined
  /** Redirects followed before giving up. Default: 20. A browser allows no other value. */
  maxRedirects?: number | undefined
  /** `true`: any failure status throws `HttpError`. `false`: not even the body shortcuts do. A function decides. */
  throwHttpErrors?: boolean | ((response: Response) => boolean) | undefined
  /** `csrf(…)` of session-fetch/csrf: one more request hook, run after the others. Default: none. */
  csrf?: RequestHook | null | undefined
}

export interface SessionOptions extends SharedOptions {
  /** What relative URLs are joined to. It makes its origin this session's home: see `origins`. */
  baseUrl?: string | URL | null | undefined
  /**
   * More origins that are home: exact ones, or `https://*.example.com`. A session with a home sends its `auth`,
   * `headers` and `params` there and nowhere else.
   */
  origins?: readonly string[] | undefined
  /** `'ignore'`: options this platform cannot honour are passed over instead of throwing. Default: `'error'`. */
  unsupported?: 'error' | 'ignore' | undefined
}

/** What one call may say: `RequestInit`, and what a session adds to it. */
export interface CallOptions extends SharedOptions, BodyOptions {
  /** Cookies for this call alone: bound to its first host, never stored. */
  cookies?: Readonly<Record<string, string>> | null | undefined
  /** Stops the call; it rejects with the signal's reason. */
  signal?: AbortSignal | null | undefined
  /** Options for the transport, passed on verbatim. */
  platform?: Readonly<Record<string, unknown>> | undefined
}

/** The session that makes a call, as its hooks are given it. Every `Session` is one. */
export interface HookSession {
  readonly baseUrl: string | null
  readonly capabilities: Capabilities
  readonly cookies: SessionCookies
  readonly fetch: typeof globalThis.fetch
  readonly headers: Headers
  readonly home: Home
  readonly hooks: Hooks
  readonly params: URLSearchParams
  delete(url: string | URL, init?: CallOptions): ResponsePromise
  get(url: string | URL, init?: CallOptions): ResponsePromise
  head(url: string | URL, init?: CallOptions): ResponsePromise
  options(url: string | URL, init?: CallOptions): ResponsePromise
  patch(url: string | URL, init?: CallOptions): ResponsePromise
  post(url: string | URL, init?: CallOptions): ResponsePromise
  prepare(method: string, url: string | URL, init?: CallOptions): PreparedRequest
  put(url: string | URL, init?: CallOptions): ResponsePromise
  request(method: string, url: string | URL, init?: CallOptions): ResponsePromise
  send(prepared: PreparedRequest): ResponsePromise
}

/** What every hook of a call is given: one object, which a hook may edit. */
export interface HookState {
  /** The session that makes the call; `null` for a functional call in a page, which needs none. */
  readonly session: HookSession | null
  /** The request about to be sent, or the one just answered. */
  request: PreparedRequest
  readonly settings: Settings
}

export interface ResponseHookState extends HookState {
  response: SessionResponse
}

export interface RedirectHookState extends HookState {
  /** The redirect that was answered. */
  readonly response: SessionResponse
  /** The request that will follow it; edits to it are sent. */
  next: PreparedRequest
}

export interface RetryHookState extends HookState {
  /** What failed: a response with a status worth a retry, or an error. */
  readonly response?: SessionResponse
  readonly error?: unknown
  /** The attempt to come: 2 for the first retry. */
  readonly attempt: number
  /** Milliseconds until then; a hook may change it. */
  delay: number
}

export interface ErrorHookState extends HookState {
  error: unknown
}

type Returns<T> = T | undefined | void | Promise<T | undefined | void>

/** May edit `state.request`, return another request, or return a `Response` that answers the call. */
export type RequestHook = (state: HookState) => Returns<PreparedRequest | Response>
/** May return another `Response`. */
export type ResponseHook = (state: ResponseHookState) => Returns<Response>
/** May edit `state.next`, or return `false` to stop at this redirect. */
export type RedirectHook = (state: RedirectHookState) => Returns<false>
/** May change `state.delay`, or return `false` to give up. */
export type RetryHook = (state: RetryHookState) => Returns<false>
/** May return an `Error` to throw instead, or a `Response` to recover with. */
export type ErrorHook = (state: ErrorHookState) => Returns<Error | Response>

/** The hooks of a session or a call, in the order they run. */
export interface Hooks {
  request: RequestHook[]
  response: ResponseHook[]
  redirect: RedirectHook[]
  retry: RetryHook[]
  error: ErrorHook[]
}

/** As hooks are given: a function or a list of them under each name. */
export type HooksSource = {
  readonly [Name in keyof Hooks]?: Hooks[Name][number] | readonly Hooks[Name][number][]
}

/** A list as it is, for that is quick; a function may have been assigned in its place. */
export function listOf(hooks: Hooks[keyof Hooks] | undefined): Hooks[keyof Hooks][number][] {
  return hooks ? (Array.isArray(hooks) ? hooks : [hooks]) : []
}

const FORKS = Symbol.for('session-fetch.forks')
type Marked = RequestHook & { [FORKS]?: boolean }

/** Marks a hook as one that `fork()` keeps, or leaves behind because it may know who the user is. */
export function keptByFork(hook: RequestHook, isKept: boolean): RequestHook {
  return Object.assign(hook, { [FORKS]: isKept })
}

/** Whether `fork()` keeps a hook. @param unmarked What holds for a hook that does not say. */
export function forks(hook: RequestHook, unmarked: boolean): boolean {
  return Object.hasOwn(hook, FORKS) ? (hook as Marked)[FORKS] === true : unmarked
}
