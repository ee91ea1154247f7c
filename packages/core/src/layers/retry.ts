import { type Call, revalidate } from '../call/call.js'
import { runRetryHooks } from '../call/hooks.js'
import type { Send } from '../call/transport.js'
import { SessionError } from '../model/errors.js'
import type { RetryPolicy } from '../model/retry.js'
import { type PreparedRequest, isReplayable } from '../request/prepared-request.js'
import type { SessionResponse } from '../response/session-response.js'
import { own } from '../model/own.js'

/** Retries transient failures. Retries are counted per call, over all hops. */
export function retry(send: Send, call: Call): Send {
  let attempt = 1
  return (request) => {
    const policy = request.settings.retry
    return policy?.methods.includes(request.method) && isReplayable(request.body)
      ? sendRepeatedly(policy, request)
      : send(request)
  }

  async function sendRepeatedly(policy: RetryPolicy, first: PreparedRequest): Promise<SessionResponse> {
    policy.budget?.deposit()
    let request = first
    for (;;) {
      const outcome: Outcome = await send(request).then(
        (response) => own<Outcome>({ response }),
        (error: unknown) => own<Outcome>({ error }),
      )
      const { response, error } = outcome
      const ended: Ended = Object.assign(outcome, { request, attempt })
      const delay = await nextDelay(policy, call, ended)
      if (delay !== null) await response?.discard()
      else if (response) return response
      else throw error
      request = revalidate(call, ended.request) // as edited by hooks
      attempt += 1
      await pause(call, delay)
    }
  }
}

/** The outcome of an attempt: exactly one of the two is set. */
type Outcome = { response: SessionResponse; error?: never } | { error: unknown; response?: never }

function isWorthRetrying({ statuses }: RetryPolicy, { response, error }: Outcome): boolean {
  if (!response) return error instanceof SessionError && error.retryable
  const { status, headers } = response
  return statuses.includes(status) || (status === 413 && headers.has('Retry-After'))
}

/** A finished attempt and its number, from 1. */
type Ended = Outcome & { request: PreparedRequest; attempt: number }

/** Milliseconds until the next attempt, or `null` if there is none. */
async function nextDelay(policy: RetryPolicy, call: Call, ended: Ended): Promise<number | null> {
  const { attempt, response } = ended
  if (attempt > policy.limit || !isWorthRetrying(policy, ended)) return null
  const planned = retryDelay(policy, attempt, response?.headers.get('Retry-After') ?? null)
  if (planned === null) return null
  const { caller, clock, settings, deadline } = call
  const next = { session: caller.session, settings, attempt: attempt + 1, delay: planned }
  const delay = await runRetryHooks(Object.assign(ended, next), caller.platform.checks)
  // a longer delay would overflow the timer and fire immediately
  const inTime = delay !== null && delay < 2 ** 31 && clock.now() + delay < deadline
  return inTime && policy.budget?.withdraw() !== false ? delay : null
}

/** Waits, keeping the process alive; an abort ends the wait. */
function pause({ clock, cancellation }: Call, ms: number): Promise<void> {
  const wait = new Promise<void>((resolve) => {
    cancellation.onAbort(clock.after(ms, resolve, true))
  })
  return cancellation.race(wait)
}

/**
 * Milliseconds to wait before retry number `retry` (from 1), or `null` if `Retry-After` exceeds the policy's limit.
 * `Retry-After` takes precedence over the back-off.
 */
export function retryDelay(policy: RetryPolicy, retry: number, retryAfter: string | null): number | null {
  const required = retryAfterDelay(retryAfter ?? '', Date.now())
  if (required !== null) return required <= policy.retryAfterMax ? required : null
  const longest = Math.min(policy.maxDelay, policy.delay * 2 ** (retry - 1))
  return policy.jitter ? Math.random() * longest : longest
}

/** The delay of a `Retry-After` header in ms (RFC 9110 §10.2.3), or `null` if it is malformed. */
export function retryAfterDelay(header: string, now: number): number | null {
  const text = header.trim()
  // of the three HTTP date formats (RFC 9110 §5.6.7), only asctime does not name GMT
  const date = /^[a-z]{3,9},? /i.test(text) ? Date.parse(text.replace(/(?: GMT)?$/, ' GMT')) : NaN
  const delay = /^\d+$/.test(text) ? Number(text) * 1000 : date - now
  return Number.isNaN(delay) ? null : Math.max(0, delay)
}
