import { InvalidRequestError, type PreparedRequest } from '@session-fetch/core'
import type { Dispatcher } from 'undici'
import { outgoingBody } from './outgoing-body.js'
import type { Forwarding } from '../network/route.js'

export type RequestOptions = Dispatcher.DispatchOptions & { origin: string; servername: string }

/** Where requests go, apart from their paths. */
export interface Target {
  readonly origin: string
  readonly hostname: string
  /** Set where a proxy forwards the request. */
  readonly forwarding: Forwarding | null
}

/**
 * A request as a dispatcher takes it.
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
    body: body as string | null, // bytes, blobs and iterables, too, whatever its types say
    headersTimeout: 0,
    bodyTimeout: 0,
    // undici would give up the connection when the Host header changes,
    servername: hostname,
    // and that of a HEAD request.
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
