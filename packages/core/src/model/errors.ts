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
 *     ├── FileError                Node's: a file that a download needs cannot be used
 *     └── HttpError                the server answered with a failure status
 *
 * An `AbortError` is the platform's and passes through untouched.
 */
import { own } from './own.js'
import { plainText, redactUrl } from './redact.js'

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
  response?: Response | undefined
  cause?: unknown
  phase?: ErrorPhase
  /** Whether sending the same request again may succeed. Default: `false`. */
  retryable?: boolean
}

/** The root of every error that is ours. Its message is `<what>: <METHOD> <url>`, without query or userinfo. */
export class SessionError extends Error {
  override readonly name: string = 'SessionError'
  /** Where such an error arises, and whether it may pass, unless its maker says otherwise. */
  protected static readonly phase: ErrorPhase = 'prepare'
  protected static readonly retryable: boolean = false
  declare readonly phase: ErrorPhase
  declare readonly retryable: boolean
  declare readonly request?: RedactedRequest
  /** A `SessionResponse`, where there was one. */
  declare readonly response?: Response

  constructor(what: string, given: SessionErrorOptions = {}) {
    const options = own(given)
    const request = options.request && { method: options.request.method, url: redactUrl(options.request.url) }
    super(plainText(request ? `${what}: ${request.method} ${request.url}` : what), options)
    this.phase = options.phase ?? new.target.phase
    this.retryable = options.retryable ?? new.target.retryable
    if (request) this.request = request
    if (options.response) this.response = options.response
  }

  /** A stable identifier, to branch on instead of the message: `ERR_TIMEOUT` for a `TimeoutError`. */
  get code(): string {
    return `ERR${this.name.slice(0, -5).replace(/[A-Z]/g, '_$&')}`.toUpperCase()
  }

  /** What may be logged: never a header, a body or a query. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, phase, retryable, request, response } = this
    return { name, code, message, phase, retryable, request, status: response?.status }
  }
}

/** What was asked for cannot be sent. The message says what to change; nothing was sent. */
export class InvalidRequestError extends SessionError {
  override readonly name: string = 'InvalidRequestError'
}

/** This platform cannot do what an option asks for; the message names the option. */
export class UnsupportedError extends SessionError {
  override readonly name: string = 'UnsupportedError'
}

/** The session was closed before or during the call. */
export class SessionClosedError extends SessionError {
  override readonly name: string = 'SessionClosedError'
  protected static override readonly phase = 'closed'
}

/** No answer came: the connection was refused, reset or unreachable, or, in a page, forbidden by CORS. */
export class ConnectionError extends SessionError {
  override readonly name: string = 'ConnectionError'
  protected static override readonly phase: ErrorPhase = 'connect'
  protected static override readonly retryable: boolean = true
}

/** The host name has no address. */
export class DnsError extends ConnectionError {
  override readonly name: string = 'DnsError'
}

/** The certificate or the handshake was refused. Never worth a retry. */
export class TlsError extends ConnectionError {
  override readonly name: string = 'TlsError'

  constructor(what: string, options: SessionErrorOptions = {}) {
    super(what, { ...options, retryable: false })
  }
}

/** The proxy, not the origin, failed. What it answered is never shown as the origin's response. */
export class ProxyError extends ConnectionError {
  override readonly name: string = 'ProxyError'
  /** The HTTP status that the proxy answered with, where it did. */
  declare readonly status?: number

  constructor(what: string, options: SessionErrorOptions & { status?: number | undefined } = {}) {
    super(what, options)
    const { status } = own(options)
    if (status !== undefined) this.status = status
  }
}

/** The peer does not speak HTTP correctly. */
export class ProtocolError extends SessionError {
  override readonly name: string = 'ProtocolError'
}

/** The response's head is over the limit. */
export class HeadersTooLargeError extends SessionError {
  override readonly name: string = 'HeadersTooLargeError'
}

/** The body ended before its announced length or final chunk. */
export class TruncatedError extends SessionError {
  override readonly name: string = 'TruncatedError'
  protected static override readonly phase = 'body'
}

/** The body is not what its headers say: corrupt compression, or text that is not JSON. */
export class DecodeError extends SessionError {
  override readonly name: string = 'DecodeError'
  protected static override readonly phase = 'body'
}

/** The body is over the limit. */
export class ResponseTooLargeError extends SessionError {
  override readonly name: string = 'ResponseTooLargeError'
}

/** A deadline passed; `phase` says which. */
export class TimeoutError extends SessionError {
  override readonly name: string = 'TimeoutError'
}

/** A redirect that must not be followed. Nothing was sent to its target. */
export class InvalidRedirectError extends SessionError {
  override readonly name: string = 'InvalidRedirectError'
  protected static override readonly phase = 'redirect'
}

/** An auth flow could not answer. */
export class AuthError extends SessionError {
  override readonly name: string = 'AuthError'
  protected static override readonly phase = 'auth'
}

/** A hook returned what its name does not allow. What a hook throws is passed on as it is. */
export class HookError extends SessionError {
  override readonly name: string = 'HookError'
  protected static override readonly phase = 'hook'
}
