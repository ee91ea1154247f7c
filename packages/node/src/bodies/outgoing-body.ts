import { Readable, Transform, type TransformOptions, pipeline } from 'node:stream'
import { InvalidRequestError, type PreparedRequest, type Send } from '@session-fetch/core'
import { type Call, ProgressMeter, encodeMultipart, isReplayable } from '@session-fetch/core/adapter'
import { shadowed } from '../base/shadowed.js'
import { MultipartStream } from './multipart.js'
import { StreamChunks } from './stream-chunks.js'

/** A body in a form that can be written to a socket. */
export type SendableBody =
  | string
  | Uint8Array
  | Blob
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>
  | null

/** A body to send, and the default `Content-Type` of its form. */
interface OutgoingBody {
  body: SendableBody
  contentType?: string
}

/** More bytes than a connection buffers: if this many are still queued, the request was not sent completely. */
export const LARGE = 65_536

/** Methods that omit `Content-Length: 0` when there is no body (RFC 9110 §8.6). */
const NO_BODY_EXPECTED = ['GET', 'HEAD', 'DELETE', 'OPTIONS']

/** Converts the body of a request to a form that connections, dispatchers and node-fetch can send. */
export function outgoingBody(request: Pick<PreparedRequest, 'body' | 'cancellation'>): OutgoingBody {
  const { body } = request
  if (body === null || typeof body === 'string' || body instanceof Blob) return { body }
  if (body instanceof FormData) return encodeMultipart(body)
  if (body instanceof URLSearchParams) return { body: body.toString() }
  if (body instanceof ArrayBuffer) return { body: new Uint8Array(body) }
  if (ArrayBuffer.isView(body)) return { body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) }
  if (!(body instanceof Readable)) return { body: new StreamChunks(body, request.cancellation) }
  // a pending read of a stream does not end at an abort; destroyed without an error, because its owner may not listen
  // for errors
  request.cancellation.onAbort(() => void body.destroy())
  return { body: body as AsyncIterable<Uint8Array | string> } // its chunks are checked when they are sent
}

/** Whether a body is text or bytes. */
export function isBytes(body: SendableBody): body is string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array
}

/** The length of a body in bytes: `null` if unknown, `undefined` if there is no body and the method expects none. */
export function contentLength(body: SendableBody, method: string): number | null | undefined {
  if (body === null) return NO_BODY_EXPECTED.includes(method.toUpperCase()) ? undefined : 0
  if (isBytes(body)) return Buffer.byteLength(body)
  return body instanceof Blob ? body.size : null
}

/**
 * @throws InvalidRequestError for a web stream with another reader, or a Node stream that has ended or was
 *   destroyed, which would be sent as an empty body. A stream that failed passes: the reader gets the error.
 */
export function assertReadable(request: PreparedRequest): void {
  const { body } = request as { body: unknown }
  if (body instanceof ReadableStream && body.locked)
    throw new InvalidRequestError('The body is a locked stream', { request })
  const sources: readonly unknown[] = body instanceof MultipartStream ? [body, ...body.sources] : [body]
  if (sources.some(isSpent))
    throw new InvalidRequestError('The body is a stream that was already read or destroyed', { request })
}

function isSpent(source: unknown): boolean {
  return source instanceof Readable && !source.errored && (source.readableEnded || source.destroyed)
}

/**
 * Chunks as a Node byte stream. A stream in object mode is not used directly: a chunk of a wrong type would be
 * thrown inside the consumer, where it cannot be caught.
 *
 * @param declared The `Content-Length`: the stream fails if it has more or fewer bytes. Default: any.
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
  pipeline(bytes, counter, () => {}) // the reader of the counter gets the error of the source
  return counter
}

/**
 * The error of a body whose length differs from its `Content-Length`. The connection cannot be reused, because the
 * server waits for more bytes or got too many.
 */
export function wrongLength(): InvalidRequestError {
  return new InvalidRequestError('The length of the body differs from its Content-Length')
}

/** Larger chunks are split into pieces of this size, so that there is progress to report. */
const PIECE = 65_536

/** Reports the sent bytes of a request body to `onUploadProgress`, from zero for each attempt. */
export function withUploadProgress(send: Send, { cancellation }: Call): Send {
  return (request) => {
    const listener = request.onUploadProgress
    if (listener === undefined || listener === null || request.body === null) return send(request)
    const meter = new ProgressMeter(listener, (reason) => cancellation.abort(reason))
    const { open, length, contentType } = sourceOf(request)
    const declared = request.headers.get('Content-Length')
    const total = length ?? (declared === null ? null : Number(declared))
    const watch = (): AsyncIterableIterator<Chunk> =>
      cancellable(open(), (body) => watched(body, total, meter))
    const body = isReplayable(request.body) ? { [Symbol.asyncIterator]: watch } : watch()
    const sent = request.copy({ body })
    sent.duplex = 'half'
    if (length !== null) sent.headers.set('Content-Length', String(length))
    if (contentType !== undefined && !sent.headers.has('Content-Type'))
      sent.headers.set('Content-Type', contentType)
    return send(sent).then((response) => response.describe({ request }))
  }
}

type Chunk = Uint8Array | string

type Chunks = Iterable<Chunk> | AsyncIterable<Chunk>

/**
 * Chunks derived from a body. Cancelling also cancels the body immediately; a generator with a pending read would do so
 * only after that read.
 */
function cancellable(
  body: Chunks,
  chunksOf: (body: Chunks) => AsyncGenerator<Chunk>,
): AsyncIterableIterator<Chunk> {
  const chunks = chunksOf(body)
  return {
    next: () => chunks.next(),
    return: () => {
      if (body instanceof StreamChunks) body.cancel()
      return chunks.return(undefined)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

async function* watched(body: Chunks, length: number | null, meter: ProgressMeter): AsyncGenerator<Chunk> {
  meter.begin(length)
  for await (const chunk of body) {
    for (const piece of pieces(chunk)) {
      yield piece
      // the connection requested the next piece, so it has written this one
      meter.add(Buffer.byteLength(piece))
    }
  }
  await meter.end()
}

interface Source {
  /** Opens the body from the start. */
  readonly open: () => Chunks
  /** In bytes; `null` if unknown. */
  readonly length: number | null
  readonly contentType: string | undefined
}

function sourceOf(request: PreparedRequest): Source {
  const { body, contentType } = outgoingBody(request)
  if (body instanceof Blob) return { open: () => body.stream(), length: body.size, contentType }
  if (typeof body === 'string' || body instanceof Uint8Array) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    return { open: () => [bytes], length: bytes.byteLength, contentType }
  }
  return { open: () => body ?? [], length: null, contentType }
}

function* pieces(chunk: Chunk): Generator<Chunk> {
  if (typeof chunk === 'string') yield chunk
  else
    for (let start = 0; start < chunk.byteLength; start += PIECE) yield chunk.subarray(start, start + PIECE)
}
