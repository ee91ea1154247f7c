import { UNPROCESSED, connectionLost } from '../base/network-error.js'

/** Reset codes (RFC 9113 §7). Not Node's `constants`, because `node:http2` is loaded only when it is needed. */
export const CODES = {
  NO_ERROR: 0x0,
  PROTOCOL_ERROR: 0x1,
  INTERNAL_ERROR: 0x2,
  FLOW_CONTROL_ERROR: 0x3,
  STREAM_CLOSED: 0x5,
  FRAME_SIZE_ERROR: 0x6,
  REFUSED_STREAM: 0x7,
  CANCEL: 0x8,
  COMPRESSION_ERROR: 0x9,
  ENHANCE_YOUR_CALM: 0xb,
  INADEQUATE_SECURITY: 0xc,
  HTTP_1_1_REQUIRED: 0xd,
} as const

/**
 * How a stream failed without a response: not processed, possibly processed (because the connection was lost, or the
 * server has too much to do), or the server requires HTTP/1.1.
 */
export type FailureKind = 'refused' | 'lost' | 'overloaded' | 'http1'

const LOST = /^(?:ECONNRESET|EPIPE|ERR_HTTP2_SESSION_ERROR)$/
/** Our code for a frame that Node could not send. */
const UNSENDABLE = 'ERR_HTTP2_HEADER_UNSENDABLE'
/** Codes of Node and of pipelines for a stream that was reset for any reason. */
const ANY_RESET = /^(?:ERR_HTTP2_(?:STREAM|SESSION)_ERROR|ERR_STREAM_PREMATURE_CLOSE)$/
/** Reset codes for protocol errors (RFC 9113 §7). Any other is treated like a lost connection. */
const FAULTS: readonly number[] = [
  CODES.PROTOCOL_ERROR,
  CODES.FLOW_CONTROL_ERROR,
  CODES.STREAM_CLOSED,
  CODES.FRAME_SIZE_ERROR,
  CODES.COMPRESSION_ERROR,
  CODES.INADEQUATE_SECURITY,
]
/** Reset codes for a server that failed or is overloaded. */
const SERVER_ERRORS: readonly number[] = [CODES.INTERNAL_ERROR, CODES.ENHANCE_YOUR_CALM]

/** How a stream failed without a response; `null` for a failure after which the request is not sent again. */
export function kindOf(error: Error, resetCode: number | undefined): FailureKind | null {
  if (isUnsendable(error)) return null
  const code = codeOf(error)
  if (resetCode === CODES.HTTP_1_1_REQUIRED) return 'http1'
  if (resetCode === CODES.REFUSED_STREAM || UNPROCESSED.test(code)) return 'refused'
  if (resetCode === CODES.ENHANCE_YOUR_CALM) return 'overloaded'
  return LOST.test(code) ? 'lost' : null
}

/** How a stream failed that a GOAWAY with this code excludes (RFC 9113 §6.8). */
export function kindByGoAway(code: number): FailureKind | null {
  if (code === CODES.HTTP_1_1_REQUIRED) return 'http1'
  return FAULTS.includes(code) ? null : 'refused'
}

/** Whether a frame could not be sent, after which a request is never sent again. */
function isUnsendable(error: Error): boolean {
  return codeOf(error) === UNSENDABLE
}

/** Whether an error only means that the stream was reset, for a reason given by the code. */
export function isAnyReset(error: Error): boolean {
  return ANY_RESET.test(codeOf(error))
}

/** Whether the server reset a stream because it failed itself. */
export function isServerError(resetCode: number): boolean {
  return SERVER_ERRORS.includes(resetCode)
}

/** Replaces Node's generic error by one for the reset code. */
export function resetError(error: Error, resetCode: number): Error {
  if (!isAnyReset(error)) return error
  const what = `The server reset the stream with error code ${resetCode}`
  return FAULTS.includes(resetCode)
    ? withCode('ERR_HTTP2_STREAM_ERROR', what, error)
    : Object.assign(connectionLost(what), { cause: error })
}

/** The error for a request that the server did not process. */
export function unprocessed(kind: FailureKind, error: Error): Error {
  if (kind === 'http1') return withCode('ERR_HTTP2_HTTP_1_1_REQUIRED', 'The server requires HTTP/1.1', error)
  if (UNPROCESSED.test(codeOf(error))) return error
  return withCode('ERR_HTTP2_REFUSED_STREAM', 'The server refused the stream', error)
}

/** The error for a frame that Node could not send, probably because the headers are too large. */
export function unsendable(type: number): Error {
  return withCode(UNSENDABLE, `HTTP/2 cannot send a frame of type ${type}; are the headers too large?`)
}

function withCode(code: string, message: string, cause?: Error): Error {
  return Object.assign(new Error(message, { cause }), { code })
}

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}
