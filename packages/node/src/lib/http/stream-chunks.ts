import type { Cancellation } from '@session-fetch/core'

/** A web stream's chunks as they come. An abort cancels the stream, even while it waits for its own source. */
export async function* streamChunks(
  stream: ReadableStream<Uint8Array>,
  cancellation: Cancellation,
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  const cancel = (reason: unknown): void => void reader.cancel(reason).catch(() => {})
  const release = cancellation.onAbort(cancel)
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    release()
    cancel(cancellation.reason) // whoever took the chunks wants no more; nothing happens where there are none
  }
}
