import { optionsOf } from '../model/check.js'
import type { Stop } from '../model/stop.js'
import { type Body, type PreparedRequest, dropBody, isReplayable } from '../request/prepared-request.js'
import { HttpError, SessionResponse } from '../response/session-response.js'
import { type Call, type Caller, accept, begin } from './call.js'
import { checkRequest } from './check-request.js'
import type { OptionKnowledge } from './checks.js'
import { runErrorHooks, runRequestHooks, runResponseHooks } from './hooks.js'
import { merge } from './merge.js'
import type { CallOptions, HookState, ResponseHookState } from './options.js'
import { prepare } from './prepare.js'
import type { Send } from './transport.js'

/**
 * The own members of a call's options.
 *
 * @param extra What else the call was given.
 * @throws InvalidRequestError for anything but an object (a form, a `Blob`, text, the index that `map` gives), and for
 *   whatever stands after it
 */
export function callOptions(
  given: CallOptions | undefined,
  platform: OptionKnowledge,
  extra?: unknown,
): CallOptions {
  const call = optionsOf(extra === undefined ? given : false, 'options', platform.suggest)
  platform.checks?.callOptions(call, platform)
  return call
}

/**
 * How a call begins: where it goes, what its caller's settings and its own come to, and the request they make.
 * Sends nothing.
 *
 * @param bodyFollows Whether it is to be checked later, when its body is there.
 * @throws InvalidRequestError when that request may not be sent, saying what to change
 */
export function prepareCall(
  caller: Caller,
  method: string,
  url: string | URL,
  call: CallOptions,
  bodyFollows: boolean = false,
): PreparedRequest {
  const { platform } = caller
  const { url: target, credentials } = caller.resolve(url)
  const cookies = platform.callCookies(call.cookies)
  const settings = merge(caller.defaultsFor(target), call, { credentials, cookies, checks: platform.checks })
  const request = prepare(method, target, call, settings, platform)
  if (!bodyFollows) checkRequest(request, platform)
  return request
}

/**
 * The way of one call, from its start to its response: its clock starts, it is raced against what may stop it, and
 * `error` hooks have the last word.
 *
 * @param ask Makes the request, which is this call's own. What it throws the call rejects with.
 * @param bodyOf Gives its body, where that takes time. Default: it has its own.
 */
export async function dispatch(
  caller: Caller,
  ask: () => PreparedRequest,
  bodyOf?: BodyOf | null,
): Promise<SessionResponse> {
  const request = ask()
  const call = begin(caller, request)
  const { cancellation, settings } = call
  const state: CallState = { session: caller.session, settings, request }
  request.cancellation = cancellation
  /** What the caller is given to read, be it in an error. */
  let given: SessionResponse | undefined
  let error: unknown
  call.clock.hold?.()
  try {
    try {
      const response = await cancellation.race(exchange(call, state, bodyOf))
      call.last = response
      const isFailure = mustThrow(response)
      given = response
      if (!isFailure) return response
      error = new HttpError(response)
    } catch (cause) {
      error = cause
    }
    return await recover(call, Object.assign(state, { error }))
  } finally {
    call.last = undefined // the call lasts as long as its response, which must not live as long as the call
    if (given) caller.platform.whenDone?.(given, call.end)
    else call.end()
    call.clock.release?.()
  }
}

/** Lets the `error` hooks have their word, and then lets go of the response that failed, unless they answer with it. */
async function recover(call: Call, state: CallState & { error: unknown }): Promise<SessionResponse> {
  const { cancellation, last: failed } = call
  let response: SessionResponse | undefined
  try {
    const last = runErrorHooks(state, call.caller.platform)
    // What has stopped the call leaves its hooks their word; what would stop it now stops them, too.
    response = await (cancellation.aborted ? last : cancellation.race(last))
    return response
  } catch (failure) {
    if (!call.carried) dropBody(state.request.body, failure) // else what carried it has
    throw failure
  } finally {
    if (failed && response?.body !== failed.body) void failed.discard()
  }
}

type BodyOf = (stop: Stop) => Promise<Body | null>
type CallState = HookState & { response?: SessionResponse; error?: unknown }

/** The way of its request: `request` hooks, the platform's layers, the transport, and back to the `response` hooks. */
async function exchange(call: Call, state: CallState, bodyOf?: BodyOf | null): Promise<SessionResponse> {
  const { request } = state
  if (bodyOf) request.body = await bodyOf(call.cancellation)
  call.cancellation.throwIfAborted()
  const { checks } = call.caller.platform
  const asked = await runRequestHooks(state, checks)
  const response = asked instanceof SessionResponse ? asked : await send(call, asked, request)
  state.response = response
  return state.settings.hooks.response.length > 0
    ? await runResponseHooks(state as ResponseHookState, checks)
    : response
}

/** Through the platform's layers, once the hooks have left the request alone. */
function send(call: Call, asked: PreparedRequest, prepared: PreparedRequest): Promise<SessionResponse> {
  const own = asked === prepared ? asked : asked.copy() // a hook's own stays its own
  return call.caller.platform.nest(carry(call), call)(accept(call, own))
}

/** The innermost send: the transport that serves the URL, and how long it took. */
function carry(call: Call): Send {
  const { caller, clock } = call
  return async (request) => {
    request.cancellation.throwIfAborted()
    if (!isReplayable(request.body)) request.duplex = 'half' // a hook may have set a stream
    const transport = caller.transportFor(request.url)
    const start = clock.now()
    call.carried = true
    const response = SessionResponse.from(await transport.send(request), request)
    call.last = response
    if (request.cancellation.aborted) void response.discard() // the call did not wait for it
    return response.describe({ elapsed: clock.now() - start })
  }
}

function mustThrow(response: SessionResponse): boolean {
  const { throwHttpErrors } = response.request.settings
  return typeof throwHttpErrors === 'function'
    ? throwHttpErrors(response)
    : throwHttpErrors === true && response.status >= 400
}
