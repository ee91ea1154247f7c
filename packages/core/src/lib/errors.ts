/**
 * Everything that can go wrong, as one tree:
 *
 *     SessionError
 *     ├── InvalidRequestError      what was asked for cannot be sent; nothing was sent
 *     ├── UnsupportedError         this platform cannot do what an option asks for
 *     ├── SessionClosedError       the session was closed before or during the call
 *     ├── ConnectionError          no answer came: refused, reset, unreachable
 *     │   ├── DnsError             the host name has no address
 *     │   ├── TlsError             the certificate or the handshake was refused
 *     │   └── ProxyError           the proxy, not the origin, failed
 *     ├── ProtocolError            the peer does not speak HTTP correctly
 *     ├── HeadersTooLargeError     the response's head is over the limit
 *     ├── TruncatedError           the body ended early
 *     ├── DecodeError              the body is not what its headers say
 *     ├── ResponseTooLargeError    the body is over the limit
 *     ├── TimeoutError             a deadline passed
 *     ├── InvalidRedirectError     a redirect that must not be followed
 *     ├── TooManyRedirectsError    more hops than `maxRedirects`
 *     ├── AuthError                an auth flow could not answer
 *     ├── HookError                a hook returned what its name does not allow
 *     └── HttpError                the server answered with a failure status
 *
 * An `AbortError` is the platform's and passes through untouched.
 */
import { plainText, redactUrl } from './redact.js'
import type { SessionResponse } from './session-response.js'

/** Where in a call's life an error arose. */
export type ErrorPhase =
  | 'prepare'
  | 'connect'
  | 'headers'
  | 'body'
  | 'redirect'
  | 'auth'
  | 'hook'
  | 'status'
  | 'total'
  | 'attempt'
  | 'closed'

/** A request as errors show it: no headers, no body, no query, no userinfo. */
export interface RedactedRequest {
  readonly method: string
  readonly url: string
}

export interface SessionErrorOptions {
  /** The request that failed; only its method and redacted URL are kept. */
  request?: { method: string; url: string } | undefined
  response?: SessionResponse | undefined
  cause?: unknown
  phase?: ErrorPhase
  /** Whether sending the same request again may succeed. Default: `false`. */
  retryable?: boolean
}

/** The root of every error that is ours. Its message is `<what>: <METHOD> <url>`, without query or userinfo. */
export class SessionError extends Error {
  override readonly name: string = 'SessionError'
  /** A stable identifier, such as `ERR_TIMEOUT`, to branch on instead of the message. */
  readonly code: string = 'ERR_SESSION'
  readonly phase: ErrorPhase
  readonly retryable: boolean
  declare readonly request?: RedactedRequest
  declare readonly response?: SessionResponse

  constructor(what: string, options: SessionErrorOptions = {}) {
    const request = options.request && { method: options.request.method, url: redactUrl(options.request.url) }
    super(
      plainText(request ? `${what}: ${request.method} ${request.url}` : what),
      'cause' in options ? { cause: options.cause } : undefined,
    )
    this.phase = options.phase ?? 'prepare'
    this.retryable = options.retryable ?? false
    if (request) this.request = request
    if (options.response) this.response = options.response
  }

  /** What may be logged: never a header, a body or a query. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, phase, retryable, request } = this
    const status = this.response?.status
    return { name, code, message, phase, retryable, ...(request && { request }), ...(status && { status }) }
  }
}

/** What was asked for cannot be sent. The message says what to change; nothing was sent. */
export class InvalidRequestError extends SessionError {
  override readonly name: string = 'InvalidRequestError'
  override readonly code: string = 'ERR_INVALID_REQUEST'
}

/** This platform cannot do what an option asks for; the message names the option. */
export class UnsupportedError extends SessionError {
  override readonly name: string = 'UnsupportedError'
  override readonly code: string = 'ERR_UNSUPPORTED'
}

/** The session was closed before or during the call. */
export class SessionClosedError extends SessionError {
  override readonly name: string = 'SessionClosedError'
  override readonly code: string = 'ERR_SESSION_CLOSED'

  constructor(what = 'This session is closed; create a new one', options: SessionErrorOptions = {}) {
    super(what, { phase: 'closed', ...options })
  }
}

/** No answer came: the connection was refused, reset or unreachable, or, in a page, forbidden by CORS. */
export class ConnectionError extends SessionError {
  override readonly name: string = 'ConnectionError'
  override readonly code: string = 'ERR_CONNECTION'

