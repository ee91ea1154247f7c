import { optionsOf } from '../model/option-values.js'
import type { Stop } from '../model/stop.js'
import { PreparedRequest } from '../request/prepared-request.js'
import { SessionResponse } from '../response/session-response.js'
import type { CallChecks } from './checks.js'
import type {
  ErrorHookState,
  HookState,
  Hooks,
  HooksSource,
  RedirectHookState,
  RequestHook,
  ResponseHookState,
  RetryHookState,
} from './options.js'
import { own } from '../model/own.js'

/** Session hooks, then the call's; `null` removes the session's. Inputs are not modified. */
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

/** Normalizes hooks to lists. */
export function toHooks(given: HooksSource | null | undefined, checks?: CallChecks): Hooks {
  const source = optionsOf(given, 'hooks')
  const hooks = hooksOf((name) => [source[name] ?? []].flat())
  checks?.hooks(source, hooks)
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
  return hooks as Hooks // each list has the type of the name
}

/** Runs the `request` hooks. Resolves to the request to send, or to a hook's response. */
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

/** Runs the `response` hooks. Discards a response that was replaced, or on which a hook failed. */
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
  if (returned.body !== response.body) await response.discard() // otherwise the replacement uses the same body
}

/** Runs the `redirect` hooks. Resolves to the next request, or `null` if a hook returned `false`. */
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

/** Runs the `retry` hooks. Resolves to the delay in ms, or `null` if a hook returned `false`. */
export async function runRetryHooks(state: RetryHookState, checks?: CallChecks): Promise<number | null> {
  for (const hook of state.settings.hooks.retry) {
    const returned = await hook(state)
    if (returned === false) return null
    checks?.returned(returned, 'retry')
  }
  return state.delay
}

/** Runs the `error` hooks. Resolves to a hook's response; otherwise throws the error, possibly replaced. */
export async function runErrorHooks(
  state: ErrorHookState,
  { checks, stop }: { checks?: CallChecks | undefined; stop: () => Stop },
): Promise<SessionResponse> {
  for (const hook of state.settings.hooks.error) {
    const returned = await hook(state)
    if (returned instanceof Response) {
      state.request.cancellation = stop() // an abort of the call does not affect the reader of this response
      return SessionResponse.from(returned, state.request)
    }
    if (returned instanceof Error) state.error = returned
    else checks?.returned(returned, 'error')
  }
  throw state.error
}

/** Returns lists unchanged, for speed; a single function may have been assigned. */
export function listOf(hooks: Hooks[keyof Hooks] | undefined): Hooks[keyof Hooks][number][] {
  return hooks ? (Array.isArray(hooks) ? hooks : [hooks]) : []
}

const FORKS = Symbol.for('session-fetch.forks')
type Marked = RequestHook & { [FORKS]?: boolean }

/** Marks whether `fork()` copies a hook. One that may know the user is not copied. */
export function keptByFork(hook: RequestHook, isKept: boolean): RequestHook {
  return Object.assign(hook, { [FORKS]: isKept })
}

/**
 * Whether `fork()` copies a hook.
 *
 * @param unmarked The result for an unmarked hook.
 */
export function forks(hook: RequestHook, unmarked: boolean): boolean {
  return Object.hasOwn(hook, FORKS) ? (hook as Marked)[FORKS] === true : unmarked
}
