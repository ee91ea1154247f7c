import { TimeoutError } from './errors.js'
import { defined } from './own.js'
import type { Stop, Clock } from './stop.js'

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

/** A timeout in either form as limits by phase. */
export function toTimeouts(timeout: number | TimeoutOptions | null | undefined): Timeouts | null {
  if (timeout === null || timeout === undefined) return null
  return defined(typeof timeout === 'object' ? timeout : { total: timeout })
}

type TimeoutPhase = 'total' | 'attempt' | 'connect' | 'headers' | 'body'

/** What a `timeout` may name. */
export const TIMEOUT_PHASES: readonly string[] = ['total', 'attempt', 'connect', 'headers', 'body']

/** Stops a call when a limit of `ms` milliseconds passes; returns what calls that off. */
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

/** @param ms The limit that passed. */
export function timeoutError(
  phase: TimeoutPhase,
  ms: number,
  request: { method: string; url: string },
): TimeoutError {
  const retryable = phase !== 'total' && phase !== 'body'
  return new TimeoutError(`Timed out after ${ms} ms (timeout.${phase})`, { request, phase, retryable })
}
