import { isReplayable } from './body.js'
import type { Call } from './call.js'
import { SessionError } from './errors.js'
import { runRetryHooks } from './hooks.js'
import type { PreparedRequest } from './prepared-request.js'
import { retryDelay } from './retry-delay.js'
import type { RetryPolicy } from './retry-policy.js'
import type { Send } from './send.js'
import type { SessionResponse } from './session-response.js'

/** How one attempt ended: exactly one of the two is there. */
type Outcome = { response: SessionResponse; error?: never } | { error: unknown; response?: never }

/** Sends again what failed in a way that may pass. Retries are counted per call, over all its hops. */
export function retry(send: Send, call: Call): Send {
  const count = { retries: 0 }
  return (request) => {
    const policy = request.settings.retry
    const mayRepeat = policy?.methods.includes(request.method) && isReplayable(request.body)
    return policy && mayRepeat ? persist(policy, { send, call, request, count }) : send(request)
  }
}

interface Persistence {
  send: Send
  call: Call
  request: PreparedRequest
  /** Shared by all hops of the call. */
  count: { retries: number }
}

async function persist(policy: RetryPolicy, run: Persistence): Promise<SessionResponse> {
  const { send, call, request, count } = run
  policy.budget?.deposit()
  for (;;) {
    const outcome: Outcome = await send(request).then(
      (response) => ({ response }),
      (error: unknown) => ({ error }),
    )
    const delay = await nextDelay(policy, run, outcome)
    if (delay === null) return settle(outcome)
    count.retries += 1
    await outcome.response?.discard()
    await pause(call, delay)
  }
}

function settle(outcome: Outcome): SessionResponse {
  if (outcome.response) return outcome.response
  throw outcome.error
}

function worthRetrying(policy: RetryPolicy, { response, error }: Outcome): boolean {
  if (!response) return error instanceof SessionError && error.retryable
  return (
    policy.statuses.includes(response.status) ||
    (response.status === 413 && response.headers.has('Retry-After'))
  )
}

/** Milliseconds until the next attempt, or `null` when there is none. */
async function nextDelay(policy: RetryPolicy, run: Persistence, outcome: Outcome): Promise<number | null> {
  const { call, request, count } = run
  if (count.retries >= policy.limit || !worthRetrying(policy, outcome)) return null
  const retryAfter = outcome.response?.headers.get('Retry-After') ?? null
  const planned = retryDelay(policy, count.retries + 1, retryAfter)
  if (planned === null) return null
  const { caller, settings } = call
  const plan = { attempt: count.retries + 2, delay: planned }
  const delay = await runRetryHooks({ session: caller.session, settings, request, ...outcome, ...plan })
  const inTime = delay !== null && caller.platform.clock.now() + delay < call.deadline
  return inTime && policy.budget?.withdraw() !== false ? delay : null
}

/** Waits, and holds the process meanwhile; an abort ends the wait. */
function pause({ caller, cancellation }: Call, ms: number): Promise<void> {
  const wait = new Promise<void>((resolve) => {
    cancellation.onAbort(caller.platform.clock.after(ms, resolve, true))
  })
  return cancellation.race(wait)
}
