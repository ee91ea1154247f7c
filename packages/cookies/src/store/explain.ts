import { cookieText } from '@session-fetch/core/adapter'
import { bySendingOrder } from '../jar/cookie-map.js'
import type { CookieRecord } from '../rules/cookie-record.js'
import { countSent } from '../rules/header.js'
import { type CookieSite, domainMatches, pathMatches } from '../rules/site.js'

/** Whether a request to a URL would send a cookie, and why. Does not contain the value. */
export interface CookieExplanation {
  /** The name of the cookie. */
  readonly name: string
  /** The domain that it is stored for. */
  readonly domain: string
  /** The path that it is sent below. */
  readonly path: string
  /** Whether a request to the URL would send it. */
  readonly sent: boolean
  /** Why it is sent, or is not. */
  readonly reason: /** It is sent. */
    | 'matches'
    /** The URL is not http:, https:, ws: or wss:. */
    | 'not-http'
    /** It belongs to another domain. */
    | 'other-domain'
    /** The cookie is host-only, and the URL's host is a subdomain. */
    | 'host-only'
    | 'other-path'
    /** The cookie is Secure, and the URL is plain http to another machine. */
    | 'insecure-url'
    /** The cookies before it fill the header: 16 KiB. */
    | 'header-full'
}

/** Explains all cookies of a jar. Those that are sent come first, in the order in which they are sent. */
export function explainCookies(
  records: readonly CookieRecord[],
  site: CookieSite | null,
): CookieExplanation[] {
  const judged = records.map((record) => ({ record, reason: reasonFor(record, site) }))
  const matching = judged.filter(({ reason }) => reason === 'matches').map(({ record }) => record)
  matching.sort(bySendingOrder)
  const room = countSent(matching)
  return [
    ...matching.map((record, index) => explanation(record, index < room ? 'matches' : 'header-full')),
    ...judged
      .filter(({ reason }) => reason !== 'matches')
      .map(({ record, reason }) => explanation(record, reason)),
  ]
}

function explanation(record: CookieRecord, reason: CookieExplanation['reason']): CookieExplanation {
  const { name, domain, path } = record
  return { name: cookieText(name), domain, path: cookieText(path), sent: reason === 'matches', reason }
}

function reasonFor(record: CookieRecord, site: CookieSite | null): CookieExplanation['reason'] {
  if (site === null) return 'not-http'
  if (!domainMatches(site.host, record.domain)) return 'other-domain'
  if (record.hostOnly && site.host !== record.domain) return 'host-only'
  if (!pathMatches(site.path, record.path)) return 'other-path'
  return record.secure && !site.trusted ? 'insecure-url' : 'matches'
}
