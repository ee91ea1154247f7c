import { InvalidRequestError } from '../model/errors.js'
import { has } from '../model/own.js'
import { redactUrl } from '../model/redact.js'
import { type Place, parseUrl } from '../model/url.js'

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
  /** The base of relative URLs; its path ends with a slash. */
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

/** @throws InvalidRequestError when the base is no URL */
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
  const shown = text.includes('@') ? '[redacted]' : redactUrl(text.trim())
  const hint = base === null ? '; it needs https:// or a baseUrl' : ''
  return new InvalidRequestError(`"${shown}" is not a valid URL${hint}`)
}
