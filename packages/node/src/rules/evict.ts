import type { CookieRecord } from './cookie-record.js'

/** A domain with more cookies than this loses some of them first, where the jar as a whole is full. */
const CROWDED = 50
/** Of each thousand that a full jar holds, so many are dropped together: it is then not searched at every cookie. */
const SPARE = 10

/**
 * The cookies to drop so that no more than `limit` are left: RFC 6265bis §5.7. Those that have ended go first,
 * then those of crowded domains that are not Secure, then the others of crowded domains, then any; within
 * each group the longest unused.
 */
export function cookiesToEvict(cookies: CookieRecord[], limit: number, now: number): CookieRecord[] {
  const ended = cookies.filter(({ expires }) => expires <= now)
  const excess = cookies.length - ended.length - limit
  if (excess <= 0) return ended
  const counts = countByDomain(cookies)
  const ranked = cookies.filter(({ expires }) => expires > now)
  ranked.sort((a, b) => rank(a, counts) - rank(b, counts) || a.lastAccess - b.lastAccess || a.order - b.order)
  return [...ended, ...ranked.slice(0, excess + Math.floor(limit / 1000) * SPARE)]
}

function rank({ domain, secure }: CookieRecord, counts: ReadonlyMap<string, number>): number {
  if ((counts.get(domain) ?? 0) <= CROWDED) return 2
  return secure ? 1 : 0
}

function countByDomain(cookies: readonly CookieRecord[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { domain } of cookies) counts.set(domain, (counts.get(domain) ?? 0) + 1)
  return counts
}
