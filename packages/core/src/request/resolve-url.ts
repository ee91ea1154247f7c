import { InvalidRequestError } from '../model/errors.js'
import { has } from '../model/own.js'
import { redactUrl } from '../model/redact.js'
import { type Place, parseUrl } from '../model/url.js'

/** A URL to send to, and the credentials that stood in it. */
export interface Target<Url extends Place = Place> {
  /** Absolute, without userinfo. */
  url: Url
  credentials: readonly [user: string, password: string] | null
}

/**
 * Resolves what a caller wrote by the WHATWG rules, against the base if there is one.
 *
 * @throws InvalidRequestError when it is no URL, be it `undefined`, or relative where there is no base
 */
export function resolveUrl(input: string | URL, base: string | null): Target<URL> {
  // A text is not asked for its members: those of a primitive are the prototype's.
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
  /** What relative URLs are joined to: its path ends with a slash. */
  url: URL
  /** The base as it was given, with a slash at its end or without. */
  readonly given: string
}

/** What names no path, so that it means the base itself. Characters below `!` are those that the URL parser strips. */
const NO_PATH = /^[^!-\uffff]*(?:[?#]|$)/

/** Resolves what a caller wrote against a base: `''`, a query and a fragment against the base as it was given. */
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

/** Percent-decoding that takes what is badly encoded as it stands. */
function unescape(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function notAUrl(text: string, base: string | null): InvalidRequestError {
  // Where the parser found no URL, nobody knows where its password ends.
  const shown = text.includes('@') ? '[redacted]' : redactUrl(text.trim())
  const hint = base === null ? '; it needs https:// or a baseUrl' : ''
  return new InvalidRequestError(`"${shown}" is not a valid URL${hint}`)
}
