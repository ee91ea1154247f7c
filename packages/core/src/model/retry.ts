import { defined, own } from './own.js'

/** How often and when to send again. */
export interface RetryOptions {
  /** Retries after the first attempt, per call and over all its redirects. Default: 2. */
  limit?: number | undefined
  /** Methods that may be sent twice. Default: the idempotent ones, `GET HEAD PUT DELETE OPTIONS`. */
  methods?: readonly string[] | undefined
  /** Statuses worth another attempt. Default: `408 429 500 502 503 504`, and 413 with `Retry-After`. */
  statuses?: readonly number[] | undefined
  /** Milliseconds before the first retry; each further one may wait twice as long. Default: 300. */
  delay?: number | undefined
  /** The longest back-off in milliseconds. Default: 30 000. */
  maxDelay?: number | undefined
  /** Whether a back-off is a random time up to its length, so that clients spread out. Default: `true`. */
  jitter?: boolean | undefined
  /**
   * The longest `Retry-After` obeyed, in milliseconds; a longer one ends the retries. So does any wait, whatever
   * is said here, that is longer than a timer can hold: 2^31 − 1 ms, or 24.8 days. Default: 60 000.
   */
  retryAfterMax?: number | undefined
  /** A budget that calls share, so that an outage is not made worse by retries. Default: none. */
  budget?: RetryBudget | undefined
}

/** Grants retries; `retryBudget` makes one. */
export interface RetryBudget {
  /** Called for each first attempt. */
  deposit(): void
  /** Whether one more retry is granted. */
  withdraw(): boolean
}

export interface RetryPolicy {
  readonly limit: number
  readonly methods: readonly string[]
  readonly statuses: readonly number[]
  readonly delay: number
  readonly maxDelay: number
  readonly jitter: boolean
  readonly retryAfterMax: number
  readonly budget: RetryBudget | null
}

/** Policy where the options say nothing. */
export const RETRY_DEFAULTS: RetryPolicy = {
  limit: 2,
  methods: ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'],
  statuses: [408, 429, 500, 502, 503, 504],
  delay: 300,
  maxDelay: 30_000,
  jitter: true,
  retryAfterMax: 60_000,
  budget: null,
}

/** Retry options in either form as a policy; `null` is never. */
export function toRetryPolicy(retry: number | RetryOptions | null | undefined): RetryPolicy | null {
  if (retry === null || retry === undefined) return null
  const policy = { ...RETRY_DEFAULTS, ...defined(typeof retry === 'object' ? retry : { limit: retry }) }
  const methods = [policy.methods].flat().map((method) => method.toUpperCase())
  return policy.limit > 0 ? { ...policy, methods, statuses: [policy.statuses].flat() } : null
}

/**
 * A token bucket for retries, shared by giving it to several sessions: each first attempt earns `ratio` of
 * a retry, up to `burst`.
 *
 * @param ratio Retries per first attempt over time. Default: 0.1.
 * @param burst The most that may be saved up, and what it starts with. Default: 10.
 */
export function retryBudget(options?: {
  ratio?: number | undefined
  burst?: number | undefined
}): RetryBudget {
  const { ratio = 0.1, burst = 10 } = own(options)
  let tokens = burst
  return {
    deposit() {
      tokens = Math.min(burst, tokens + ratio)
    },
    withdraw() {
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
  }
}
