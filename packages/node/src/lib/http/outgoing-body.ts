import { type Body, type PreparedRequest, encodeMultipart } from '@session-fetch/core'
import { streamChunks } from './stream-chunks.js'

/** A body in a form that sockets take, and the `Content-Type` that form has of itself. */
export interface OutgoingBody {
  body: string | Uint8Array | Blob | AsyncIterable<Uint8Array | string> | null
  contentType?: string
}

/** Turns the body of a request into one that undici and node-fetch can both send. */
export function outgoingBody(request: Pick<PreparedRequest, 'body' | 'cancellation'>): OutgoingBody {
  const { body } = request
  if (body === null || typeof body === 'string' || body instanceof Blob) return { body }
  if (body instanceof FormData) return encodeMultipart(body)
  if (body instanceof URLSearchParams) return { body: body.toString() }
  if (body instanceof ArrayBuffer) return { body: new Uint8Array(body) }
  if (ArrayBuffer.isView(body)) return { body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) }
  if (isStream(body)) return { body: streamChunks(body, request.cancellation) }
  return { body: body as AsyncIterable<Uint8Array | string> } // what is left is an iterable
}

function isStream(body: Body): body is ReadableStream<Uint8Array> {
  return typeof body === 'object' && 'getReader' in body
}
