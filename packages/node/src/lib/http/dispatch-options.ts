import { InvalidRequestError, type PreparedRequest } from '@session-fetch/core'
import { headerList } from './listed-headers.js'
import { type SendableBody, outgoingBody } from './outgoing-body.js'
import type { Forwarding } from '../network/route.js'

/** A request as connections take it. */
export interface RequestOptions {
  readonly origin: string
  /** With its query; behind the origin where a proxy forwards it. */
  readonly path: string
  readonly method: string
  /** Name, value, name, value; names in lower case. */
  readonly headers: string[]
  readonly body: SendableBody
}

/** Where requests go, apart from their paths. */
export interface Target {
  readonly origin: string
  /** Set where a proxy forwards the request. */
  readonly forwarding: Forwarding | null
}

/**
 * A request as connections take it.
 *
 * @param path With its query.
 * @throws InvalidRequestError for credentials of a proxy among the headers: an origin must not see them
 */
export function dispatchOptions(request: PreparedRequest, target: Target, path: string): RequestOptions {
  const { origin, forwarding } = target
  const { body, contentType } = outgoingBody(request)
  const headers = [...headerList(request.headers)]
  if (request.headers.has('Proxy-Authorization')) throw misplaced(request)
  if (contentType !== undefined && !request.headers.has('Content-Type'))
    headers.push('content-type', contentType)
  if (forwarding) headers.push(...forwarding.headers)
  return {
    origin,
    path: forwarding ? forwarding.prefix + path : path,
    method: request.method,
    headers,
    body,
  }
}

function misplaced(request: PreparedRequest): InvalidRequestError {
  return new InvalidRequestError(
    "The header Proxy-Authorization is not the origin's; put credentials in the proxy's URL",
    { request },
  )
}
