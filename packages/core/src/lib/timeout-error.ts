import type { Cancellation } from './cancellation.js'
import type { Clock } from './clock.js'
import { TimeoutError } from './errors.js'

export type TimeoutPhase = 'total' | 'attempt' | 'connect' | 'headers' | 'body'

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
  cancellation: Cancellation
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
