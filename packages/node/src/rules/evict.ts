import type { CookieRecord } from './cookie-record.js'

/** Domains with more cookies than this are evicted from first when the jar is full. */
const CROWDED = 50
/** A full jar drops this many extra cookies per thousand, so that it is not searched for every cookie. */
const SPARE = 10

/**
 * The cookies to evict so that at most `limit` remain (RFC 6265bis §5.7): expired ones first, then non-Secure ones
 * of crowded domains, then others of crowded domains, then any; the least recently used first within each group.
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
