import type { RetryPolicy } from './retry-policy.js'

/**
 * Milliseconds to wait before the retry number `retry` (1 for the first), or `null` when the server asks
 * for longer than the policy obeys. `Retry-After` wins over back-off.
 */
export function retryDelay(policy: RetryPolicy, retry: number, retryAfter: string | null): number | null {
  const asked = retryAfterDelay(retryAfter ?? '', Date.now())
  if (asked !== null) return asked <= policy.retryAfterMax ? asked : null
  const longest = Math.min(policy.maxDelay, policy.delay * 2 ** (retry - 1))
  return policy.jitter ? Math.random() * longest : longest
}

/** Milliseconds that a `Retry-After` header asks for (RFC 9110 §10.2.3), or `null` where it is malformed. */
export function retryAfterDelay(header: string, now: number): number | null {
  const text = header.trim()
  // Of the three forms of an HTTP date (RFC 9110 §5.6.7), asctime alone does not say that it is in GMT.
  const date = /^[a-z]{3,9},? /i.test(text) ? Date.parse(text.replace(/(?: GMT)?$/, ' GMT')) : NaN
  const delay = /^\d+$/.test(text) ? Number(text) * 1000 : date - now
  return Number.isNaN(delay) ? null : Math.max(0, delay)
}
