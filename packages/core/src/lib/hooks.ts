import { Cancellation } from './cancellation.js'
import { optionsOf } from './entries-of.js'
import { HookError, InvalidRequestError } from './errors.js'
import { PreparedRequest } from './prepared-request.js'
import { own } from './own.js'
import type { CallOptions } from './options.js'
import type { Capabilities } from './capabilities.js'
import type { Home } from './home.js'
import type { ResponsePromise } from './response-promise.js'
import type { SessionCookies } from './session-cookies.js'
import { SessionResponse } from './session-response.js'
import type { Settings } from './merge.js'

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

/** Session hooks first, then the call's; `null` removes the session's. No list is changed, nor shared. */
export function mergeHooks(session: Hooks | undefined, call: HooksSource | null | undefined): Hooks {
  const [first, then] = [call === null ? undefined : session, call ? toHooks(call) : undefined]
  return hooksOf((name) => [...listOf(first?.[name]), ...listOf(then?.[name])])
}

/** A list as it is, for that is quick; a function may have been assigned in its place. */
function listOf(hooks: Hooks[keyof Hooks] | undefined): Hooks[keyof Hooks][number][] {
  return hooks ? (Array.isArray(hooks) ? hooks : [hooks]) : []
}

/** Hooks as lists, whatever form they were given in. */
export function toHooks(given: HooksSource | null | undefined): Hooks {
  const source = optionsOf(given, 'hooks')
  const hooks = hooksOf((name) => [source[name] ?? []].flat())
  for (const [name, list] of Object.entries(source)) {
    if (name in hooks && [list ?? []].flat().every((hook) => typeof hook === 'function')) continue
    throw new InvalidRequestError(`hooks.${name} must be functions for ${Object.keys(hooks).join(', ')}`)
  }
  return hooks
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

function hooksOf(list: (name: keyof Hooks) => Hooks[keyof Hooks][number][]): Hooks {
  const hooks: Record<keyof Hooks, unknown[]> = own({
    request: list('request'),
    response: list('response'),
    redirect: list('redirect'),
    retry: list('retry'),
    error: list('error'),
  })
  return hooks as Hooks // each list is of its own name
}

/** Runs the `request` hooks. Resolves to the request to send, or to the response that answers the call. */
export async function runRequestHooks(state: HookState): Promise<PreparedRequest | SessionResponse> {
  for (const hook of state.settings.hooks.request) {
    const returned = await hook(state)
    if (returned instanceof Response) return SessionResponse.from(returned, state.request)
    if (returned instanceof PreparedRequest) state.request = returned
    else mustBeNothing(returned, 'request', 'a PreparedRequest or a Response')
  }
  return state.request
}

/** Runs the `response` hooks. A response that a hook replaced is let go, and so is one that a hook failed on. */
export async function runResponseHooks(state: ResponseHookState): Promise<SessionResponse> {
  try {
    for (const hook of state.settings.hooks.response) {
      const returned = await hook(state)
      if (returned instanceof Response) await replaceResponse(state, returned)
      else mustBeNothing(returned, 'response', 'a Response')
    }
    return state.response
  } catch (error) {
    await state.response.discard()
    throw error
  }
}

async function replaceResponse(state: ResponseHookState, returned: Response): Promise<void> {
  const { response } = state
  if (returned === response) return
  const { request, history, elapsed } = response
  state.response = SessionResponse.from(returned, request).describe({ request, history, elapsed })
  if (returned.body !== response.body) await response.discard() // else it goes on as the body of the other
}

/** Runs the `redirect` hooks. Resolves to the next request, or `null` when a hook said to stop. */
export async function runRedirectHooks(state: RedirectHookState): Promise<PreparedRequest | null> {
  for (const hook of state.settings.hooks.redirect) if (saysStop('redirect', await hook(state))) return null
  return state.next
}

/** Runs the `retry` hooks. Resolves to the delay to wait, or `null` when a hook said to give up. */
export async function runRetryHooks(state: RetryHookState): Promise<number | null> {
  for (const hook of state.settings.hooks.retry) if (saysStop('retry', await hook(state))) return null
  return state.delay
}

function saysStop(name: keyof Hooks, returned: unknown): boolean {
  if (returned !== false) mustBeNothing(returned, name, 'false')
  return returned === false
}

/** Runs the `error` hooks. Resolves to the response a hook recovered with; throws what is left otherwise. */
export async function runErrorHooks(state: ErrorHookState): Promise<SessionResponse> {
  for (const hook of state.settings.hooks.error) {
    const returned = await hook(state)
    if (returned instanceof Response) {
      state.request.cancellation = new Cancellation() // what stopped the call does not stop who reads this
      return SessionResponse.from(returned, state.request)
    }
    if (returned instanceof Error) state.error = returned
    else mustBeNothing(returned, 'error', 'an Error or a Response')
  }
  throw state.error
}

/** @throws HookError for a value that is none of those which a hook of that name may return */
function mustBeNothing(returned: unknown, name: keyof Hooks, otherwise: string): void {
  if (returned !== undefined) throw new HookError(`A ${name} hook may return ${otherwise} or nothing`)
}
