/**
 * The tree of errors:
 *
 *     SessionError
 *     ├── InvalidRequestError      the request is invalid; nothing was sent
 *     ├── UnsupportedError         the platform does not support an option
 *     ├── SessionClosedError       the session was closed before or during the call
 *     ├── ConnectionError          no response: refused, reset, unreachable
 *     │   ├── DnsError             the host name has no address
 *     │   ├── TlsError             the certificate or the handshake failed
 *     │   └── ProxyError           the proxy, not the origin, failed
 *     ├── ProtocolError            the peer violates HTTP
 *     ├── HeadersTooLargeError     the response head exceeds the limit
 *     ├── TruncatedError           the body ended early
 *     ├── DecodeError              the body does not match its headers
 *     ├── ResponseTooLargeError    the body exceeds the limit
 *     ├── TimeoutError             a deadline expired
 *     ├── InvalidRedirectError     a redirect that must not be followed
 *     ├── TooManyRedirectsError    more hops than `maxRedirects`
 *     ├── AuthError                an auth flow failed
 *     ├── HookError                a hook returned a value of the wrong kind
 *     ├── FileError                Node only: a file of a download cannot be used
 *     └── HttpError                the response has a failure status
 *
 * An `AbortError` comes from the platform and is passed on unchanged.
 */
import { plainText, redactUrl } from './redact.js'
import { own } from './own.js'

/** The phase of a call in which an error occurred. */
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

/** A request as shown in errors: without headers, body, query and userinfo. */
export interface RedactedRequest {
  readonly method: string
  readonly url: string
}

/** What an error says besides its message. */
export interface SessionErrorOptions {
  /** The failed request; only its method and redacted URL are kept. */
  request?: { method: string; url: string } | undefined
  response?: Response | undefined
  cause?: unknown
  phase?: ErrorPhase
  /** Whether sending the same request again may succeed. Default: `false`. */
  retryable?: boolean
}

/**
 * The base class of all errors. The message is `<what>: <METHOD> <url>`, without query and userinfo.
 *
 * @example
 * const error = await session.get('users').catch((error) => error)
 * if (error instanceof SessionError) console.log(error.code, error.phase, error.retryable)
 */
export class SessionError extends Error {
  override readonly name: string = 'SessionError'
  /** Defaults of `phase` and `retryable` for a class. */
  protected static readonly phase: ErrorPhase = 'prepare'
  protected static readonly retryable: boolean = false
  declare readonly phase: ErrorPhase
  declare readonly retryable: boolean
  declare readonly request?: RedactedRequest
  /** The `SessionResponse`, if there was one. */
  declare readonly response?: Response

  constructor(what: string, given: SessionErrorOptions = {}) {
    const options = own(given)
    const request = options.request && { method: options.request.method, url: redactUrl(options.request.url) }
    super(plainText(request ? `${what}: ${request.method} ${request.url}` : what), options)
    this.phase = options.phase ?? new.target.phase
    this.retryable = options.retryable ?? new.target.retryable
    if (request) this.request = request
    // not enumerable, because Bun prints the members of errors by itself, and a native response with its headers
    if (options.response) Object.defineProperty(this, 'response', own({ value: options.response }))
  }

  /** A stable identifier for use in code, such as `ERR_TIMEOUT` for a `TimeoutError`. */
  get code(): string {
    return `ERR${this.name.slice(0, -5).replace(/[A-Z]/g, '_$&')}`.toUpperCase()
  }

  /** Safe to log: contains no headers, body or query. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, phase, retryable, request, response } = this
    return { name, code, message, phase, retryable, request, status: response?.status }
  }
}

/** The request is invalid. The message says what to change; nothing was sent. */
export class InvalidRequestError extends SessionError {
  override readonly name: string = 'InvalidRequestError'
}

/** The platform does not support an option, which the message names. */
export class UnsupportedError extends SessionError {
  override readonly name: string = 'UnsupportedError'
}

/** The session was closed before or during the call. */
export class SessionClosedError extends SessionError {
  override readonly name: string = 'SessionClosedError'
  protected static override readonly phase = 'closed'
}

/** No response: the connection was refused, reset or unreachable, or, in a browser, blocked by CORS. */
export class ConnectionError extends SessionError {
  override readonly name: string = 'ConnectionError'
  protected static override readonly phase: ErrorPhase = 'connect'
  protected static override readonly retryable: boolean = true
}

/** The host name has no address. */
export class DnsError extends ConnectionError {
  override readonly name: string = 'DnsError'
}

/** The certificate was rejected or the handshake failed. Never retried. */
export class TlsError extends ConnectionError {
  override readonly name: string = 'TlsError'

  constructor(what: string, options: SessionErrorOptions = {}) {
    super(what, { ...options, retryable: false })
  }
}

/** The proxy, not the origin, failed. Its response is never returned as the origin's. */
export class ProxyError extends ConnectionError {
  override readonly name: string = 'ProxyError'
  /** The HTTP status of the proxy's response, if any. */
  declare readonly status?: number

  constructor(what: string, options: SessionErrorOptions & { status?: number | undefined } = {}) {
    super(what, options)
    const { status } = own(options)
    if (status !== undefined) this.status = status
  }
}

/** The peer violates HTTP. */
export class ProtocolError extends SessionError {
  override readonly name: string = 'ProtocolError'
}

/** The response head exceeds the limit. */
export class HeadersTooLargeError extends SessionError {
  override readonly name: string = 'HeadersTooLargeError'
}

/** The body ended before its announced length or final chunk. */
export class TruncatedError extends SessionError {
  override readonly name: string = 'TruncatedError'
  protected static override readonly phase = 'body'
}

/** The body does not match its headers: corrupt compression, or text that is not JSON. */
export class DecodeError extends SessionError {
  override readonly name: string = 'DecodeError'
  protected static override readonly phase = 'body'
}

/** The body exceeds the limit. */
export class ResponseTooLargeError extends SessionError {
  override readonly name: string = 'ResponseTooLargeError'
}

/**
 * A deadline expired; `phase` says which.
 *
 * @example
 * const user = await session.get('me', { timeout: 500 }).catch((error) => {
 *   if (error instanceof TimeoutError) return null
 *   throw error
 * })
 */
export class TimeoutError extends SessionError {
  override readonly name: string = 'TimeoutError'
}

/** A redirect that must not be followed. Nothing was sent to its target. */
export class InvalidRedirectError extends SessionError {
  override readonly name: string = 'InvalidRedirectError'
  protected static override readonly phase = 'redirect'
}

/** An auth flow failed. */
export class AuthError extends SessionError {
  override readonly name: string = 'AuthError'
  protected static override readonly phase = 'auth'
}

/** A hook returned a value of the wrong kind. Errors thrown by hooks are passed on unchanged. */
export class HookError extends SessionError {
  override readonly name: string = 'HookError'
  protected static override readonly phase = 'hook'
}
