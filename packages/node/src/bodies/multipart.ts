import { Readable } from 'node:stream'
import { InvalidRequestError, type MultipartSource } from '@session-fetch/core'
import { type EncodedBody, isWhole, multipartPieces, own } from '@session-fetch/core/adapter'
import { shadowed } from '../base/shadowed.js'
import { StreamChunks, ignoreStreamErrors } from './stream-chunks.js'

/**
 * A multipart body: a `Blob` if no content is a stream; otherwise a stream, which reads the contents one after
 * another with back-pressure and can be sent only once.
 */
export function multipartBody(source: MultipartSource): EncodedBody {
  const { pieces, contentType } = multipartPieces(source)
  const body = pieces.every(isWhole)
    ? new Blob(pieces, own({ type: contentType }))
    : new MultipartStream(pieces)
  return { body, contentType }
}

type Piece = ReturnType<typeof multipartPieces>['pieces'][number]
type Chunk = Uint8Array | string

/** The pieces as one byte stream. Destroying it also destroys the contents that were not read. */
export class MultipartStream extends Readable {
  /** The contents that are streams. */
  readonly sources: readonly AsyncIterable<Chunk>[]
  readonly #chunks: AsyncGenerator<Chunk, void>

  constructor(pieces: readonly Piece[]) {
    super(shadowed({}))
    const contents = pieces.map(contentOf)
    this.sources = contents.filter((content) => Symbol.asyncIterator in content)
    this.#chunks = chunksOf(contents)
    for (const source of this.sources) ignoreStreamErrors(source)
  }

  override _read(): void {
    this.#chunks.next().then(
      ({ done, value }) => this.push(done ? null : value),
      (error: Error) => this.destroy(error),
    )
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    for (const source of this.sources) {
      if (source instanceof Readable) source.destroy()
      else if (source instanceof StreamChunks) source.cancel(error ?? undefined)
    }
    endQuietly(this.#chunks)
    done(error)
  }
}

/** Lets a generator clean up. Errors are ignored, because nothing reads from it any more. */
function endQuietly(chunks: AsyncGenerator<unknown, void>): void {
  chunks.return().catch(() => {})
}

function contentOf(piece: Piece): Iterable<Chunk> | AsyncIterable<Chunk> | Blob {
  if (typeof piece === 'string') return [piece]
  if (piece instanceof ArrayBuffer) return [new Uint8Array(piece)]
  if (ArrayBuffer.isView(piece)) return [new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength)]
  if (piece instanceof Blob || piece instanceof Readable) return piece
  return new StreamChunks(piece instanceof ReadableStream ? unlocked(piece) : piece)
}

/** @throws InvalidRequestError for a stream with another reader */
function unlocked(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  if (stream.locked) throw new InvalidRequestError('multipart: a content is a locked stream')
  return stream
}

async function* chunksOf(contents: Iterable<ReturnType<typeof contentOf>>): AsyncGenerator<Chunk, void> {
  for (const content of contents) {
    for await (const chunk of content instanceof Blob ? new StreamChunks(content.stream()) : content) {
      if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array))
        throw new InvalidRequestError('A body must consist of bytes and text')
      if (chunk.length > 0) yield chunk // a Readable rejects empty chunks
    }
  }
}
