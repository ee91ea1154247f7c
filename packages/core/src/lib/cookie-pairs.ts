import { cookieBytes } from './cookie-text.js'
import { isRecord } from './entries-of.js'
import { InvalidRequestError } from './errors.js'

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** What a cookie's value may hold on the wire: bytes that are visible, and blanks; no semicolon. */
const VALUE = /^[\t\x20-\x3a\x3c-\x7e\x80-\xff]*$/

/**
 * Cookies by name as a `Cookie` header writes them: in UTF-8, one character a byte.
 *
 * @throws InvalidRequestError naming the cookie whose name or value cannot be written
 */
export function cookiePairs(cookies: Readonly<Record<string, string>> | null | undefined): string {
  if (cookies === null || cookies === undefined) return ''
  if (!isRecord(cookies) || Symbol.iterator in cookies) {
    throw new InvalidRequestError('cookies must be an object of values by name')
  }
  return Object.entries(cookies)
    .map(([name, value]) => cookiePair(name, value))
    .join('; ')
}

function cookiePair(name: string, value: string): string {
  if (!NAME.test(name)) throw new InvalidRequestError(`cookies: "${name.slice(0, 40)}" is not a cookie name`)
  const bytes = typeof value === 'string' ? cookieBytes(value) : ';'
  if (VALUE.test(bytes)) return `${name}=${bytes}`
  throw new InvalidRequestError(
    `cookies: the value of "${name}" must be text without semicolons, control characters or lone surrogates`,
  )
}
