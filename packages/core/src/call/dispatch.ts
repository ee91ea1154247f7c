import { optionsOf } from '../model/option-values.js'
import type { Stop } from '../model/stop.js'
import { type Timeouts, expireAfter } from '../model/timeouts.js'
import { type Body, type PreparedRequest, dropBody, isReplayable } from '../request/prepared-request.js'
import { ResponsePromise } from '../response/promise.js'
import { HttpError, SessionResponse } from '../response/session-response.js'
import { type Call, type Caller, revalidate, startCall } from './call.js'
import type { OptionKnowledge } from './checks.js'
import { runErrorHooks, runRequestHooks, runResponseHooks } from './hooks.js'
import { checkRequest, prepare } from './prepare.js'
import type { CallOptions, HookState, ResponseHookState } from './options.js'
import type { Send, Transport } from './transport.js'
import { has } from '../model/own.js'

/**
 * The own members of a call's options.
 *
 * @param extra Further arguments of the call.
 * @throws InvalidRequestError if the options are not an object (a form, a `Blob`, text, the index that `map` passes), or
 *   if there are further arguments
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
 * Resolves the URL of a call, merges the settings and prepares the request. Sends nothing.
 *
 * @param bodyFollows Whether the body is read later, and the request validated then.
 * @throws InvalidRequestError if the request is invalid, naming what to change
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
  const to = { method, url: target, credentials, defaults: caller.defaultsFor(target) }
  const request = prepare(to, call, platform)
  if (!bodyFollows) checkRequest(request, platform)
  return request
}

/**
 * Runs one call from start to response: starts the deadline, races it against abort, and runs `error` hooks at
 * the end.
 *
 * @param prepareRequest Returns a new, validated request. The call rejects with an error that it throws.
 * @param bodyOf Reads the request's body asynchronously; the request is validated afterwards. Default: the body is set.
 */
export function dispatch(
  caller: Caller,
  prepareRequest: () => PreparedRequest,
  bodyOf?: BodyOf | null,
): Promise<SessionResponse> {
  try {
    const request = prepareRequest()
    const call = startCall(caller, request)
    const traced = caller.platform.trace?.(call, request)
    const outcome = run(call, request, bodyOf)
    traced?.(outcome)
    return outcome
  } catch (error) {
    return Promise.reject(error)
  }
}

async function run(call: Call, request: PreparedRequest, bodyOf?: BodyOf | null): Promise<SessionResponse> {
  const { caller, cancellation, settings } = call
  const state: CallState = { session: caller.session, settings, request }
  request.cancellation = cancellation
  /** The response that the caller receives, possibly in an error. */
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
    call.last = undefined // the call lives as long as the response; a reference back would keep both alive
    if (given) caller.platform.whenDone?.(given, call.end)
    else call.end()
    call.clock.release?.()
  }
}

/** Runs the `error` hooks, then discards the failed response unless a hook returned it. */
async function recover(call: Call, state: CallState & { error: unknown }): Promise<SessionResponse> {
  const { cancellation, last: failed } = call
  let response: SessionResponse | undefined
  try {
    const hooks = runErrorHooks(state, call.caller.platform)
    response = await (cancellation.aborted
      ? lateErrorHooks(call, hooks, state.error)
      : cancellation.race(hooks))
    return response
  } catch (failure) {
    if (!call.sent) dropBody(state.request.body, failure) // otherwise the transport releases it
    throw failure
  } finally {
    if (failed && response?.body !== failed.body) void failed.discard()
  }
}

/** How long the `error` hooks of a call that was stopped may take, in milliseconds. */
const ERROR_HOOK_LIMIT = 1000

/** Waits for `error` hooks that started after an abort or the deadline; rejects with `reason` when their limit expires. */
async function lateErrorHooks(
  { caller, clock }: Call,
  hooks: Promise<SessionResponse>,
  reason: unknown,
): Promise<SessionResponse> {
  const limit = caller.platform.stop()
  const clearTimer = clock.after(ERROR_HOOK_LIMIT, () => limit.abort(reason), false)
  try {
    return await limit.race(hooks)
  } finally {
    clearTimer()
    if (limit.aborted) void hooks.then((late) => late.discard()).catch(() => {})
  }
}

