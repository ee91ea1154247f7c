import { type Entries, entriesOf, isScalar } from '../model/option-values.js'
import { InvalidRequestError } from '../model/errors.js'
import { redactUrl } from '../model/redact.js'
import { has } from '../model/own.js'

/** A resolved URL, and the credentials it contained. */
export interface Target<Url extends Place = Place> {
  /** Absolute, without userinfo. */
  url: Url
  credentials: readonly [user: string, password: string] | null
}

/**
 * Resolves a URL by the WHATWG rules, against the base if there is one.
 *
 * @throws InvalidRequestError if it is invalid, `undefined`, or relative without a base
 */
export function resolveUrl(input: string | URL, base: string | null): Target<URL> {
  // strings are not probed for members, which a primitive would inherit
  const isObject = typeof input === 'object' && input !== null
  const text: unknown = isObject ? has(input, 'href') && input.href : input
  const url = typeof text === 'string' ? parseUrl(text, base ?? undefined) : null
  const isNone = url === null || /^[.*]/.test(url.hostname)
  if (isNone) throw notAUrl(text === false ? '[object Object]' : String(text), base)
  const { username, password } = url
  if (username + password === '') return { url, credentials: null }
  url.username = ''
  url.password = ''
  return { url, credentials: [unescape(username), unescape(password)] }
}

/** A base URL: absolute, without query or fragment. */
export interface Base extends Target<URL> {
  /** The base of relative URLs; the path ends with a slash. */
  url: URL
  /** The base as given, with or without a trailing slash. */
  readonly given: string
}

/** Relative URLs without a path, which refer to the base itself. The URL parser strips characters below `!`. */
const NO_PATH = /^[^!-\uffff]*(?:[?#]|$)/

/** Resolves a URL against a base. `''`, a query or a fragment resolve against the base as given. */
export function resolveBelow(input: string | URL, { url, given }: Base): Target<URL> {
  return resolveUrl(input, typeof input === 'string' && NO_PATH.test(input) ? given : url.href)
}

/** @throws InvalidRequestError if the base is not a URL */
export function resolveBase(input: string | URL, base: string | null): Base {
  const target = resolveUrl(input, base)
  const { url } = target
  url.search = ''
  url.hash = ''
  const given = url.href
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return { ...target, given }
}

/** Percent-decodes; keeps malformed text unchanged. */
function unescape(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function notAUrl(text: string, base: string | null): InvalidRequestError {
  // in an invalid URL, the end of a password cannot be found
  const shown = text.includes('@') ? '[redacted]' : redactUrl(text.trim().slice(0, 80))
  const hint = base === null ? '; it needs https:// or a baseUrl' : ''
  return new InvalidRequestError(`"${shown}" is not a valid URL${hint}`)
}

/**
 * Parses a URL; `null` if invalid (WHATWG `URL.parse`, which Node 20 lacks). Does not use `URL.canParse`: once
 * optimized, that of Node 20 rejects every text with a character from U+0080 to U+00FF.
 */
export function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base)
  } catch {
    return null
  }
}

/** Scheme, host and port; unlike `URL.origin`, also for non-special schemes, which mounts may serve. */
export function originOf(url: string): string {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}

/** Appends parameters to a URL's query, before the fragment. The existing query is not changed. */
export function withParams({ href, search }: Place, params: URLSearchParams): string {
  const query = params.toString()
  if (query === '') return href
  const [head, joint] = search === '' ? [href.split(/[?#]/)[0], '?'] : [href.split('#')[0], '&']
  return withFragment(`${head}${joint}${query}`, href)
}

/** The parts of a URL that a call needs; a `URL` has them. */
export type Place = Readonly<Pick<URL, 'href' | 'origin' | 'protocol' | 'host' | 'search'>>

/** Adds the fragment of `from` to `url` if it has none (Fetch, HTTP-redirect fetch, step 4). */
export function withFragment(url: string, from: string): string {
  const hash = from.indexOf('#')
  return hash < 0 || url.includes('#') ? url : url + from.slice(hash)
}

/** The value of a query parameter. A list repeats the name; `null` removes the session's value. */
export type ParamValue = string | number | bigint | boolean | null | undefined

/**
 * Query parameters as a call accepts them.
 *
 * @example
 * const params: ParamsSource = { page: 2, tag: ['a', 'b'], lang: null } // ?page=2&tag=a&tag=b, without lang
 * await session.get('users', { params })
 */
export type ParamsSource =
  | string
  | URLSearchParams
  | Readonly<Record<string, ParamValue | readonly ParamValue[]>>
  | Iterable<readonly [string, ParamValue]>

/** Merges parameters: the session's, then the call's, which replace the same keys. */
export function mergeParams(
  session: URLSearchParams | undefined,
  call: ParamsSource | null | undefined,
  option = 'params',
): URLSearchParams {
  const merged = new URLSearchParams(call === null ? undefined : session)
  const source: unknown = option === 'params' && typeof call === 'string' ? new URLSearchParams(call) : call
  const entries = entriesOf(option, source as Entries<ParamValue | readonly ParamValue[]>) // throws for text
  const given = entries.filter(([, value]) => value !== undefined)
  for (const [key] of given) merged.delete(key)
  for (const [key, value] of given) for (const text of textsOf(option, key, value)) merged.append(key, text)
  return merged
}

/** Each value as text. */
function textsOf(option: string, key: string, value: ParamValue | readonly ParamValue[]): string[] {
  const values = [value].flat().filter((item) => item !== null && item !== undefined)
  if (values.every(isScalar)) return values.map(String)
  throw new InvalidRequestError(`${option}.${key} must be text, a number, a boolean or a list`)
}

/** Whether a host, without brackets, is this machine by definition (RFC 6761 §6.3), whatever DNS returns. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host === '::1' || host.endsWith('.localhost') || /^127\.\d+\.\d+\.\d+$/.test(host)
  )
}

/** The host name of a URL as sockets and cookies take it: an IPv6 address without the brackets. */
export function withoutBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}
