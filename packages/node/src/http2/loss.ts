import { constants } from 'node:http2'
import { UNPROCESSED, connectionLost } from '../base/network-error.js'

/** Why a stream ended without a response: it was not processed, it may have been, or the server requires HTTP/1.1. */
export type Loss = 'refused' | 'lost' | 'http1'

const LOST = /^(?:ECONNRESET|EPIPE|ERR_HTTP2_SESSION_ERROR)$/
/** Our code for a frame that Node could not send. */
const UNSENDABLE = 'ERR_HTTP2_HEADER_UNSENDABLE'
/** Codes of Node and of pipelines for a stream that was reset, whatever the reason. */
const ANY_RESET = /^(?:ERR_HTTP2_(?:STREAM|SESSION)_ERROR|ERR_STREAM_PREMATURE_CLOSE)$/
/** Reset codes for protocol errors (RFC 9113 §7). Any other is treated like a lost connection. */
const FAULTS: readonly number[] = [
  constants.NGHTTP2_PROTOCOL_ERROR,
  constants.NGHTTP2_FLOW_CONTROL_ERROR,
  constants.NGHTTP2_STREAM_CLOSED,
  constants.NGHTTP2_FRAME_SIZE_ERROR,
  constants.NGHTTP2_COMPRESSION_ERROR,
  constants.NGHTTP2_INADEQUATE_SECURITY,
]
/** Reset codes by which a server reports that it failed, or is overloaded. */
const SERVER_ERRORS: readonly number[] = [
  constants.NGHTTP2_INTERNAL_ERROR,
  constants.NGHTTP2_ENHANCE_YOUR_CALM,
]

/** The loss of a stream without a response; `null` for a failure after which the request is not sent again. */
export function lossOf(error: Error, resetCode: number | undefined): Loss | null {
  if (isUnsendable(error)) return null
  const code = codeOf(error)
  if (resetCode === constants.NGHTTP2_HTTP_1_1_REQUIRED) return 'http1'
  if (resetCode === constants.NGHTTP2_REFUSED_STREAM || UNPROCESSED.test(code)) return 'refused'
  return LOST.test(code) ? 'lost' : null
}

/** The loss of a stream that a GOAWAY with this code excludes (RFC 9113 §6.8). */
export function lossByGoAway(code: number): Loss | null {
  if (code === constants.NGHTTP2_HTTP_1_1_REQUIRED) return 'http1'
  return FAULTS.includes(code) ? null : 'refused'
}

/** Whether a frame could not be sent, after which a request is never sent again. */
export function isUnsendable(error: Error): boolean {
  return codeOf(error) === UNSENDABLE
}

/** Whether an error only means that the stream was reset, for a reason given by its code. */
export function isAnyReset(error: Error): boolean {
  return ANY_RESET.test(codeOf(error))
}

/** Whether the server reset a stream because of a failure of its own. */
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
export function unprocessed(loss: Loss, error: Error): Error {
  if (loss === 'http1') return withCode('ERR_HTTP2_HTTP_1_1_REQUIRED', 'The server requires HTTP/1.1', error)
  if (UNPROCESSED.test(codeOf(error))) return error
  return withCode('ERR_HTTP2_REFUSED_STREAM', 'The server refused the stream', error)
}

/** Node could not send a frame, presumably because the headers are too large. */
export function unsendable(type: number): Error {
  return withCode(UNSENDABLE, `HTTP/2 cannot send a frame of type ${type}; are the headers too large?`)
}

function withCode(code: string, message: string, cause?: Error): Error {
  return Object.assign(new Error(message, { cause }), { code })
}

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}