  constructor(what: string, options: SessionErrorOptions = {}) {
    super(what, { phase: 'connect', retryable: true, ...options })
  }
}

/** The host name has no address. */
export class DnsError extends ConnectionError {
  override readonly name: string = 'DnsError'
  override readonly code: string = 'ERR_DNS'
}

/** The certificate or the handshake was refused. Never worth a retry. */
export class TlsError extends ConnectionError {
  override readonly name: string = 'TlsError'
  override readonly code: string = 'ERR_TLS'

  constructor(what: string, options: SessionErrorOptions = {}) {
    super(what, { ...options, retryable: false })
  }
}

/** The proxy, not the origin, failed. What it answered is never shown as the origin's response. */
export class ProxyError extends ConnectionError {
  override readonly name: string = 'ProxyError'
  override readonly code: string = 'ERR_PROXY'
  /** The HTTP status that the proxy answered with, where it did. */
  declare readonly status?: number

  constructor(what: string, options: SessionErrorOptions & { status?: number | undefined } = {}) {
    super(what, options)
    if (options.status !== undefined) this.status = options.status
  }
}

/** The peer does not speak HTTP correctly. */
export class ProtocolError extends SessionError {
  override readonly name: string = 'ProtocolError'
  override readonly code: string = 'ERR_PROTOCOL'
}

/** The response's head is over the limit. */
export class HeadersTooLargeError extends SessionError {
  override readonly name: string = 'HeadersTooLargeError'
  override readonly code: string = 'ERR_HEADERS_TOO_LARGE'
}

/** The body ended before its announced length or final chunk. */
export class TruncatedError extends SessionError {
  override readonly name: string = 'TruncatedError'
  override readonly code: string = 'ERR_TRUNCATED'
}

/** The body is not what its headers say: corrupt compression, or text that is not JSON. */
export class DecodeError extends SessionError {
  override readonly name: string = 'DecodeError'
  override readonly code: string = 'ERR_DECODE'
}

/** The body is over the limit. */
export class ResponseTooLargeError extends SessionError {
  override readonly name: string = 'ResponseTooLargeError'
  override readonly code: string = 'ERR_RESPONSE_TOO_LARGE'
}

/** A deadline passed; `phase` says which. */
export class TimeoutError extends SessionError {
  override readonly name: string = 'TimeoutError'
  override readonly code: string = 'ERR_TIMEOUT'
}

/** A redirect that must not be followed. Nothing was sent to its target. */
export class InvalidRedirectError extends SessionError {
  override readonly name: string = 'InvalidRedirectError'
  override readonly code: string = 'ERR_INVALID_REDIRECT'

  constructor(what: string, options: SessionErrorOptions = {}) {
    super(what, { phase: 'redirect', ...options })
  }
}

/** More hops than `maxRedirects`. `response` is the last redirect, its `history` the ones before it. */
export class TooManyRedirectsError extends SessionError {
  override readonly name: string = 'TooManyRedirectsError'
  override readonly code: string = 'ERR_TOO_MANY_REDIRECTS'

  constructor(what: string, options: SessionErrorOptions = {}) {
    super(what, { phase: 'redirect', ...options })
  }
}

/** An auth flow could not answer. */
export class AuthError extends SessionError {
  override readonly name: string = 'AuthError'
  override readonly code: string = 'ERR_AUTH'

  constructor(what: string, options: SessionErrorOptions = {}) {
    super(what, { phase: 'auth', ...options })
  }
}

/** A hook returned what its name does not allow. What a hook throws is passed on as it is. */
export class HookError extends SessionError {
  override readonly name: string = 'HookError'
  override readonly code: string = 'ERR_HOOK'

  constructor(what: string, options: SessionErrorOptions = {}) {
    super(what, { phase: 'hook', ...options })
  }
}

/** The server answered with a failure status; `response` is the answer, its body still readable. */
export class HttpError extends SessionError {
  override readonly name: string = 'HttpError'
  override readonly code: string = 'ERR_HTTP_STATUS'
  declare readonly response: SessionResponse

  constructor(response: SessionResponse) {
    const status = response.statusText ? `${response.status} ${response.statusText}` : `${response.status}`
    super(`HTTP ${status}`, { request: response.request, response, phase: 'status' })
  }

  get status(): number {
    return this.response.status
  }
}
