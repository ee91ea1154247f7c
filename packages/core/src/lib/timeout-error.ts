import { TimeoutError } from './errors.js'
import { own } from './own.js'

export type TimeoutPhase = 'total' | 'attempt' | 'connect' | 'headers' | 'body'

/** What a limit of each phase waits for, as an error says it. */
export const WAITED_FOR: Record<TimeoutPhase, string> = /* @__PURE__ */ own({
  total: '',
  attempt: ' for one attempt',
  connect: ' waiting for a connection',
  headers: ' waiting for response headers',
  body: ' waiting for more of the body',
})

/** @param ms The limit that passed. */
export function timeoutError(
  phase: TimeoutPhase,
  ms: number,
  request: { method: string; url: string },
): TimeoutError {
  const retryable = phase !== 'total' && phase !== 'body'
  return new TimeoutError(`Timed out after ${ms} ms${WAITED_FOR[phase]}`, { request, phase, retryable })
}
