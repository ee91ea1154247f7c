import { asError } from '../as-error.js'
import { alone } from './join-chunks.js'

/** Bytes that can be asked for one chunk at a time. */
export interface ChunkSource {
  /** The next bytes, which are the caller's alone, or `null` at the end. */
  next(): Promise<Uint8Array | null>
  cancel(reason: Error): void
}

/**
 * A web stream of a source's bytes, read only as fast as it is asked to.
 *
 * @param owner What must not be garbage-collected while the stream lives.
 */
export function webStream(source: ChunkSource, owner: object): ReadableStream<Uint8Array<ArrayBuffer>> {
  const stream: ReadableStream<Uint8Array<ArrayBuffer>> = new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      const chunk = await source.next()
      if (chunk === null) {
        controller.close()
        controller.byobRequest?.respond(0)
      } else {
        controller.enqueue(alone(chunk)) // the stream takes the whole buffer under a chunk away
      }
    },
    cancel(reason) {
      source.cancel(asError(reason))
    },
  })
  owners.set(stream, owner)
  return stream
}

/**
 * What must live as long as a stream does. A property that nobody reads would do, were it not that bundlers leave it out.
 */
const owners = new WeakMap<ReadableStream, object>()

/** Reads a web stream to its end. */
export async function readAll(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return chunks
    chunks.push(value)
  }
}
