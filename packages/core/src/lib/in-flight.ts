import { Cancellation } from './cancellation.js'
import type { Clock } from './clock.js'
import { SessionClosedError } from './errors.js'
import type { PreparedRequest } from './prepared-request.js'
import { timeoutError } from './timeout-error.js'

/** A call that has begun: what stops it, and what to call when it is over. */
export interface OpenCall {
  readonly cancellation: Cancellation
  /** When the total deadline passes, on the session's clock, in milliseconds; `Infinity` without one. */
  readonly deadline: number
  readonly end: () => void
}

/** The calls of a session that are under way, from their start to their last body byte. */
export class InFlight {
  readonly #open = new Map<Cancellation, PreparedRequest>()

  /** Begins a call: its signal is followed and its total deadline runs until it ends. */
  begin(request: PreparedRequest, clock: Clock): OpenCall {
    const cancellation = new Cancellation()
    const release = request.signal ? cancellation.follow(request.signal) : undefined
    const total = request.settings.timeouts?.total ?? Infinity
    const expire = (): void => cancellation.abort(timeoutError('total', total, request))
    const cancelTimer = total === Infinity ? undefined : clock.after(total, expire, false)
    this.#open.set(cancellation, request)
    return {
      cancellation,
      deadline: total === Infinity ? total : clock.now() + total,
      end: () => {
        release?.()
        cancelTimer?.()
        this.#open.delete(cancellation)
      },
    }
  }

  /** Stops them all; each rejects with a `SessionClosedError`. */
  abort(): void {
    for (const [cancellation, request] of this.#open) {
      cancellation.abort(new SessionClosedError('The session was closed during this call', { request }))
    }
    this.#open.clear()
  }
}
