import { InvalidRequestError } from '../model/errors.js'
import { isLoopback, withoutBrackets } from './url.js'
import { type PreparedRequest, isReplayable } from './prepared-request.js'
import { parseUrl } from './url.js'

/** https://w3c.github.io/webappsec-referrer-policy/#referrer-policies, except the empty one. */
export const REFERRER_POLICIES: readonly string[] = [
  'no-referrer',
  'no-referrer-when-downgrade',
  'same-origin',
  'origin',
  'strict-origin',
  'origin-when-cross-origin',
  'strict-origin-when-cross-origin',
  'unsafe-url',
] satisfies ReferrerPolicy[]

/** The members of `RequestInit` with a fixed set of values, as `Request` accepts them. */
const KEYWORDS = {
  cache: ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'],
  credentials: ['omit', 'same-origin', 'include'],
  duplex: ['half'],
  mode: ['same-origin', 'no-cors', 'cors'],
  priority: ['high', 'low', 'auto'],
  redirect: ['follow', 'error', 'manual'],
  referrerPolicy: REFERRER_POLICIES, // the empty string is allowed, too
} as const satisfies Partial<Record<keyof PreparedRequest, readonly string[]>>

/** Values of `referrer` that send no header; `about:client` refers to the page, which a server does not have. */
const NO_REFERRER: readonly unknown[] = [undefined, null, '', 'about:client']
const NO_HEADERS: readonly string[] = []

/**
 * Rejects values that the `Request` constructor would reject; a session on a server does not call it.
 *
 * @throws InvalidRequestError naming the member and its values
 */
export function checkInit(request: PreparedRequest): void {
  // not a loop, because reading a member by a computed name takes several times as long
  checkKeyword('cache', request.cache)
  checkKeyword('credentials', request.credentials)
  checkKeyword('duplex', request.duplex)
  checkKeyword('mode', request.mode)
  checkKeyword('priority', request.priority)
  checkKeyword('redirect', request.redirect)
  if (request.referrerPolicy !== '') checkKeyword('referrerPolicy', request.referrerPolicy)
  const { keepalive, referrer, body, window } = request as PreparedRequest & { readonly window?: unknown }
  if (!NO_REFERRER.includes(referrer) && parseUrl(String(referrer)) === null)
    throw new InvalidRequestError('referrer must be an absolute URL, or empty for none')
  if (window !== undefined && window !== null) throw new InvalidRequestError('window must be null')
  if (keepalive && !isReplayable(body))
    throw new InvalidRequestError('keepalive is not possible with a stream as the body', { request })
}

function checkKeyword(name: keyof typeof KEYWORDS, value: unknown): void {
  if (value === undefined || value === null || (KEYWORDS[name] as readonly unknown[]).includes(value)) return
  throw new InvalidRequestError(
    `${name} must be one of ${KEYWORDS[name].map((word) => `'${word}'`).join(', ')}`,
  )
}

/**
 * The headers that fetch adds for members of `RequestInit`, in pairs: `Referer`, and cache directives. Headers of
 * the caller take precedence.
 */
export function impliedHeaders(request: PreparedRequest): readonly string[] {
  const { cache, referrer, headers } = request
  if (cache === undefined && referrer === undefined) return NO_HEADERS
  const referer = headers.has('Referer') ? null : refererOf(request)
  const [pragma, control] = cacheHeaders(cache)
  return [
    ...(referer === null ? [] : ['referer', referer]),
    ...(pragma === null || headers.has('Pragma') ? [] : ['pragma', pragma]),
    ...(control === null || headers.has('Cache-Control') ? [] : ['cache-control', control]),
  ]
}

/** Fetch, HTTP-network-or-cache fetch, steps 15 and 16. */
function cacheHeaders(
  cache: RequestCache | undefined,
): readonly [pragma: string | null, control: string | null] {
  if (cache === 'no-store' || cache === 'reload') return ['no-cache', 'no-cache']
  return [null, cache === 'no-cache' ? 'max-age=0' : null]
}

/** Referrer Policy, "determine request's referrer": https://w3c.github.io/webappsec-referrer-policy/ */
function refererOf({ referrer, referrerPolicy, url: to }: PreparedRequest): string | null {
  const from = NO_REFERRER.includes(referrer) ? null : parseUrl(String(referrer))
  if (from === null || !/^https?:$/.test(from.protocol)) return null
  const url = new URL(to)
  const origin = `${from.origin}/`
  const stripped = origin.slice(0, -1) + from.pathname + from.search
  const whole = stripped.length > 4096 ? origin : stripped
  const same = from.origin === url.origin
  const downgrade = isTrustworthy(from) && !isTrustworthy(url)
  switch (referrerPolicy) {
    case 'no-referrer':
      return null
    case 'unsafe-url':
      return whole
    case 'origin':
      return origin
    case 'strict-origin':
      return downgrade ? null : origin
    case 'same-origin':
      return same ? whole : null
    case 'origin-when-cross-origin':
      return same ? whole : origin
    case 'no-referrer-when-downgrade':
      return downgrade ? null : whole
    default: // strict-origin-when-cross-origin
      if (same) return whole
      return downgrade ? null : origin
  }
}

/** https://w3c.github.io/webappsec-secure-contexts/#potentially-trustworthy-url, for http and https */
function isTrustworthy({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || isLoopback(withoutBrackets(hostname))
}
