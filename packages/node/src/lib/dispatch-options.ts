import { InvalidRequestError, type PreparedRequest } from '@session-fetch/core'
import type { Dispatcher } from 'undici'
import { outgoingBody } from './outgoing-body.js'
import type { Forwarding } from './route.js'

export type RequestOptions = Dispatcher.DispatchOptions & { origin: string; servername: string }

/**
 * A request as a dispatcher takes it.
 *
 * @param forwarding Set where a proxy forwards it.
 * @throws InvalidRequestError for credentials of a proxy among the headers: an origin must not see them
 */
export function dispatchOptions(
  request: PreparedRequest,
  url: URL,
  forwarding: Forwarding | null,
): RequestOptions {
  const { body, contentType } = outgoingBody(request.body)
  const headers = [...request.headers].flat()
  if (headers.includes('proxy-authorization')) throw misplaced(request)
  if (contentType !== undefined && !request.headers.has('Content-Type'))
    headers.push('content-type', contentType)
  if (forwarding) headers.push(...forwarding.headers)
  return {
    origin: url.origin,
    path: (forwarding?.prefix ?? '') + url.pathname + url.search,
    method: request.method,
    headers,
    body: body as string | null, // bytes, blobs and iterables, too, whatever its types say
    headersTimeout: 0,
    bodyTimeout: 0,
    // undici would give up the connection when the Host header changes,
    servername: url.hostname,
    // and that of a HEAD request.
    reset: false,
  }
}

function misplaced(request: PreparedRequest): InvalidRequestError {
  return new InvalidRequestError(
    "The header Proxy-Authorization is not the origin's; put credentials in the proxy's URL",
    { request },
  )
}