type BodyOf = (stop: Stop) => Promise<Body | null>
type CallState = HookState & { response?: SessionResponse; error?: unknown }

/** Runs the `request` hooks, the platform's layers with the transport, and the `response` hooks. */
async function exchange(call: Call, state: CallState, bodyOf?: BodyOf | null): Promise<SessionResponse> {
  const { request } = state
  if (bodyOf) request.body = await bodyOf(call.cancellation)
  call.cancellation.throwIfAborted()
  const { platform } = call.caller
  // fast path (decision 14): without a body and hooks, the request is still as it was validated
  const isValid =
    !bodyOf &&
    request.body === null &&
    request.movedFrom === null &&
    state.settings.hooks.request.length === 0
  const edited = await runRequestHooks(state, platform.checks)
  const response =
    edited instanceof SessionResponse
      ? edited
      : await platform.nest(
          sendByTransport(call),
          call,
        )(isValid ? edited : revalidated(call, edited, request))
  state.response = response
  return state.settings.hooks.response.length > 0
    ? await runResponseHooks(state as ResponseHookState, platform.checks)
    : response
}

/** A request that a hook made is not modified. */
function revalidated(call: Call, edited: PreparedRequest, prepared: PreparedRequest): PreparedRequest {
  return revalidate(call, edited === prepared ? edited : edited.copy())
}

/** The innermost `Send`: an attempt, within the limits. */
function sendByTransport(call: Call): Send {
  const { caller, clock, settings } = call
  const attempt: Send = async (request) => {
    request.cancellation.throwIfAborted()
    if (!isReplayable(request.body)) request.duplex = 'half' // a hook may have set a stream
    const transport = caller.transportFor(request.url)
    const start = clock.now()
    call.sent = true
    const answer = await transport.send(request)
    caller.platform.returned?.(answer, request)
    const response = SessionResponse.from(answer, request)
    call.last = response
    if (request.cancellation.aborted) void response.discard() // the call has already rejected
    return response.describe({ elapsed: clock.now() - start })
  }
  const { timeouts } = settings
  return timeouts === null ? attempt : (request) => withTimeouts(attempt, { request, timeouts, call })
}

/** Applies `timeout.attempt` and `timeout.headers`, from the start of an attempt to the response headers. */
async function withTimeouts(
  send: Send,
  { request, timeouts, call }: { request: PreparedRequest; timeouts: Timeouts; call: Call },
): Promise<SessionResponse> {
  const { attempt = Infinity, headers = Infinity } = timeouts
  const { caller, clock } = call
  const isTransportLimit = headers < Infinity && limitsHeaders(caller.transportFor(request.url))
  const limit = isTransportLimit ? attempt : Math.min(attempt, headers)
  if (limit === Infinity) return send(request)
  const phase = isTransportLimit || limit < headers ? 'attempt' : 'headers'
  const cancellation = caller.platform.stop()
  call.cancellation.onAbort((reason) => cancellation.abort(reason))
  const clearTimer = expireAfter(limit, phase, { clock, cancellation, request })
  try {
    return await cancellation.race(send(request.copy({ cancellation })))
  } finally {
    clearTimer()
  }
}

function limitsHeaders(transport: Transport): boolean {
  return has(transport, 'limitsHeaders') && transport.limitsHeaders === true
}

function mustThrow(response: SessionResponse): boolean {
  const { throwHttpErrors } = response.request.settings
  return typeof throwHttpErrors === 'function'
    ? throwHttpErrors(response)
    : throwHttpErrors === true && response.status >= 400
}

/** Sends one request. */
export type RequestFunction = (method: string, url: string | URL, init?: CallOptions) => ResponsePromise

/** One verb of the functional API. */
export type Verb = (url: string | URL, init?: CallOptions) => ResponsePromise

/** Creates the request function of a caller. It rejects, and never throws. */
export function requestFor(caller: Caller): RequestFunction {
  return (method, url, init, extra?: unknown) =>
    ResponsePromise.from(
      dispatch(caller, () => prepareCall(caller, method, url, callOptions(init, caller.platform, extra))),
    )
}

/** A function for requests of one method. */
export function functionalVerb(method: string, request: RequestFunction): Verb {
  return (...args) => request(method, ...args)
}
