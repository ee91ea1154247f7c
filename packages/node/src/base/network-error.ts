import {
  type Body,
  ConnectionError,
  DnsError,
  HeadersTooLargeError,
  InvalidRequestError,
  ProtocolError,
  ProxyError,
  SessionClosedError,
  SessionError,
  type SessionErrorOptions,
  TlsError,
  TruncatedError,
} from '@session-fetch/core'
import { RETRY_DEFAULTS, isReplayable, timeoutError } from '@session-fetch/core/adapter'
import { hasNoAddress, isConnectionLoss, isTransient, stepOf } from './connect-step.js'

/** The phase in which an exchange failed. */
export type ExchangePhase = 'connect' | 'headers' | 'body'

/** The parts of a request that an error needs. */
interface FailedRequest {
  readonly method: string
  readonly url: string
  readonly body?: Body | null
  readonly settings?: { readonly retry: { readonly methods: readonly string[] } | null }
}

const SOCKET =
  /^(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EADDRNOTAVAIL|EINVAL|EMFILE|ENFILE|EACCES|EPERM|ENOTCONN|UND_ERR_SOCKET|UND_ERR_ABORTED|UND_ERR_CONNECT_TIMEOUT|UND_ERR_CLOSED|UND_ERR_DESTROYED|ERR_STREAM_PREMATURE_CLOSE)$/
const TLS =
  /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|EPROTO$|HOSTNAME_MISMATCH|INVALID_CA)/
const SYSTEM = /^(?:E(?!RR_)[A-Z\d]+|ERR_ACCESS_DENIED)$/
const PROTOCOL = /^(?:HPE_|UND_ERR_RES_|UND_ERR_INFO|ERR_HTTP2_|ERR_ASSERTION)/
const OVERFLOW = /^(?:UND_ERR_HEADERS_OVERFLOW|HPE_HEADER_OVERFLOW)$/
const UNSENDABLE =
  /^(?:UND_ERR_REQ_|UND_ERR_INVALID_ARG|UND_ERR_NOT_SUPPORTED|ERR_INVALID_|ERR_HTTP2_(?:CONNECT_|HEADER_|INVALID_(?:CONNECTION_HEADERS|HEADER_VALUE|PSEUDOHEADER)$))/
/** Codes of requests that never reached the server, or that it did not process (RFC 9113 §8.7). */
export const UNPROCESSED: RegExp =
  /^ERR_HTTP2_(?:GOAWAY_SESSION|INVALID_SESSION|OUT_OF_STREAMS|STREAM_CANCEL|REFUSED_STREAM|HTTP_1_1_REQUIRED)$/

/** Opening a connection exceeded its time limit. */
export class ConnectLimit extends Error {
  /** In milliseconds. */
  readonly limit: number

  constructor(limit: number) {
    super('The connection was not opened in time')
    this.limit = limit
  }
}

/**
 * Converts an error of Node, of our connections or of a dispatcher to a `SessionError`. Errors that do not come from
 * the network, such as one thrown by the generator of a body, are returned unchanged.
 */
export function networkError(cause: unknown, request: FailedRequest, phase: ExchangePhase): unknown {
  if (cause instanceof SessionError || !(cause instanceof Error)) return cause
  const thrown = thrownValue(cause)
  if (thrown !== cause) return thrown
  if (cause instanceof ConnectLimit) return timeoutError('connect', cause.limit, request)
  const { code = '', syscall } = cause as NodeJS.ErrnoException
  const step = stepOf(cause)
  if (step === 'caller') return cause
  const redacted = redactCause(cause)
  const options = { request, cause: redacted, phase, retryable: isRetryable(request) }
  const what = code || redacted.message
  if (step === 'lookup' || isLookup(cause)) return dnsError(cause, what, options)
  if (TLS.test(code) || (step === 'tls' && !isConnectionLoss(cause)))
    return new TlsError(`TLS failed (${what})`, once(options))
  if (step !== undefined) return socketError(cause, what, isTransient(cause) ? options : once(options))
  if (cause instanceof MalformedMessage) return malformed(cause, options)
  if (/^bad (?:response|upgrade)$/.test(cause.message)) return protocolError(cause.message, options)
  if (SOCKET.test(code) && (syscall !== 'open' || phase === 'connect'))
    return socketError(cause, code, options)
  if (OVERFLOW.test(code)) return headersTooLarge(options)
  if (UNPROCESSED.test(code)) return unprocessed(code, request, options)
  if (UNSENDABLE.test(code))
    return new InvalidRequestError(`The request cannot be sent: ${cause.message}`, unsent(options))
  if (PROTOCOL.test(code) || cause.name === 'HTTPParserError')
    return protocolError(code || 'not HTTP', options)
  if (!isOfSystem(cause, request, phase)) return cause
  return socketError(cause, what, code.startsWith('ERR_') ? once(options) : options)
}

/**
 * Whether the system refused or ended a connection at an unknown step. The error may also come from a stream that is
 * the body, such as that of a file.
 */
