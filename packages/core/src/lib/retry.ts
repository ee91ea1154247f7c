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

async function persist(
  policy: RetryPolicy,
  { send, call, request, count }: Persistence,
): Promise<SessionResponse> {
  policy.budget?.deposit()
  for (;;) {
    const { retries } = count
    const outcome = await attempt(send, request)
    const delay = worthRetrying(policy, outcome) ? nextDelay(policy, retries, outcome) : null
    const wait =
      delay === null ? null : await askHooks(call, request, outcome, { attempt: retries + 2, delay })
    if (wait === null || policy.budget?.withdraw() === false) return settle(outcome)
    count.retries += 1
    await outcome.response?.discard()
    await pause(call, wait)
  }
}

async function attempt(send: Send, request: PreparedRequest): Promise<Outcome> {
  try {
    return { response: await send(request) }
  } catch (error) {
    return { error }
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

function nextDelay(policy: RetryPolicy, retries: number, { response }: Outcome): number | null {
  if (retries >= policy.limit) return null
  return retryDelay(policy, retries + 1, response?.headers.get('Retry-After') ?? null)
}

/** The delay as the `retry` hooks leave it, or `null` when one of them gave up. */
async function askHooks(
  call: Call,
  request: PreparedRequest,
  outcome: Outcome,
  plan: { attempt: number; delay: number },
): Promise<number | null> {
  if (call.settings.hooks.retry.length === 0) return plan.delay
  return runRetryHooks({ session: call.session, settings: call.settings, request, ...outcome, ...plan })
}

/** Waits, and holds the process meanwhile; an abort ends the wait. */
function pause(call: Call, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = call.clock.after(ms, resolve, true)
    call.cancellation.onAbort((reason) => {
      cancel()
      reject(reason)
    })
  })
}
