import { type CookieInit, InvalidRequestError } from '@session-fetch/core'
import {
  checkMembers,
  cookieBytes,
  cookieText,
  has,
  isFieldText,
  isRecord,
  own,
  trimBlanks,
  withoutBrackets,
} from '@session-fetch/core/adapter'
import type { CookieRecord } from '../rules/cookie-record.js'
import type { CookieRejection } from '../rules/rejection.js'
import { type ParsedCookie, domainAttribute, pairFault, sameSiteAttribute } from '../rules/set-cookie.js'
import { type CookieSite, asciiHost, cookieSite } from '../rules/site.js'

/**
 * Selects cookies by name, domain or path, and by the URL that they would be sent to. A cookie that `getAll` gave is one,
 * too: the value and attributes are ignored.
 */
export interface JarCookieQuery {
  /** The name. Default: any. */
  name?: string | undefined
  /** Resolved against the session's `baseUrl`. `null` selects cookies of all URLs. Default: `baseUrl`. */
  url?: string | null | undefined
  /** The cookie's domain, host-only or not. */
  domain?: string | null | undefined
  /** The path, as it is stored. Default: any. */
  path?: string | undefined
}

/**
 * @param others Further arguments.
 * @throws InvalidRequestError for what selects no cookies, or would select others: `null` or an unknown member all of
 *   them, a URL those of that name
 */
export function toQuery(
  method: string,
  cookie: string | JarCookieQuery,
  others: readonly unknown[],
): JarCookieQuery {
  const isName = typeof cookie === 'string' && !/^https?:\/\//i.test(cookie)
  if (others.length > 0 || !(isName || isRecord(cookie)))
    throw new InvalidRequestError(`cookies.${method} takes a name, or { name, url, domain, path }`)
  const query = own<JarCookieQuery>(isName ? { name: cookie } : (cookie as JarCookieQuery))
  // the other members of a cookie may stand beside the name
  checkMembers(`cookies.${method}`, query, query.name === undefined ? SELECTING : MEMBERS)
  for (const field of ['name', 'path'] as const)
    if (typeof (query[field] ?? '') !== 'string' || query[field] === null)
      throw invalid(field, 'is not a string', method)
  if (typeof (query.domain ?? '') !== 'string') throw invalid('domain', 'is not a string', method)
  if (typeof query.domain === 'string') query.domain = asDomain(method, query.domain)
  return query
}

const SELECTING = ['name', 'url', 'domain', 'path']

/** A domain in the form in which cookies store it. */
function asDomain(method: string, text: string): string {
  const domain = text.replace(/^\./, '')
  const ascii = asciiHost(domain)
  if (ascii === null && !domain.includes(':')) throw invalid('domain', 'is not a host name', method)
  return ascii ?? withoutBrackets(domain.toLowerCase())
}

export function isNamed(record: CookieRecord, { name, domain, path }: JarCookieQuery): boolean {
  if (name !== undefined && cookieText(record.name) !== name) return false
  if (typeof domain === 'string' && record.domain !== domain) return false
  return path === undefined || cookieText(record.path) === path
}

