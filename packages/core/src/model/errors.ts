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
 *     ├── DecodeError              the body does not match the headers
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
  /** The method, as sent. */
  readonly method: string
  /** The URL, without userinfo and query. */
  readonly url: string
}

/** The details of an error besides its message. */
export interface SessionErrorOptions {
  /** The failed request; only the method and the redacted URL are kept. */
  request?: { method: string; url: string } | undefined
  /** The response, if there was one. */
  response?: Response | undefined
  /** The error that led to this one. Default: none. */
  cause?: unknown
  /** When it occurred. Default: by the class. */
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
  /** When it occurred: `connect`, `headers`, `body` and others. */
  declare readonly phase: ErrorPhase
  /** Whether sending the same request again may succeed. */
  declare readonly retryable: boolean
  /** The request, without headers, body, query and userinfo. */
  declare readonly request?: RedactedRequest
  /** The `SessionResponse`, if there was one. */
  declare readonly response?: Response

  constructor(what: string = '', given?: SessionErrorOptions) {
    const options = own(given)
    const request = options.request && { method: options.request.method, url: redactUrl(options.request.url) }
    super(plainText(what + (request ? `: ${request.method} ${request.url}` : '')), options)
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

  /**
   * Safe to log: contains no headers, body or query.
   *
   * @example console.log(JSON.stringify(error)) // {"name":"TimeoutError","code":"ERR_TIMEOUT", …}
   */
  toJSON(): Record<string, unknown> {
    const { name, code, message, phase, retryable, request, response } = this
    return { name, code, message, phase, retryable, request, status: response?.status }
  }
}

/**
 * The request is invalid. The message says what to change; nothing was sent.
 *
 * @example
 * try {
 *   await new Session().get('users')
 * } catch (error) {
 *   if (!(error instanceof InvalidRequestError)) throw error
 *   console.log(error.message) // "users" is not a valid URL; it needs https:// or a baseUrl
 * }
 */
export class InvalidRequestError extends SessionError {
  override readonly name: string = 'InvalidRequestError'
}

/**
 * The platform does not support an option, which the message names.
 *
 * @example
 * // In a browser, which follows redirects itself.
 * await session.get('old', { redirect: 'manual' }).catch((error) => {
 *   if (!(error instanceof UnsupportedError)) throw error
 *   console.log(error.message) // names the option
 * })
 */
export class UnsupportedError extends SessionError {
  override readonly name: string = 'UnsupportedError'
}

/**
 * The session was closed before or during the call.
 *
 * @example
 * const pending = session.get('slow')
 * await session.close()
 * await pending.catch((error) => {
 *   if (!(error instanceof SessionClosedError)) throw error
 * })
 */
export class SessionClosedError extends SessionError {
  override readonly name: string = 'SessionClosedError'
  protected static override readonly phase = 'closed'
}

/**
 * No response: the connection was refused, reset or unreachable, or, in a browser, blocked by CORS.
 *
 * @example
 * try {
 *   await session.get('users')
 * } catch (error) {
 *   if (!(error instanceof ConnectionError)) throw error
 *   console.log(error.message, error.retryable, error.cause) // the cause is the error of the socket
 * }
 */
export class ConnectionError extends SessionError {
  override readonly name: string = 'ConnectionError'
  protected static override readonly phase: ErrorPhase = 'connect'
  protected static override readonly retryable: boolean = true
}

/**
 * The host name has no address.
 *
 * @example
 * await session.get('https://no-such-host.example/').catch((error) => {
 *   if (!(error instanceof DnsError)) throw error
 *   console.log(error.request?.url) // https://no-such-host.example/
 * })
 */
export class DnsError extends ConnectionError {
  override readonly name: string = 'DnsError'
}

/**
 * The certificate was rejected or the handshake failed. Never retried.
 *
 * @example
 * await session.get('https://self-signed.example/').catch((error) => {
 *   if (!(error instanceof TlsError)) throw error
 *   console.log(error.message) // says which check failed; a private authority goes in tls: { ca }
 * })
 */
export class TlsError extends ConnectionError {
  override readonly name: string = 'TlsError'

