import { TimeoutError } from './errors.js'

export type TimeoutPhase = 'total' | 'attempt' | 'connect' | 'headers' | 'body'

const WAITED_FOR: Record<TimeoutPhase, string> = {
  total: '',
  attempt: ' for one attempt',
  connect: ' waiting for a connection',
  headers: ' waiting for response headers',
  body: ' waiting for more of the body',
}

/** @param ms The limit that passed. */
export function timeoutError(
  phase: TimeoutPhase,
  ms: number,
  request: { method: string; url: string },
): TimeoutError {
  const retryable = phase !== 'total' && phase !== 'body'
  return new TimeoutError(`Timed out after ${ms} ms${WAITED_FOR[phase]}`, { request, phase, retryable })
}
