import { type PreparedRequest, UnsupportedError } from '@session-fetch/core'
import { impliedHeaders } from '@session-fetch/core/adapter'
import type { Forwarding } from '../connect/open-connection.js'
import { headerPairs } from './header-list.js'
import { type SendableBody, outgoingBody } from './outgoing-body.js'

/** A request in the form that connections send. */
export interface OutgoingRequest {
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
export function toOutgoingRequest(
  request: PreparedRequest,
  target: Destination,
  path: string,
): OutgoingRequest {
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

/**
 * Rejects members that only a fetch implements, because a caller who sets an integrity hash, a cache mode or a
 * dispatcher must not get a response that ignores it. `fetchTransport()` supports them all.
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
