import { defined, own } from './own.js'

/**
 * How often and when to send again.
 *
 * @example
 * const retry: RetryOptions = { limit: 3, methods: ['GET', 'POST'], delay: 500, maxDelay: 5000 }
 * const session = new Session({ retry })
 */
export interface RetryOptions {
  /** Retries after the first attempt, per call, including redirects. Default: 2. */
  limit?: number | undefined
  /** Methods to retry. Default: the idempotent ones, `GET HEAD PUT DELETE OPTIONS`. */
  methods?: readonly string[] | undefined
  /** Statuses to retry. Default: `408 429 500 502 503 504`, and 413 with `Retry-After`. */
  statuses?: readonly number[] | undefined
  /** Milliseconds before the first retry, doubled for each further one. Default: 300. */
  delay?: number | undefined
  /** The longest back-off in milliseconds. Default: 30 000. */
  maxDelay?: number | undefined
  /**
   * Whether the back-off is multiplied by a random factor from 0 to 1, so that clients spread out. Default:
   * `true`.
   */
  jitter?: boolean | undefined
  /**
   * The longest accepted `Retry-After`, in milliseconds; a longer one ends the retries. So does any delay above
   * the timer limit of 2^31 − 1 ms (24.8 days). Default: 60 000.
   */
  retryAfterMax?: number | undefined
  /** A shared budget, so that retries do not amplify an outage. Default: none. */
  budget?: RetryBudget | undefined
}

/** Limits retries; see `retryBudget`. */
export interface RetryBudget {
  /** Called for each first attempt. */
  deposit(): void
  /** Whether one more retry is allowed. */
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

/** The defaults of the retry options. */
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

/** Converts both forms of the `retry` option to a policy; `null` means that nothing is retried. */
export function toRetryPolicy(retry: number | RetryOptions | null | undefined): RetryPolicy | null {
  if (retry === null || retry === undefined) return null
  const policy = { ...RETRY_DEFAULTS, ...defined(typeof retry === 'object' ? retry : { limit: retry }) }
  const methods = [policy.methods].flat().map((method) => method.toUpperCase())
  return policy.limit > 0 ? { ...policy, methods, statuses: [policy.statuses].flat() } : null
}

/**
 * Creates a token bucket for retries, which several sessions can share. Each first attempt adds `ratio` of a
 * retry, up to `burst`.
 *
 * @param ratio Retries per first attempt over time. Default: 0.1.
 * @param burst The capacity, and initial balance. Default: 10.
 * @example
 * const budget = retryBudget({ ratio: 0.1 })
 * const session = new Session({ retry: { limit: 2, budget } })
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
