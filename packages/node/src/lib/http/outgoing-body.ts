import { Readable } from 'node:stream'
import { type PreparedRequest, encodeMultipart } from '@session-fetch/core'
import { StreamChunks } from './stream-chunks.js'

/** A body in a form that sockets take. */
export type SendableBody =
  | string
  | Uint8Array
  | Blob
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>
  | null

/** A body to send, and the `Content-Type` that its form has of itself. */
export interface OutgoingBody {
  body: SendableBody
  contentType?: string
}

/** So many bytes are more than a connection takes at once: while they are still to be sent, a request is not. */
export const LARGE = 65_536

/** Methods of which nobody expects a body; any other says that it has none (RFC 9110 §8.6). */
const EXPECT_NONE = ['GET', 'HEAD', 'DELETE', 'OPTIONS']

/** Turns the body of a request into one that a connection, a dispatcher and node-fetch can all send. */
export function outgoingBody(request: Pick<PreparedRequest, 'body' | 'cancellation'>): OutgoingBody {
  const { body } = request
  if (body === null || typeof body === 'string' || body instanceof Blob) return { body }
  if (body instanceof FormData) return encodeMultipart(body)
  if (body instanceof URLSearchParams) return { body: body.toString() }
  if (body instanceof ArrayBuffer) return { body: new Uint8Array(body) }
  if (ArrayBuffer.isView(body)) return { body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) }
  if (!(body instanceof Readable)) return { body: new StreamChunks(body, request.cancellation) }
  // One that is waited for ends nothing by itself. Without a reason, for its owner may listen to none.
  request.cancellation.onAbort(() => void body.destroy())
  return { body: body as AsyncIterable<Uint8Array | string> } // what a Readable gives is looked at when it is sent
}

/** Text or bytes, which are there at once. */
export function isBytes(body: SendableBody): body is string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array
}

/**
 * The bytes of a body: `null` where only their end tells, `undefined` where there is no body and none is
 * expected.
 */
export function contentLength(body: SendableBody, method: string): number | null | undefined {
  if (body === null) return EXPECT_NONE.includes(method.toUpperCase()) ? undefined : 0
  if (isBytes(body)) return Buffer.byteLength(body)
  return body instanceof Blob ? body.size : null
}
