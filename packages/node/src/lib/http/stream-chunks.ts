import type { Cancellation } from '@session-fetch/core'

/** Chunks whose source can be told that nobody wants more, even while it is waited for. */
export type CancellableChunks = AsyncGenerator<Uint8Array> & { cancel(reason?: unknown): void }

/** A web stream's chunks as they come. An abort cancels the stream. */
export function streamChunks(
  stream: ReadableStream<Uint8Array>,
  cancellation: Cancellation,
): CancellableChunks {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  const cancel = (reason?: unknown): void =>
    void reader?.cancel(cancellation.aborted ? cancellation.reason : reason).catch(() => {})
  async function* read(): AsyncGenerator<Uint8Array> {
    reader = stream.getReader()
    const release = cancellation.onAbort(cancel)
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
    } finally {
      release()
      cancel() // whoever took the chunks wants no more; nothing happens where there are none
    }
  }
  return Object.assign(read(), { cancel })
}
