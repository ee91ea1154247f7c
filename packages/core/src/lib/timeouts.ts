import { checkMembers } from './check-members.js'
import { checkNumber } from './check-number.js'
import { defined } from './defined.js'
import { isRecord } from './entries-of.js'
import { TIMEOUT_PHASES } from './timeout-error.js'

/** Limits in milliseconds, each for one phase. What is left out has no limit. */
export interface TimeoutOptions {
  /** From the call to the last body byte: queueing, redirects, retries and the reader's own pauses included. */
  total?: number | undefined
  /** For each attempt, from its start to its response's headers. */
  attempt?: number | undefined
  /**
   * Until a connection carries the request. Default: 10 seconds to open one, the wait for a free one not counted.
   * Not in browsers.
   */
  connect?: number | undefined
  /** From then on to the response's headers. In browsers, and over an `agent`: from the attempt's start. */
  headers?: number | undefined
  /** The longest silence between two chunks of the response's body. Not in browsers, nor over a `fetchTransport`. */
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
  const limits = defined(isRecord(timeout) ? timeout : { total: timeout })
  checkMembers('timeout', limits, TIMEOUT_PHASES)
  for (const [phase, ms] of Object.entries(limits)) {
    checkNumber(`timeout.${phase}`, ms, 'milliseconds above 0', isLimit)
  }
  return limits
}

/** A timer's longest delay is 2^31 − 1 ms; beyond it fires at once. */
function isLimit(ms: number): boolean {
  return ms > 0 && (ms < 2 ** 31 || ms === Infinity)
}
