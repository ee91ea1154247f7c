import { AsyncLocalStorage } from 'node:async_hooks'
import { Readable } from 'node:stream'
import { type Stop, has, own } from '@session-fetch/core/adapter'
import { asError } from '../base/network-error.js'

type Chunk = Uint8Array | string
type Source = ReadableStream<Uint8Array> | AsyncIterable<Chunk>

/** A source that is being read. */
interface Reading {
  readonly next: () => Promise<IteratorResult<Chunk, unknown>>
  /** Cancels the source, also while a read is pending. */
  readonly cancel: (reason: unknown) => Promise<unknown> | undefined
}

/**
 * The chunks of a web stream, a generator or any other async iterable. The source runs in the async context of its
 * call, because many calls share a connection. It can be cancelled while a read is pending, and is cancelled only once.
 */
export class StreamChunks implements AsyncIterable<Chunk> {
  readonly #source: Source
  readonly #cancellation: Stop | undefined
  readonly #release: (() => void) | undefined
  readonly #inContext = AsyncLocalStorage.snapshot()
  #reading: Reading | undefined
  #over = false

  /** @param cancellation Its abort cancels the source. */
  constructor(source: Source, cancellation?: Stop) {
    this.#source = source
    this.#cancellation = cancellation
    this.#release = cancellation?.onAbort((reason) => this.cancel(reason))
  }

  /** Cancels the source. If the call was aborted, the source gets the reason of the abort. */
  cancel(reason?: unknown): void {
    if (this.#over) return
    const reading = this.#reading ?? unread(this.#source)
    const { aborted, reason: abortReason } = this.#cancellation ?? own<Partial<Stop>>({})
    this.#end()
    void this.#ignoringErrors(() => reading.cancel(aborted ? abortReason : reason))
  }

  /** After an abort, reads reject: an end would make a truncated body look complete. */
  [Symbol.asyncIterator](): AsyncIterator<Chunk, undefined> {
    const { aborted = false, reason } = this.#cancellation ?? own<Partial<Stop>>({})
    if (aborted) return { next: () => Promise.reject(asError(reason)) }
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

  /** Ignores errors of a source that is being cancelled; a web stream may also be locked by another reader. */
  async #ignoringErrors(work: () => Promise<unknown> | undefined): Promise<void> {
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

/** A source that was not read from. Iterables that create a new iterator each time have nothing to clean up. */
function unread(source: Source): Pick<Reading, 'cancel'> {
  if (isWebStream(source)) return { cancel: (reason) => source.cancel(reason) }
  const generator: AsyncIterable<Chunk> & { return?: AsyncIterator<Chunk>['return'] } = source
  return { cancel: () => generator.return?.() }
}

/**
 * Adds an error listener to a body that is a Node stream, because a stream that fails before its connection is open
 * would otherwise crash the process. The reader of the stream still gets the error.
 */
export function ignoreStreamErrors(body: unknown): void {
  if (body instanceof Readable && !body.listeners('error').includes(ignore)) body.on('error', ignore)
}

function ignore(): void {}