  constructor(what?: string, options?: SessionErrorOptions) {
    super(what, { ...options, retryable: false })
  }
}

/**
 * The proxy, not the origin, failed. The response is never returned as the origin's.
 *
 * @example
 * await session.get('users').catch((error) => {
 *   if (!(error instanceof ProxyError)) throw error
 *   console.log(error.status) // 407 where the proxy wants other credentials
 * })
 */
export class ProxyError extends ConnectionError {
  override readonly name: string = 'ProxyError'
  /** The HTTP status of the proxy's response, if any. */
  declare readonly status?: number

  constructor(what?: string, options?: SessionErrorOptions & { status?: number | undefined }) {
    super(what, options)
    const { status } = own(options)
    if (status !== undefined) this.status = status
  }
}

/**
 * The peer violates HTTP.
 *
 * @example
 * await session.get('users').catch((error) => {
 *   if (!(error instanceof ProtocolError)) throw error
 *   console.log(error.message, error.cause) // what in the response is not HTTP
 * })
 */
export class ProtocolError extends SessionError {
  override readonly name: string = 'ProtocolError'
}

/**
 * The response head exceeds the limit.
 *
 * @example
 * await session.get('users').catch((error) => {
 *   if (!(error instanceof HeadersTooLargeError)) throw error
 *   console.log(error.message) // names the limit, which `limits` of the session raises
 * })
 */
export class HeadersTooLargeError extends SessionError {
  override readonly name: string = 'HeadersTooLargeError'
}

/**
 * The body ended before the announced length or final chunk.
 *
 * @example
 * const report = await session.get('report').text().catch((error) => {
 *   if (error instanceof TruncatedError) return null // the part that arrived is not all of it
 *   throw error
 * })
 */
export class TruncatedError extends SessionError {
  override readonly name: string = 'TruncatedError'
  protected static override readonly phase = 'body'
}

/**
 * The body does not match the headers: corrupt compression, or text that is not JSON.
 *
 * @example
 * try {
 *   await session.get('me').json()
 * } catch (error) {
 *   if (!(error instanceof DecodeError)) throw error
 *   console.log(error.message, error.response?.headers.get('Content-Type'))
 * }
 */
export class DecodeError extends SessionError {
  override readonly name: string = 'DecodeError'
  protected static override readonly phase = 'body'
}

/**
 * The body exceeds the limit.
 *
 * @example
 * const page = await session.get('feed', { maxResponseSize: 1_000_000 }).text().catch((error) => {
 *   if (error instanceof ResponseTooLargeError) return null
 *   throw error
 * })
 */
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

/**
 * A redirect that must not be followed. Nothing was sent to the target.
 *
 * @example
 * await session.get('old').catch((error) => {
 *   if (!(error instanceof InvalidRedirectError)) throw error
 *   console.log(error.message, error.response?.headers.get('Location'))
 * })
 */
export class InvalidRedirectError extends SessionError {
  override readonly name: string = 'InvalidRedirectError'
  protected static override readonly phase = 'redirect'
}

/**
 * An auth flow failed.
 *
 * @example
 * await session.get('me').catch((error) => {
 *   if (!(error instanceof AuthError)) throw error
 *   console.log(error.message, error.cause) // why the credentials could not be sent or renewed
 * })
 */
export class AuthError extends SessionError {
  override readonly name: string = 'AuthError'
  protected static override readonly phase = 'auth'
}

/**
 * A hook returned a value of the wrong kind. Errors thrown by hooks are passed on unchanged.
 *
 * @example
 * await session.get('me').catch((error) => {
 *   if (!(error instanceof HookError)) throw error
 *   console.log(error.message) // A response hook may return a Response or nothing
 * })
 */
export class HookError extends SessionError {
  override readonly name: string = 'HookError'
  protected static override readonly phase = 'hook'
}