/** A URL that may set a cookie with this domain. */
export function urlForDomain({
  domain,
  path = '/',
}: Pick<CookieInit, 'domain' | 'path'>): string | undefined {
  if (typeof domain !== 'string') return undefined
  const host = domain.replace(/^\./, '')
  const isIpv6 = /^[^[]*:.*:/.test(host)
  return `https://${isIpv6 ? `[${host}]` : host}${path}`
}

/**
 * The site of a URL argument: `undefined` if it is `null`, `null` if the URL cannot have cookies.
 *
 * @throws InvalidRequestError for an invalid URL
 */
export function siteOf(
  method: string,
  url: string | null,
  base: string | null,
): CookieSite | null | undefined {
  if (url === null) return undefined
  try {
    return cookieSite(new URL(urlText(url), base ?? undefined))
  } catch (cause) {
    throw new InvalidRequestError(`cookies.${method}: url is not a valid URL`, { cause })
  }
}

/** @throws InvalidRequestError if it is neither a string nor a URL; converted to text, it would be a relative URL */
export function urlText(url: string | URL): string {
  if (typeof url === 'string') return url
  if (has(Object(url) as object, 'href')) return url.href
  throw new InvalidRequestError('cookies: the URL is invalid')
}

export function needsUrl(method: string): InvalidRequestError {
  return new InvalidRequestError(`cookies.${method} needs a url, since there is no baseUrl`)
}

/**
 * Validates the argument of `set`. Unlike a `Set-Cookie` line, an invalid one throws.
 *
 * @throws InvalidRequestError naming the field
 */
export function parseCookieInit(init: CookieInit): ParsedCookie {
  checkMembers('cookies.set', init, MEMBERS)
  const { domain } = init
  if (typeof (domain ?? '') !== 'string') throw invalid('domain', 'is not a string')
  const name = bytesIn('name', init.name, /[;=]/)
  const value = bytesIn('value', init.value, /;/)
  const path = bytesIn('path', init.path ?? '/', /;/)
  if (!path.startsWith('/')) throw invalid('path', 'must start with a slash')
  const fault = pairFault(name, value)
  if (fault !== null) throw refusedInit(fault)
  return {
    name,
    value,
    domain: typeof domain === 'string' ? asciiDomain(domain) : undefined,
    path,
    maxAge: numberIn('maxAge', init.maxAge),
    expires: numberIn('expires', init.expires instanceof Date ? init.expires.getTime() : init.expires),
    secure: flagIn('secure', init.secure),
    httpOnly: flagIn('httpOnly', init.httpOnly),
    sameSite: sameSiteIn(init.sameSite),
    partitioned: flagIn('partitioned', init.partitioned),
  }
}

/** @throws InvalidRequestError if the arguments are neither a cookie nor a name and a value */
export function toInit(cookie: string | CookieInit, value: readonly unknown[]): CookieInit {
  const isName = typeof cookie === 'string'
  if (isName ? value.length < 2 : isRecord(cookie) && value.length === 0)
    return own<CookieInit>(isName ? { name: cookie, value: value[0] as string } : cookie)
  throw new InvalidRequestError(`cookies.set takes a name and a value, or { ${MEMBERS.join(', ')} }`)
}

const MEMBERS = 'name value url domain path expires maxAge secure httpOnly sameSite partitioned'.split(' ')

/** The field of `set` that a rejection is about. */
const FIELDS: Partial<Record<CookieRejection, keyof CookieInit>> = {
  'not-http': 'url',
  'domain-mismatch': 'domain',
  'public-suffix': 'domain',
  'insecure-origin': 'secure',
  'secure-exists': 'secure',
  'same-site-none': 'sameSite',
  partitioned: 'partitioned',
  'too-large': 'value',
}

/** The error for a cookie that the policy rejects. */
export function refusedInit(reason: CookieRejection): InvalidRequestError {
  return invalid(FIELDS[reason] ?? 'name', `was rejected (${reason})`)
}

function bytesIn(field: keyof CookieInit, text: unknown, forbidden: RegExp): string {
  if (typeof text !== 'string') throw invalid(field, 'is not a string')
  if (forbidden.test(text)) throw invalid(field, `must not contain ${forbidden.source}`)
  if (text !== trimBlanks(text)) throw invalid(field, 'must not start or end with a space or tab')
  const bytes = cookieBytes(text)
  if (!isFieldText(bytes)) throw invalid(field, 'must not contain control characters or lone surrogates')
  return bytes
}

function asciiDomain(text: string): string | undefined {
  const domain = domainAttribute(text)
  if (domain === undefined || domain.includes(':')) return domain
  const ascii = asciiHost(domain)
  if (ascii === null) throw invalid('domain', 'is not a host name')
  return ascii
}

function numberIn(field: keyof CookieInit, time: unknown): number | undefined {
  if (time === undefined || time === null) return undefined
  if (typeof time !== 'number' || Number.isNaN(time)) throw invalid(field, 'is not a time')
  return time
}

function flagIn(field: keyof CookieInit, flag: unknown): boolean {
  if (flag === undefined || flag === null) return false
  if (typeof flag !== 'boolean') throw invalid(field, 'is not true or false')
  return flag
}

function sameSiteIn(word: unknown): ParsedCookie['sameSite'] {
  if (word === undefined || word === null) return undefined
  const sameSite = typeof word === 'string' ? sameSiteAttribute(word) : undefined
  if (sameSite === undefined) throw invalid('sameSite', 'is not strict, lax or none')
  return sameSite
}

function invalid(field: string, what: string, method = 'set'): InvalidRequestError {
  return new InvalidRequestError(`cookies.${method}: ${field} ${what}`)
}
