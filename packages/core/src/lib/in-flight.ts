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

interface Entry {
  readonly cancellation: Cancellation
  readonly request: PreparedRequest
  /** Where it stands in the list. */
  at: number
}

/** The calls of a session that are under way, from their start to their last body byte. */
export class InFlight {
  /** Not a Map: the tables that a busy Map outgrows keep alive what was in them. */
  readonly #open: Entry[] = []

  /** Begins a call: its signal is followed and its total deadline runs until it ends. */
  begin(request: PreparedRequest, clock: Clock): OpenCall {
    const cancellation = new Cancellation()
    const release = request.signal ? cancellation.follow(request.signal) : undefined
    const total = request.settings.timeouts?.total ?? Infinity
    const expire = (): void => cancellation.abort(timeoutError('total', total, request))
    const cancelTimer = total === Infinity ? undefined : clock.after(total, expire, false)
    const entry = { cancellation, request, at: this.#open.length }
    this.#open.push(entry)
    return {
      cancellation,
      deadline: total === Infinity ? total : clock.now() + total,
      end: () => {
        release?.()
        cancelTimer?.()
        this.#remove(entry)
      },
    }
  }

  /** Stops them all; each rejects with the reason. Default: a `SessionClosedError`. */
  abort(reason?: unknown): void {
    for (const { cancellation, request } of this.#open.splice(0)) {
      cancellation.abort(
        reason ?? new SessionClosedError('The session was closed during this call', { request }),
      )
    }
  }

  /** The last takes the place of the one that goes. */
  #remove(entry: Entry): void {
    const { at } = entry
    if (this.#open[at] !== entry) return
    const last = this.#open.pop()
    if (last === undefined || last === entry) return
    this.#open[at] = last
    last.at = at
  }
}
