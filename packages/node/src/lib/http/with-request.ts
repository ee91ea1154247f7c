import {
  ConnectionError,
  ProxyError,
  SessionClosedError,
  type SessionErrorOptions,
} from '@session-fetch/core'

/** An error from a connection or its pool, which knew no request, as one that names it. */
export function withRequest(error: unknown, request: { method: string; url: string }): unknown {
  if (error instanceof SessionClosedError && !error.request)
    return new SessionClosedError(error.message, { request })
  if (!(error instanceof ConnectionError) || error.request !== undefined) return error
  const { message, retryable } = error
  const options: SessionErrorOptions = {
    request,
    retryable,
    ...(Object.hasOwn(error, 'cause') && { cause: error.cause }),
  }
  if (error instanceof ProxyError) return new ProxyError(message, { ...options, status: error.status })
  return new ConnectionError(message, options)
}
