import { defined } from './defined.js'
import { InvalidRequestError } from './errors.js'
import { WAITED_FOR } from './timeout-error.js'

/** Limits in milliseconds, each for one phase. What is left out has no limit. */
export interface TimeoutOptions {
  /** From the call to the last body byte: queueing, redirects, retries and the reader's own pauses included. */
  total?: number | undefined
  /** For each attempt, from its start to its response's headers. */
  attempt?: number | undefined
  /** Until a connection carries the request. Not in browsers. */
  connect?: number | undefined
  /** From then on to the response's headers. In browsers: from the attempt's start. */
  headers?: number | undefined
  /** The longest silence between two chunks of the response's body. */
  body?: number | undefined
}

export type Timeouts = Readonly<TimeoutOptions>

/**
 * A timeout in either form as limits by phase.
 *
 * @throws InvalidRequestError for a limit that is no number of milliseconds above 0, or an unknown phase
 */
export function toTimeouts(timeout: number | TimeoutOptions | null | undefined): Timeouts | null {
  if (timeout === null || timeout === undefined) return null
  if (typeof timeout !== 'object') return { total: milliseconds('timeout', timeout) }
  const limits = defined(timeout)
  for (const [phase, limit] of Object.entries(limits)) {
    if (!(phase in WAITED_FOR)) throw new InvalidRequestError(`timeout has no phase "${phase}"`)
    milliseconds(`timeout.${phase}`, limit)
  }
  return limits
}

function milliseconds(name: string, value: unknown): number {
  // A timer's longest delay is 2^31 − 1 ms; beyond it fires at once.
  if (typeof value === 'number' && value > 0 && (value <= 2_147_483_647 || value === Infinity)) return value
  throw new InvalidRequestError(
    `${name} must be milliseconds, above 0 and below 2 ** 31, not ${String(value)}`,
  )
}
