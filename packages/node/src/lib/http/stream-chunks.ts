import type { Cancellation } from '@session-fetch/core'

/** A web stream's chunks as they come. Its source can be told that nobody wants more, even while it is waited for. */
export class StreamChunks implements AsyncIterable<Uint8Array> {
  readonly #stream: ReadableStream<Uint8Array>
  readonly #cancellation: Cancellation | undefined
  readonly #release: (() => void) | undefined
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined

  /** @param cancellation Its abort cancels the stream. */
  constructor(stream: ReadableStream<Uint8Array>, cancellation?: Cancellation) {
    this.#stream = stream
    this.#cancellation = cancellation
    this.#release = cancellation?.onAbort((reason) => this.cancel(reason))
  }

  /** Nobody wants more. The reason of an abort is what the source is told, whatever else ended with it. */
  cancel(reason?: unknown): void {
    const { aborted, reason: asked } = this.#cancellation ?? {}
    const source = this.#reader ?? this.#stream
    void source.cancel(aborted ? asked : reason).catch(() => {}) // it may be another's to read
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const reader = this.#stream.getReader()
    this.#reader = reader
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
    } finally {
      this.#release?.()
      this.cancel() // whoever took the chunks wants no more; nothing happens where there are none
    }
  }
}
