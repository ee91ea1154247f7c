import { type Body, encodeMultipart } from '@session-fetch/core'

/** A body in a form that sockets take, and the `Content-Type` that form has of itself. */
export interface OutgoingBody {
  body: string | Uint8Array | Blob | AsyncIterable<Uint8Array | string> | null
  contentType?: string
}

/** Turns any body into one that undici and node-fetch can both send. */
export function outgoingBody(body: Body | null): OutgoingBody {
  if (body === null || typeof body === 'string' || body instanceof Blob) return { body }
  if (body instanceof FormData) return encodeMultipart(body)
  if (body instanceof URLSearchParams) return { body: body.toString() }
  if (body instanceof ArrayBuffer) return { body: new Uint8Array(body) }
  if (ArrayBuffer.isView(body)) return { body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) }
  return { body: body as AsyncIterable<Uint8Array | string> } // what is left is a stream or an iterable
}
