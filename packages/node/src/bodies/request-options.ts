import { InvalidRequestError, type PreparedRequest, UnsupportedError } from '@session-fetch/core'
import {
  REFERRER_POLICIES,
  isLoopback,
  isReplayable,
  parseUrl,
  withoutBrackets,
} from '@session-fetch/core/adapter'
import type { Forwarding } from '../connect/open-connection.js'
import { headerPairs } from './header-list.js'
import { type SendableBody, outgoingBody } from './outgoing-body.js'

/** A request in the form that connections send. */
export interface RequestOptions {
  readonly origin: string
  /** Path and query; prefixed by the origin if a proxy forwards the request. */
  readonly path: string
  readonly method: string
  /** Name, value, name, value; names in lower case. */
  readonly headers: string[]
  readonly body: SendableBody
}

/** The destination of requests, without their paths. */
export interface Destination {
  readonly origin: string
  /** Set if a proxy forwards the request. */
  readonly forwarding: Forwarding | null
}

/**
 * Converts a request to the form that connections send.
 *
 * @param path Path and query.
 */
export function dispatchOptions(request: PreparedRequest, target: Destination, path: string): RequestOptions {
  const { origin, forwarding } = target
  const { body, contentType } = outgoingBody(request)
  const headers = [...headerPairs(request.headers)]
  if (contentType !== undefined && !request.headers.has('Content-Type'))
    headers.push('content-type', contentType)
  headers.push(...impliedHeaders(request))
  if (forwarding) headers.push(...forwarding.headers)
  return {
    origin,
    path: forwarding ? forwarding.prefix + path : path,
    method: request.method,
    headers,
    body,
  }
}

/** The members of `RequestInit` with a fixed set of values, as `Request` accepts them. */
const WORDS = {
  cache: ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'],
  credentials: ['omit', 'same-origin', 'include'],
  duplex: ['half'],
  mode: ['same-origin', 'no-cors', 'cors'],
  priority: ['high', 'low', 'auto'],
  redirect: ['follow', 'error', 'manual'],
  referrerPolicy: ['', ...REFERRER_POLICIES],
} as const satisfies Partial<Record<keyof PreparedRequest, readonly string[]>>

/** Values of `referrer` that send no header: none, and the page, which does not exist here. */
const NO_REFERRER: readonly unknown[] = [undefined, null, '', 'about:client']
const NO_HEADERS: readonly string[] = []

/**
 * Rejects values that `Request` would reject; in Node a session creates none.
 *
 * @throws InvalidRequestError naming the member and its values
 */
export function checkInit(request: PreparedRequest): void {
  // Spelled out, since reading a member by a variable name takes several times as long.
  checkWord('cache', request.cache)
  checkWord('credentials', request.credentials)
  checkWord('duplex', request.duplex)
  checkWord('mode', request.mode)
  checkWord('priority', request.priority)
  checkWord('redirect', request.redirect)
  checkWord('referrerPolicy', request.referrerPolicy)
  const { keepalive, referrer, body, window } = request as PreparedRequest & { readonly window?: unknown }
  if (!NO_REFERRER.includes(referrer) && parseUrl(String(referrer)) === null)
    throw new InvalidRequestError('referrer must be an absolute URL, or empty for none')
  if (window !== undefined && window !== null) throw new InvalidRequestError('window must be null')
  if (keepalive && !isReplayable(body))
    throw new InvalidRequestError('keepalive is not possible with a stream as the body', { request })
}

function checkWord(name: keyof typeof WORDS, value: unknown): void {
  if (value === undefined || value === null || (WORDS[name] as readonly unknown[]).includes(value)) return
  throw new InvalidRequestError(`${name} must be one of ${WORDS[name].map((word) => `'${word}'`).join(', ')}`)
}

/**
 * Rejects members that only a fetch implements: a caller who asks for an integrity check, a cache or a dispatcher
 * must not get a response without it. `fetchTransport()` supports them all.
 *
 * @throws UnsupportedError naming the member
 */
export function refuseFetchOnly(request: PreparedRequest): void {
  const { integrity, cache, dispatcher } = request as PreparedRequest & { readonly dispatcher?: unknown }
  const what =
    (integrity && 'integrity: not checked by this transport') ||
    (cache === 'only-if-cached' && "cache: 'only-if-cached': there is no cache") ||
    (dispatcher !== undefined && dispatcher !== null && 'dispatcher: pass it to the session as its agent')
  if (what) throw new UnsupportedError(`${what}; mount fetchTransport()`, { request })
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
