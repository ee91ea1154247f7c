import { TimeoutError } from './errors.js'
import type { Clock, Stop } from './stop.js'
import { defined } from './own.js'

/**
 * Limits in milliseconds by phase. Phases that are left out have no limit.
 *
 * @example
 * const timeout: TimeoutOptions = { total: 30_000, headers: 5000, body: 2000 }
 * const session = new Session({ timeout })
 */
export interface TimeoutOptions {
  /** From the call to the last body byte, including queueing, redirects, retries and pauses of the reader. */
  total?: number | undefined
  /** For each attempt, from the start to the response headers. */
  attempt?: number | undefined
  /**
   * Until the request is on a connection. Default: 10 seconds to open a connection, not counting the wait for a
   * free one. Not in browsers.
   */
  connect?: number | undefined
  /** From then to the response headers. In browsers, and over an `agent`, from the start of the attempt. */
  headers?: number | undefined
  /** The maximum time between two chunks of the response body. Not in browsers, nor over a `fetchTransport`. */
  body?: number | undefined
}

export type Timeouts = Readonly<TimeoutOptions>

/** Converts both forms of the `timeout` option to limits by phase. */
export function toTimeouts(timeout: number | TimeoutOptions | null | undefined): Timeouts | null {
  if (timeout === null || timeout === undefined) return null
  return defined(typeof timeout === 'object' ? timeout : { total: timeout })
}

type TimeoutPhase = 'total' | 'attempt' | 'connect' | 'headers' | 'body'

/** The members of `timeout`. */
export const TIMEOUT_PHASES: readonly string[] = ['total', 'attempt', 'connect', 'headers', 'body']

/** Aborts a call after `ms` milliseconds; returns a function that cancels the timer. */
export function expireAfter(
  ms: number,
  phase: TimeoutPhase,
  { clock, cancellation, request }: Expiring,
): () => void {
  return clock.after(ms, () => cancellation.abort(timeoutError(phase, ms, request)), false)
}

interface Expiring {
  clock: Clock
  cancellation: Stop
  request: { method: string; url: string }
}

/**
 * The error of an expired limit.
 *
 * @param ms The expired limit.
 */
export function timeoutError(
  phase: TimeoutPhase,
  ms: number,
  request: { method: string; url: string },
): TimeoutError {
  const retryable = phase !== 'total' && phase !== 'body'
  return new TimeoutError(`Timed out after ${ms} ms (timeout.${phase})`, { request, phase, retryable })
}
