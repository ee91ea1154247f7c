import { cookieText } from '@session-fetch/core/adapter'
import type { CookieRecord } from './cookie-record.js'

/** Longest `Cookie` header we send, in bytes: servers refuse a longer head, sister sites' servers included. */
const MAX_HEADER: number = 16 * 1024

/**
 * A `Cookie` header: RFC 6265bis §5.8.4. Cookies that no longer fit are left out, from the end.
 *
 * @param full - told which ones were left out
 */
export function cookieHeader(
  records: readonly CookieRecord[],
  full: (names: readonly string[]) => void,
): string {
  const pairs = records.map(cookiePair)
  const room = fitting(pairs)
  if (room === pairs.length) return pairs.join('; ')
  full(records.slice(room).map(({ name }) => cookieText(name)))
  return pairs.slice(0, room).join('; ')
}

/** How many of these cookies, from the first on, the header has room for. */
export function countSent(records: readonly CookieRecord[]): number {
  return fitting(records.map(cookiePair))
}

function fitting(pairs: readonly string[]): number {
  let length = -2
  const first = pairs.findIndex((pair) => {
    length += pair.length + 2
    return length > MAX_HEADER
  })
  return first < 0 ? pairs.length : first
}

/** A nameless cookie is sent as its value alone. */
function cookiePair({ name, value }: CookieRecord): string {
  return name === '' ? value : `${name}=${value}`
}
