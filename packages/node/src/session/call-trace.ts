import { channel } from 'node:diagnostics_channel'
import type { PreparedRequest, Send, SessionResponse } from '@session-fetch/core'
import type { Call } from '@session-fetch/core/adapter'

/** The `diagnostics_channel` for messages about calls; there are others for requests. */
export const CALLS = 'session-fetch:call'
const calls = channel(CALLS)

/** A call, the same object in all its messages: the method and redacted URL. */
interface TracedCall {
  readonly method: string
  readonly url: string
}

/** The reasons to send another request in a call. */
type Repeat = 'redirect' | 'retry' | 'challenge'

/**
 * A message of the channel `session-fetch:call`.
 *
 * @example
 * import { subscribe } from 'node:diagnostics_channel'
 *
 * subscribe('session-fetch:call', (message) => {
 *   const { type, call } = message as CallMessage
 *   console.log(type, call.method, call.url)
 * })
 */
export type CallMessage = { readonly call: TracedCall } & (
  | { readonly type: 'start' }
  | { readonly type: 'end'; readonly response: SessionResponse }
  | { readonly type: 'error'; readonly error: unknown }
  | {
      readonly type: Repeat
      /** The request that is sent next. */
      readonly request: TracedCall
      /** The cause; exactly one of the two is set. */
      readonly response?: SessionResponse
      readonly error?: unknown
    }
)

const traces = new WeakMap<Call, CallTrace>()

/** Publishes the start of a call; the returned function publishes the end. Does nothing without a subscriber. */
export function traceCall(
  call: Call,
  request: PreparedRequest,
): ((outcome: Promise<SessionResponse>) => void) | undefined {
  if (!calls.hasSubscribers) return undefined
  const trace = new CallTrace(request)
  traces.set(call, trace)
  return (outcome) => trace.follow(outcome)
}

/** Publishes each request after the first that passes through a layer of the call. */
export function traceRepeats(call: Call, type: Repeat, send: Send): Send {
  const trace = calls.hasSubscribers ? traces.get(call) : undefined
  return trace ? trace.repeats(type, send) : send
}

/** The inner layers of each layer, which start again when it sends another request. */
const INNER_LAYERS: Readonly<Record<Repeat, readonly Repeat[]>> = {
  redirect: ['retry', 'challenge'],
  retry: ['challenge'],
  challenge: [],
}

class CallTrace {
  readonly #call: TracedCall
  /** The outcome of the last request of each layer. */
  readonly #last = new Map<Repeat, { response: SessionResponse } | { error: unknown }>()

  constructor(request: PreparedRequest) {
    this.#call = shown(request)
    this.#publish({ type: 'start', call: this.#call })
  }

  follow(outcome: Promise<SessionResponse>): void {
    outcome.then(
      (response) => this.#publish({ type: 'end', call: this.#call, response }),
      (error: unknown) => this.#publish({ type: 'error', call: this.#call, error }),
    )
  }

  repeats(type: Repeat, send: Send): Send {
    return (request) => {
      const last = this.#last.get(type)
      if (last) this.#publish({ type, call: this.#call, request: shown(request), ...last })
      for (const inner of INNER_LAYERS[type]) this.#last.delete(inner)
      const sent = send(request)
      sent.then(
        (response) => this.#last.set(type, { response }),
        (error: unknown) => this.#last.set(type, { error }),
      )
      return sent
    }
  }

  #publish(message: CallMessage): void {
    calls.publish(message)
  }
}

function shown(request: PreparedRequest): TracedCall {
  const { method, url } = request.toJSON() as unknown as TracedCall // toJSON() redacts the URL
  return { method, url }
}
