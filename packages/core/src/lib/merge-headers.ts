import { InvalidRequestError } from './errors.js'

/** A header's value; `null` removes it, `undefined` says nothing. */
export type HeaderValue = string | number | boolean | null | undefined

export type HeadersSource =
  | Headers
  | Readonly<Record<string, HeaderValue>>
  | Iterable<readonly [string, HeaderValue]>

const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i
/** Visible latin-1 and inner blanks: RFC 9110 §5.5, field-value with obs-text. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** Headers as pairs, read once: whatever gave them may be an iterator. */
export type HeaderPairs = readonly (readonly [name: string, value: HeaderValue])[]

/** @throws InvalidRequestError when they are neither an object, nor pairs, nor `Headers` */
export function headerPairs(source: HeadersSource | null | undefined): HeaderPairs {
  if (source === undefined || source === null) return NONE
  if (typeof source !== 'object') throw new InvalidRequestError('headers must be an object, pairs or Headers')
  return Symbol.iterator in source ? [...source] : Object.entries(source)
}

const NONE: HeaderPairs = []

/**
 * The session's headers with the call's over them, without regard to case. Neither is changed.
 * `null` in place of the call's removes the session's altogether.
 */
export function mergeHeaders(session: Headers | undefined, call: HeadersSource | null | undefined): Headers {
  const merged = new Headers(call === null ? undefined : session)
  const said = new Set<string>()
  for (const [name, value] of headerPairs(call)) {
    if (value === undefined) continue
    if (!NAME.test(name)) throw new InvalidRequestError(`"${name.slice(0, 40)}" is not a valid header name`)
    if (value === null) merged.delete(name)
    else if (said.has(name.toLowerCase())) merged.append(name, headerValue(name, value))
    else merged.set(name, headerValue(name, value))
    said.add(name.toLowerCase())
  }
  return merged
}

/** The value as text. Errors name the header and never show the value. */
function headerValue(name: string, value: string | number | boolean): string {
  if (/^(?:string|number|boolean)$/.test(typeof value) && VALUE.test(String(value))) return String(value)
  throw new InvalidRequestError(
    `The value of header "${name}" must be one line of latin-1 text; encode anything else first`,
  )
}
