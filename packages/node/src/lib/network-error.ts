import {
  ConnectionError,
  DnsError,
  HeadersTooLargeError,
  InvalidRequestError,
  ProtocolError,
  SessionError,
  type SessionErrorOptions,
  TlsError,
  TruncatedError,
} from '@session-fetch/core'

/** How far an exchange had come when it failed. */
export type Progress = 'connect' | 'headers' | 'body'

const SOCKET =
  /^(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EADDRNOTAVAIL|UND_ERR_SOCKET|UND_ERR_CONNECT_TIMEOUT|UND_ERR_CLOSED|UND_ERR_DESTROYED|ERR_STREAM_PREMATURE_CLOSE)$/
const TLS =
  /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|EPROTO|HOSTNAME_MISMATCH|INVALID_CA)/
const PROTOCOL = /^(?:HPE_|UND_ERR_RES_|UND_ERR_INFO|ERR_HTTP2_)/

/**
 * What Node and undici report, as ours. An error that is not the network's, such as the one a body's own
 * generator threw, passes as it is.
 */
export function networkError(
  cause: unknown,
  request: { method: string; url: string },
  progress: Progress,
): unknown {
  if (cause instanceof SessionError || !(cause instanceof Error)) return cause
  const { code = '' } = cause as NodeJS.ErrnoException
  const options: SessionErrorOptions = { request, cause, phase: progress }
  if (code === 'ENOTFOUND')
    return new DnsError('The host name has no address', { ...options, retryable: false })
  if (code === 'EAI_AGAIN') return new DnsError('The host name could not be looked up', options)
  if (TLS.test(code)) return new TlsError(`TLS failed (${code})`, { ...options, retryable: false })
  if (SOCKET.test(code)) return socketError(code, options)
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return new HeadersTooLargeError('The response headers are too large', options)
  if (PROTOCOL.test(code) || cause.name === 'HTTPParserError')
    return new ProtocolError(`The server broke the protocol (${code || 'not HTTP'})`, options)
  if (/^UND_ERR_(?:REQ_|INVALID_ARG|NOT_SUPPORTED)|^ERR_INVALID_/.test(code)) {
    return new InvalidRequestError(`The request cannot be sent: ${cause.message}`, options)
  }
  return cause
}

function socketError(code: string, options: SessionErrorOptions): SessionError {
  if (options.phase === 'body')
    return new TruncatedError(`The connection was lost in mid-body (${code})`, options)
  const what =
    options.phase === 'connect' ? 'No connection' : 'The connection was lost before a response came'
  return new ConnectionError(`${what} (${code})`, options)
}
