import { AsyncLocalStorage } from 'node:async_hooks'
import { Readable } from 'node:stream'
import { type Cancellation, has, own } from '@session-fetch/core/adapter'
import { asError } from '../base/network-error.js'

type Chunk = Uint8Array | string
type Source = ReadableStream<Uint8Array> | AsyncIterable<Chunk>

/** A source that is being read. */
interface Reading {
  readonly next: () => Promise<IteratorResult<Chunk, unknown>>
  /** Tells the source that nothing more is wanted, also while it is waited for. */
  readonly cancel: (reason: unknown) => Promise<unknown> | undefined
}

/**
 * The chunks of a web stream, a generator or any other iterable as they come, one at a time. Whoever takes them, the
 * source runs in the async context of its own call: a connection is shared by the calls of many. It can be told that
 * nothing more is wanted even while it is waited for, and is told so once.
 */
export class StreamChunks implements AsyncIterable<Chunk> {
  readonly #source: Source
  readonly #cancellation: Cancellation | undefined
  readonly #release: (() => void) | undefined
  readonly #inContext = AsyncLocalStorage.snapshot()
  #reading: Reading | undefined
  #over = false

  /** @param cancellation Its abort cancels the source. */
  constructor(source: Source, cancellation?: Cancellation) {
    this.#source = source
    this.#cancellation = cancellation
    this.#release = cancellation?.onAbort((reason) => this.cancel(reason))
  }

  /** Nobody wants more. The reason of an abort is what the source is told, whatever else ended with it. */
  cancel(reason?: unknown): void {
    if (this.#over) return
    const reading = this.#reading ?? unread(this.#source)
    const { aborted, reason: asked } = this.#cancellation ?? own<Partial<Cancellation>>({})
    this.#end()
    void this.#quietly(() => reading.cancel(aborted ? asked : reason))
  }

  [Symbol.asyncIterator](): AsyncIterator<Chunk, undefined> {
    this.#over = false
    this.#reading = this.#inContext(() => readingOf(this.#source))
    const reading = this.#reading
    return {
      next: () => this.#next(reading),
      return: async () => {
        this.cancel()
        return { done: true, value: undefined }
      },
    }
  }

  async #next(reading: Reading): Promise<IteratorResult<Chunk, undefined>> {
    try {
      const step = await this.#inContext(() => reading.next())
      if (!step.done) return step
      this.#end()
      return { done: true, value: undefined }
    } catch (error) {
      this.#end()
      throw asError(error)
    }
  }

  #end(): void {
    this.#over = true
    this.#release?.()
  }

  /** What a source throws at its end is too late to be told; and a web stream may be another's to read. */
  async #quietly(work: () => Promise<unknown> | undefined): Promise<void> {
    try {
      await this.#inContext(work)
    } catch {}
  }
}

function isWebStream(source: Source): source is ReadableStream<Uint8Array> {
  return has(source, 'getReader')
}

function readingOf(source: Source): Reading {
  if (isWebStream(source)) {
    const reader = source.getReader()
    return { next: () => reader.read(), cancel: (reason) => reader.cancel(reason) }
  }
  const iterator = source[Symbol.asyncIterator]()
  return { next: async () => iterator.next(), cancel: () => iterator.return?.() }
}

/** A source that was not begun. One that gives a new iterator each time has nothing to clean up. */
function unread(source: Source): Pick<Reading, 'cancel'> {
  if (isWebStream(source)) return { cancel: (reason) => source.cancel(reason) }
  const generator: AsyncIterable<Chunk> & { return?: AsyncIterator<Chunk>['return'] } = source
  return { cancel: () => generator.return?.() }
}

/**
 * Listens for the failure of a body that is a Node stream: of one that fails before its connection is there, the
 * process would die. Who reads it then gets the error all the same.
 */
export function ignoreStreamErrors(body: unknown): void {
  if (body instanceof Readable && !body.listeners('error').includes(ignore)) body.on('error', ignore)
}

function ignore(): void {}
