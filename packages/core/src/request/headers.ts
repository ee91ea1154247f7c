import { entriesOf, isScalar } from '../model/options.js'
import { InvalidRequestError } from '../model/errors.js'
import { has } from '../model/own.js'

/** A header's value; `null` removes it, `undefined` says nothing. */
export type HeaderValue = string | number | boolean | null | undefined

/** Headers as a call accepts them: those of `fetch`, and `null` to remove a header of the session. */
export type HeadersSource =
  | Headers
  | Readonly<Record<string, HeaderValue>>
  | Iterable<readonly [string, HeaderValue]>

const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i
/** RFC 9110 §5.5: field-value with obs-text. */
export const VALUE: RegExp = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * Merges the call's headers over the session's, case-insensitively. Inputs are not modified. `null` as the
 * call's headers removes all of the session's.
 *
 * @throws InvalidRequestError for an invalid header; names it without its value
 */
export function mergeHeaders(session: Headers | undefined, call: HeadersSource | null | undefined): Headers {
  const merged = copyHeaders(call === null ? undefined : session)
  if (call == null) return merged
  const said = new Set<string>()
  for (const [name, value] of entriesOf<HeaderValue>('headers', call)) {
    if (value === undefined) continue
    if (!isHeader(name, value))
      throw new InvalidRequestError(
        `The header "${name.slice(0, 40)}" must be a token and one line of latin-1, not a list`,
      )
    const key = name.toLowerCase()
    if (value === null) merged.delete(name)
    else if (said.has(key)) merged.append(name, String(value))
    else merged.set(name, String(value))
    said.add(key)
  }
  return merged
}

function isHeader(name: string, value: HeaderValue): boolean {
  return NAME.test(name) && isScalar(value ?? '') && VALUE.test(trimmed(String(value)))
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
