import type { Cancellation } from './cancellation.js'
import type { Clock } from './clock.js'
import type { Settings } from './merge.js'
import type { PreparedRequest } from './prepared-request.js'
import type { Session } from './session.js'

/** One call under way: what its layers share. */
export interface Call {
  readonly session: Session
  readonly settings: Settings
  /** Stops the call: the caller's signal, the total deadline, or `session.close()`. */
  readonly cancellation: Cancellation
  readonly clock: Clock
  /** When the total deadline passes, on that clock; `Infinity` without one. */
  readonly deadline: number
  /** Throws unless the request, as a hook left it, may be sent. */
  readonly check: (request: PreparedRequest) => void
  /** Whether a redirect may take a body to this URL of another origin: it is named as a home. */
  readonly mayCarryBody: (url: URL) => boolean
}