function isOfSystem(
  cause: NodeJS.ErrnoException,
  { body = null }: FailedRequest,
  phase: ExchangePhase,
): boolean {
  if (!SYSTEM.test(cause.code ?? '') || (body as { errored?: unknown } | null)?.errored === cause)
    return false
  return phase === 'connect' || isReplayable(body)
}

/** Whether the request may be sent again: it is idempotent, or its `retry.methods` allow it. */
function isRetryable({ method, body, settings }: FailedRequest): boolean {
  return (settings?.retry?.methods ?? RETRY_DEFAULTS.methods).includes(method) && isReplayable(body ?? null)
}

/** Recognizes resolver errors whose step was not recorded. */
function isLookup({ code = '', syscall = '' }: NodeJS.ErrnoException): boolean {
  return /^(?:ENOTFOUND|EAI_|ENODATA)/.test(code) || /^(?:getaddrinfo|query[A-Z])/.test(syscall)
}

function dnsError(cause: Error, what: string, options: SessionErrorOptions): DnsError {
  return hasNoAddress(cause)
    ? new DnsError('The host name has no address', once(options))
    : new DnsError(`The host name could not be resolved (${what})`, options)
}

function malformed({ code, message }: MalformedMessage, options: SessionErrorOptions): SessionError {
  return code === 'ERR_HTTP1_HEAD_SIZE' ? headersTooLarge(options) : protocolError(message, options)
}

function headersTooLarge(options: SessionErrorOptions): HeadersTooLargeError {
  return new HeadersTooLargeError('The response headers are too large', once(options))
}

function protocolError(what: string, options: SessionErrorOptions): ProtocolError {
  return new ProtocolError(`The server violated the protocol (${what})`, once(options))
}

function socketError(cause: Error, code: string, options: SessionErrorOptions): SessionError {
  if (options.phase === 'body')
    return new TruncatedError(`The connection was lost while the body was received (${code})`, options)
  if (options.phase === 'headers')
    return new ConnectionError(`The connection was lost before a response (${code})`, options)
  return new ConnectionError(`Connection failed (${code}${triedAt(cause)})`, options)
}

/** Safe to send again with any method. */
function unprocessed(code: string, { body }: FailedRequest, options: SessionErrorOptions): ConnectionError {
  const retryable = isReplayable(body ?? null)
  return new ConnectionError(`The server did not process the request (${code})`, { ...options, retryable })
}

/** The addresses that were tried; a host name with several fails with one error for each. */
function triedAt(cause: Error): string {
  const tried = cause instanceof AggregateError ? cause.errors : [cause]
  const addresses = (tried as { address?: string; port?: number }[]).flatMap(({ address, port }) =>
    address === undefined ? [] : address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
  )
  return addresses.length === 0 ? '' : ` at ${addresses.join(', ')}`
}

/** An error of the caller, found before anything was sent. */
function unsent(options: SessionErrorOptions): SessionErrorOptions {
  return { ...once(options), phase: 'prepare' }
}

/** Marks an error as not retryable. */
function once(options: SessionErrorOptions): SessionErrorOptions {
  return { ...options, retryable: false }
}

/**
 * Removes parts of a platform error that may contain secrets: parsers attach the bytes that they rejected, and
 * node-fetch quotes the whole URL.
 */
function redactCause(cause: Error): Error {
  if (cause.name === 'FetchError') return withoutUrl(cause)
  for (const quoted of ['data', 'rawPacket']) Reflect.deleteProperty(cause, quoted)
  return cause
}

/** The format is "request to <url> failed, reason: <reason>". */
function withoutUrl({ name, message, code }: NodeJS.ErrnoException): Error {
  const reason = /reason: (.*)$/s.exec(message)?.[1] ?? 'the request failed'
  return Object.assign(new Error(reason), { name, code })
}

/** A connection that ended early, in the form in which Node reports a reset. */
export function connectionLost(message: string = 'The connection was closed'): Error {
  return Object.assign(new Error(message), { code: 'ECONNRESET' })
}

/** Wraps a thrown value that is not an `Error`. */
class ThrownValue extends Error {}

/** An abort reason, or a value thrown by a caller's code, as the `Error` that sockets and streams require. */
export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new ThrownValue('Aborted', { cause: reason })
}

/** The value that `asError` wrapped; any other error unchanged. */
function thrownValue(error: unknown): unknown {
  return error instanceof ThrownValue ? error.cause : error
}

/** The server sent invalid HTTP/1.1. The message names the invalid part without quoting it. */
export class MalformedMessage extends Error {
  readonly code: 'ERR_HTTP1_SYNTAX' | 'ERR_HTTP1_HEAD_SIZE'

  constructor(what: string, code: MalformedMessage['code'] = 'ERR_HTTP1_SYNTAX') {
    super(what)
    this.code = code
  }
}

/** Adds the request to an error from a connection or its pool, which do not know it. */
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
