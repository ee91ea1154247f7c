import { type CookieAttributes, parseCookieAttributes } from './cookie-attributes.js'
import type { CookieRejection } from './cookie-rejection.js'
import { trimBlanks } from './trim-blanks.js'

/** RFC 6265bis §5.6: bytes of name and value together. */
const MAX_PAIR = 4096
const FIELD_TEXT = /^[\t\x20-\x7e\x80-\xff]*$/
const PREFIX = /^__(?:secure|host|http|host-http)-/i

/** A cookie as it describes itself, before anyone asked who sent it. */
export interface ParsedCookie extends CookieAttributes {
  name: string
  value: string
}

/**
 * Reads a `Set-Cookie` line: RFC 6265bis §5.6.
 * Only spaces and tabs are trimmed: the last byte of `à` in UTF-8 is a no-break space to JavaScript's `trim`.
 */
export function parseSetCookie(line: string): ParsedCookie | CookieRejection {
  if (!isFieldText(line)) return 'invalid-character'
  const semicolon = line.indexOf(';')
  const pair = semicolon < 0 ? line : line.slice(0, semicolon)
  const equals = pair.indexOf('=')
  const name = equals < 0 ? '' : trimBlanks(pair.slice(0, equals))
  const value = trimBlanks(pair.slice(equals + 1))
  const fault = pairFault(name, value)
  if (fault !== null) return fault
  const attributes = parseCookieAttributes(semicolon < 0 ? '' : line.slice(semicolon + 1))
  const { domain, path, maxAge, expires, secure, httpOnly, sameSite, partitioned } = attributes
  return { name, value, domain, path, maxAge, expires, secure, httpOnly, sameSite, partitioned }
}

/** Whether the text can stand in a header: bytes, and no control character but tab. */
export function isFieldText(text: string): boolean {
  return FIELD_TEXT.test(text)
}

/** What is wrong with a name and a value, wherever they come from. */
export function pairFault(name: string, value: string): CookieRejection | null {
  if (name.length + value.length > MAX_PAIR) return 'too-large'
  if (name !== '') return null
  if (value === '') return 'empty'
  return value.includes('=') || PREFIX.test(value) ? 'nameless' : null
}
