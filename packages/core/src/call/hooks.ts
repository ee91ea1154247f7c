import { optionsOf } from '../model/check.js'
import { HookError, InvalidRequestError } from '../model/errors.js'
import { own } from '../model/own.js'
import { Cancellation } from '../model/stop.js'
import { PreparedRequest } from '../request/prepared-request.js'
import { SessionResponse } from '../response/session-response.js'
import {
  type ErrorHookState,
  type HookState,
  type Hooks,
  type HooksSource,
  type RedirectHookState,
  type ResponseHookState,
  type RetryHookState,
  listOf,
} from './options.js'

/** Session hooks first, then the call's; `null` removes the session's. No list is changed, nor shared. */
export function mergeHooks(session: Hooks | undefined, call: HooksSource | null | undefined): Hooks {
  const [first, then] = [call === null ? undefined : session, call ? toHooks(call) : undefined]
  return hooksOf((name) => joined(listOf(first?.[name]), listOf(then?.[name])))
}

const NONE: readonly never[] = Object.freeze([])

function joined<T>(first: readonly T[], then: readonly T[]): readonly T[] {
  return first.length + then.length === 0 ? NONE : [...first, ...then]
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

function hooksOf(list: (name: keyof Hooks) => readonly Hooks[keyof Hooks][number][]): Hooks {
  const hooks: Record<keyof Hooks, readonly unknown[]> = own({
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
