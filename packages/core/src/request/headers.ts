import { entriesOf, isScalar } from '../model/option-values.js'
import { has } from '../model/own.js'
import { InvalidRequestError } from '../model/errors.js'

/** A header's value; `null` removes it, `undefined` counts as not given. */
export type HeaderValue = string | number | boolean | null | undefined

/**
 * Headers as a call accepts them: those of `fetch`, and `null` to remove a header of the session.
 *
 * @example
 * const headers: HeadersSource = { Accept: 'text/csv', 'X-Page': 2, 'X-App': null } // removes X-App
 * await session.get('users', { headers })
 */
export type HeadersSource =
  | Headers
  | Readonly<Record<string, HeaderValue>>
  | Iterable<readonly [string, HeaderValue]>

/** The characters of a token (RFC 9110 §5.6.2), for use in a character class. */
export const TCHAR = "!#$%&'*+\\-.^_`|~0-9A-Za-z"

/** Not built from `TCHAR`, because bundlers would not remove an unused template. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** The bytes of a field value (RFC 9110 §5.5), as latin-1. `Headers` accepts more. */
const FIELD_TEXT = /^[\t\x20-\x7e\x80-\xff]*$/

/** Whether text may be the name of a header (RFC 9110 §5.6.2). */
export function isToken(text: string): boolean {
  return TOKEN.test(text)
}

/** Whether text may be a field value: latin-1 without control characters other than tab. */
export function isFieldText(text: string): boolean {
  return FIELD_TEXT.test(text)
}

/**
 * Text without the spaces and tabs around it (RFC 9110 §5.6.3, OWS). `trim` would also remove bytes such as 0xA0, which
 * is the last byte of `à` in UTF-8.
 */
export function trimBlanks(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start += 1
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return start === 0 && end === text.length ? text : text.slice(start, end)
}

/** Whether a character code is a space or a tab. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/**
 * Merges the call's headers over the session's, case-insensitively. Inputs are not modified. `null` as the
 * call's headers removes all of the session's.
 *
 * @throws InvalidRequestError for an invalid header; names it without the value
 */
export function mergeHeaders(session: Headers | undefined, call: HeadersSource | null | undefined): Headers {
  const merged = copyHeaders(call === null ? undefined : session)
  if (call == null) return merged
  const seen = new Set<string>()
  for (const [name, value] of entriesOf<HeaderValue>('headers', call)) {
    if (value === undefined) continue
    if (!isHeader(name, value))
      throw new InvalidRequestError(
        `The header "${name.slice(0, 40)}" must be a token with one line of latin-1 text`,
      )
    const key = name.toLowerCase()
    if (value === null) merged.delete(name)
    else if (seen.has(key)) merged.append(name, String(value))
    else merged.set(name, String(value))
    seen.add(key)
  }
  return merged
}

function isHeader(name: string, value: HeaderValue): boolean {
  return isToken(name) && isScalar(value ?? '') && isFieldText(trimmed(String(value)))
}

/** Strips surrounding blanks and line ends, as `Headers` does (Fetch, "normalize"). */
export function trimmed(value: string): string {
  return /[^\t\n\r ](?:.*[^\t\n\r ])?/s.exec(value)?.[0] ?? ''
}

/** Headers with a faster way to copy them. */
export interface CopyableHeaders extends Headers {
  copy(): Headers
}

/** Copies headers; empty without an argument. */
export function copyHeaders(headers?: Headers): Headers {
  return headers && has(headers, 'copy') ? (headers as CopyableHeaders).copy() : new Headers(headers)
}
