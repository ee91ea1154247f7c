import type { CookieRecord } from './cookie-record.js'

/** Longest `Cookie` header we send, in bytes: servers refuse a longer head, sister sites' servers included. */
export const MAX_HEADER: number = 16 * 1024

/** A `Cookie` header: RFC 6265bis §5.8.4. Cookies that no longer fit are left out, from the end. */
export function cookieHeader(records: readonly CookieRecord[]): string {
  let header = ''
  for (const record of records) {
    const pair = cookiePair(record)
    if (header.length + pair.length + 2 > MAX_HEADER) break
    header = header === '' ? pair : `${header}; ${pair}`
  }
  return header
}

/** How many of these cookies, from the first on, the header has room for. */
export function countSent(records: readonly CookieRecord[]): number {
  let length = 0
  for (const [index, record] of records.entries()) {
    length += (index > 0 ? 2 : 0) + cookiePair(record).length
    if (length > MAX_HEADER) return index
  }
  return records.length
}

/** A nameless cookie is sent as its value alone. */
function cookiePair({ name, value }: CookieRecord): string {
  return name === '' ? value : `${name}=${value}`
}
