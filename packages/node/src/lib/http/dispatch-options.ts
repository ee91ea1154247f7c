import { InvalidRequestError, type PreparedRequest } from '@session-fetch/core'
import { type SendableBody, outgoingBody } from './outgoing-body.js'
import type { Forwarding } from '../network/route.js'

/** A request as connections take it; undici's dispatchers take it, too. */
export interface RequestOptions {
  readonly origin: string
  /** With its query; behind the origin where a proxy forwards it. */
  readonly path: string
  readonly method: string
  /** Name, value, name, value; names in lower case. */
  readonly headers: string[]
  readonly body: SendableBody
  readonly headersTimeout: 0
  readonly bodyTimeout: 0
  readonly servername: string
  readonly reset: false
}

/** Where requests go, apart from their paths. */
export interface Target {
  readonly origin: string
  readonly hostname: string
  /** Set where a proxy forwards the request. */
  readonly forwarding: Forwarding | null
}

/**
 * A request as connections and dispatchers take it.
 *
 * @param path With its query.
 * @throws InvalidRequestError for credentials of a proxy among the headers: an origin must not see them
 */
export function dispatchOptions(request: PreparedRequest, target: Target, path: string): RequestOptions {
  const { origin, hostname, forwarding } = target
  const { body, contentType } = outgoingBody(request)
  const headers = pairs(request)
  if (contentType !== undefined && !request.headers.has('Content-Type'))
    headers.push('content-type', contentType)
  if (forwarding) headers.push(...forwarding.headers)
  return {
    origin,
    path: forwarding ? forwarding.prefix + path : path,
    method: request.method,
    headers,
    body,
    // The rest is for dispatchers: deadlines are the session's,
    headersTimeout: 0,
    bodyTimeout: 0,
    // and the connection is kept though the Host header changes,
    servername: hostname,
    // or after a HEAD request.
    reset: false,
  }
}

/** Name, value, name, value. By `forEach`, for anything else takes several times as long. */
function pairs(request: PreparedRequest): string[] {
  const list: string[] = []
  request.headers.forEach((value, name) => {
    if (name === 'proxy-authorization') throw misplaced(request)
    list.push(name, value)
  })
  return list
}

function misplaced(request: PreparedRequest): InvalidRequestError {
  return new InvalidRequestError(
    "The header Proxy-Authorization is not the origin's; put credentials in the proxy's URL",
    { request },
  )
}
