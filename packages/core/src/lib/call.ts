import type { Caller } from './caller.js'
import { Cancellation, checkSignal } from './cancellation.js'
import type { Clock } from './clock.js'
import type { Settings } from './merge.js'
import type { PreparedRequest } from './prepared-request.js'
import type { SessionResponse } from './session-response.js'
import { expireAfter } from './timeout-error.js'

/** One call under way: what its layers share. */
export interface Call {
  readonly caller: Caller
  readonly clock: Clock
  readonly settings: Settings
  /** Stops the call: the caller's signal, the total deadline, or `session.close()`. */
  readonly cancellation: Cancellation
  /** When the total deadline passes, on that clock; `Infinity` without one. */
  readonly deadline: number
  /** Called when the call is over, be it more than once. */
  readonly end: () => void
  /** Whether a transport was given the request, and its body with it. */
  carried: boolean
  /** What the transport answered last, while the call lasts: a call that fails lets go of it. */
  last: SessionResponse | undefined
}

/** Begins a call: until its end, its signal is followed and its total deadline runs. */
export function begin(caller: Caller, request: PreparedRequest): Call {
  const { signal } = request
  const settings = request.settings as Settings // merge() made them
  const { clock } = caller.platform
  const cancellation = new Cancellation()
  if (signal != null) checkSignal(signal) // before there is anything to let go of
  const ends = [caller.enter?.(request, cancellation), signal != null && cancellation.follow(signal)]
  const total = settings.timeouts?.total ?? Infinity
  if (total < Infinity) ends.push(expireAfter(total, 'total', { clock, cancellation, request }))
  return {
    caller,
    clock,
    settings,
    cancellation,
    deadline: clock.now() + total,
    end: () => ends.splice(0).forEach((end) => end && end()),
    carried: false,
    last: undefined,
  }
}
