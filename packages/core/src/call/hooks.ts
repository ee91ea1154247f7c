import { optionsOf } from '../model/check.js'
import { own } from '../model/own.js'
import type { Stop } from '../model/stop.js'
import { PreparedRequest } from '../request/prepared-request.js'
import { SessionResponse } from '../response/session-response.js'
import type { CallChecks } from './checks.js'
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
export function mergeHooks(
  session: Hooks | undefined,
  call: HooksSource | null | undefined,
  checks?: CallChecks,
): Hooks {
  const [first, then] = [call === null ? undefined : session, call ? toHooks(call, checks) : undefined]
  return hooksOf((name) => joined(listOf(first?.[name]), listOf(then?.[name])))
}

const NONE: readonly never[] = Object.freeze([])

function joined<T>(first: readonly T[], then: readonly T[]): readonly T[] {
  return first.length + then.length === 0 ? NONE : [...first, ...then]
}

/** Hooks as lists, whatever form they were given in. */
export function toHooks(given: HooksSource | null | undefined, checks?: CallChecks): Hooks {
  const source = optionsOf(given, 'hooks')
  const hooks = hooksOf((name) => [source[name] ?? []].flat())
  checks?.hooks(source, Object.keys(hooks))
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
export async function runRequestHooks(
  state: HookState,
  checks?: CallChecks,
): Promise<PreparedRequest | SessionResponse> {
  for (const hook of state.settings.hooks.request) {
    const returned = await hook(state)
    if (returned instanceof Response) return SessionResponse.from(returned, state.request)
    if (returned instanceof PreparedRequest) state.request = returned
    else checks?.returned(returned, 'request')
  }
  return state.request
}

/** Runs the `response` hooks. A response that a hook replaced is let go, and so is one that a hook failed on. */
export async function runResponseHooks(
  state: ResponseHookState,
  checks?: CallChecks,
): Promise<SessionResponse> {
  try {
    for (const hook of state.settings.hooks.response) {
      const returned = await hook(state)
      if (returned instanceof Response) await replaceResponse(state, returned)
      else checks?.returned(returned, 'response')
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
export async function runRedirectHooks(
  state: RedirectHookState,
  checks?: CallChecks,
): Promise<PreparedRequest | null> {
  for (const hook of state.settings.hooks.redirect) {
    const returned = await hook(state)
    if (returned === false) return null
    checks?.returned(returned, 'redirect')
  }
  return state.next
}

/** Runs the `retry` hooks. Resolves to the delay to wait, or `null` when a hook said to give up. */
export async function runRetryHooks(state: RetryHookState, checks?: CallChecks): Promise<number | null> {
  for (const hook of state.settings.hooks.retry) {
    const returned = await hook(state)
    if (returned === false) return null
    checks?.returned(returned, 'retry')
  }
  return state.delay
}

/** Runs the `error` hooks. Resolves to the response a hook recovered with; throws what is left otherwise. */
export async function runErrorHooks(
  state: ErrorHookState,
  { checks, stop }: { checks?: CallChecks | undefined; stop: () => Stop },
): Promise<SessionResponse> {
  for (const hook of state.settings.hooks.error) {
    const returned = await hook(state)
    if (returned instanceof Response) {
      state.request.cancellation = stop() // what stopped the call does not stop who reads this
      return SessionResponse.from(returned, state.request)
    }
    if (returned instanceof Error) state.error = returned
    else checks?.returned(returned, 'error')
  }
  throw state.error
}
