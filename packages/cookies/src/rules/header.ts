import { cookieText } from '@session-fetch/core/adapter'
import type { CookieRecord } from './cookie-record.js'

/**
 * Maximum length of a `Cookie` header, in bytes, as servers reject larger heads; cookies of sibling sites could
 * otherwise make a site unreachable.
 */
const MAX_HEADER: number = 16 * 1024

/**
 * Builds a `Cookie` header (RFC 6265bis §5.8.4). Cookies that do not fit are left out, from the end.
 *
 * @param full Called with the names that were left out.
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

/** The number of cookies, from the first, that fit in the header. */
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

/** A nameless cookie is sent as the value only. */
function cookiePair({ name, value }: CookieRecord): string {
  return name === '' ? value : `${name}=${value}`
}
