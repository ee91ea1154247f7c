import type { Caller } from '../call/call.js'
import { callOptions, dispatch, prepareCall } from '../call/dispatch.js'
import type { CallOptions } from '../call/options.js'
import { ResponsePromise } from '../response/promise.js'

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

export function functionalVerb(method: string, request: RequestFunction): Verb {
  return (...args) => request(method, ...args)
}
