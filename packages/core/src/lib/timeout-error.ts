import { TimeoutError } from './errors.js'

export const TIMEOUT_PHASES = ['total', 'attempt', 'connect', 'headers', 'body'] as const

export type TimeoutPhase = (typeof TIMEOUT_PHASES)[number]

/** @param ms The limit that passed. */
export function timeoutError(
  phase: TimeoutPhase,
  ms: number,
  request: { method: string; url: string },
): TimeoutError {
  const retryable = phase !== 'total' && phase !== 'body'
  return new TimeoutError(`Timed out after ${ms} ms (timeout.${phase})`, { request, phase, retryable })
}
