import { InvalidRequestError, type PreparedRequest } from '@session-fetch/core'
import { type Stop, has, isStream, own, unshared } from '@session-fetch/core/adapter'

type Chunk = Uint8Array | string
type Source = ReadableStream<Uint8Array> | AsyncIterable<Chunk>

/** A source that is being read. */
interface Reading {
  next(): Promise<IteratorResult<Chunk, unknown>>
  cancel(reason: unknown): Promise<unknown> | undefined
}

/** @throws InvalidRequestError for a stream that has another reader */
export function assertReadable(request: PreparedRequest): void {
  if (request.body instanceof ReadableStream && request.body.locked)
    throw new InvalidRequestError('The body is a locked stream', { request })
}

/** A body as a fetch takes it, and the error of the source of a stream, if it failed. */
export class OutgoingBody {
  readonly init: BodyInit | null
  /** The error that the source of the stream failed with, if it did. */
  failure: { readonly error: unknown } | undefined
  #reading: Reading | undefined

  constructor({ body, cancellation }: Pick<PreparedRequest, 'body' | 'cancellation'>) {
    // not every engine takes an async iterable, and none distinguishes an error of the source from one of the network
    this.init = isStream(body) ? this.#stream(body, cancellation) : body
  }

  /** Cancels the source of a stream whose request has failed. */
  drop(reason: unknown): void {
    const reading = this.#reading
    this.#reading = undefined
    // a source may fail while it is cancelled
    if (reading) void (async () => reading.cancel(reason))().catch(() => {})
  }

  #stream(source: Source, cancellation: Stop): ReadableStream<Uint8Array> {
    const reading = readingOf(source)
    this.#reading = reading
    const release = cancellation.onAbort((reason) => this.drop(reason))
    const end = (): void => {
      this.#reading = undefined
      release()
    }
    const underlying = own<UnderlyingDefaultSource<Uint8Array>>({
      pull: async (controller) => {
        try {
          const { done, value } = await reading.next()
          if (!done) return controller.enqueue(bytesOf(value))
          end()
          controller.close()
        } catch (error) {
          this.failure ??= { error }
          end()
          throw error
        }
      },
      cancel: (reason) => {
        release()
        this.drop(reason)
      },
    })
    return new ReadableStream(underlying, own({ highWaterMark: 0 }))
  }
}

function readingOf(source: Source): Reading {
  if (has(source, 'getReader')) {
    const reader = (source as ReadableStream<Uint8Array>).getReader()
    return { next: () => reader.read(), cancel: (reason) => reader.cancel(reason) }
  }
  const iterator = (source as AsyncIterable<Chunk>)[Symbol.asyncIterator]()
  return { next: async () => iterator.next(), cancel: async () => iterator.return?.() }
}

/** @throws InvalidRequestError for a chunk that is neither text nor bytes */
function bytesOf(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return unshared(chunk)
  if (typeof chunk === 'string') return new TextEncoder().encode(chunk)
  throw new InvalidRequestError('A stream that is a body must yield bytes or text')
}
