import { Readable, Transform, type TransformOptions, pipeline } from 'node:stream'
import { InvalidRequestError, type PreparedRequest } from '@session-fetch/core'
import { encodeMultipart } from '@session-fetch/core/adapter'
import { shadowed } from '../base/shadowed.js'
import { MultipartStream } from './multipart.js'
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
interface OutgoingBody {
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

/**
 * @throws InvalidRequestError for a body that is a stream which someone else reads, or a Node stream which has nothing
 *   to give any more: it would be sent as an empty one. What such a stream failed with is for who reads it to say.
 */
export function assertReadable(request: PreparedRequest): void {
  const { body } = request as { body: unknown }
  if (body instanceof ReadableStream && body.locked)
    throw new InvalidRequestError('The body is a stream that is locked', { request })
  const sources: readonly unknown[] = body instanceof MultipartStream ? [body, ...body.sources] : [body]
  if (sources.some(isSpent))
    throw new InvalidRequestError('The body is a stream that was read or destroyed before', { request })
}

function isSpent(source: unknown): boolean {
  return source instanceof Readable && !source.errored && (source.readableEnded || source.destroyed)
}

/**
 * Chunks as a Node stream of bytes. One of objects is not piped as it is: what is neither bytes nor text among them is
 * thrown by who takes it, where nobody can catch it.
 *
 * @param declared The bytes that `Content-Length` says; the stream fails where there are more or fewer. Default: any.
 */
export function readableOf(chunks: object, declared?: number): Readable {
  const bytes =
    chunks instanceof Readable && !chunks.readableObjectMode
      ? chunks
      : Readable.from(chunks as AsyncIterable<unknown>, shadowed({ objectMode: false, highWaterMark: 1 }))
  return declared === undefined ? bytes : counted(bytes, declared)
}

function counted(bytes: Readable, length: number): Readable {
  let left = length
  const options = shadowed<TransformOptions>({
    transform(chunk: Uint8Array, _encoding, done) {
      left -= chunk.byteLength
      done(left < 0 ? wrongLength() : null, chunk)
    },
    flush: (done) => done(left > 0 ? wrongLength() : null),
  })
  const counter = new Transform(options)
  pipeline(bytes, counter, () => {}) // whoever reads the counter hears what the source failed with
  return counter
}

/** A body that is not as long as was declared: the connection is lost, for the server waits for the rest, or has too much. */
export function wrongLength(): InvalidRequestError {
  return new InvalidRequestError('The body is not as long as its Content-Length says')
}
