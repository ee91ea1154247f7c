import type { PreparedRequest, Send } from '@session-fetch/core'
import { type Call, ProgressMeter, isReplayable } from '@session-fetch/core/adapter'
import { outgoingBody } from './outgoing-body.js'
import { StreamChunks } from './stream-chunks.js'

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
 * Chunks derived from a body. Cancelling also cancels the body at once, since a generator with a pending read would
 * notice only later.
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
      // The next piece was requested, so this one was taken by the connection.
      meter.add(Buffer.byteLength(piece))
    }
  }
  await meter.end()
}

interface Source {
  /** Opens the body from its start. */
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
