import { Readable } from 'node:stream'
import { type Stop, own } from '@session-fetch/core/adapter'
import { atTurnEnd } from '../base/io.js'
import { asError } from '../base/network-error.js'
import { withOwnBuffer } from './body-buffer.js'
import type { IncomingBody } from './incoming-body.js'

/** Bytes that are read one chunk at a time. */
export interface ChunkSource {
  /** The next chunk, owned by the caller, or `null` at the end. */
  next(): Promise<Uint8Array | null>
  cancel(reason: Error): void
}

/** The events that fail a stream, and the callback at the end. */
interface StreamEvents {
  /** Its abort fails the stream at once. */
  readonly cancellation: Stop
  /** The body that provides the bytes. Its failure fails the stream even if no read is pending. */
  readonly incoming: IncomingBody
  /** Called at the end of the stream. The closure also keeps objects alive that must live as long as the stream. */
  readonly onEnd: () => void
}

/** A web stream over a source, with back-pressure. */
export function webStream(
  source: ChunkSource,
  { cancellation, incoming, onEnd }: StreamEvents,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const state = { pulled: false }
  let release: (() => void) | undefined
  const end = (): void => {
    release?.()
    onEnd()
  }
  const bytes = own<UnderlyingByteSource>({
    type: 'bytes',
    start(controller) {
      release = failWith(controller, source, { cancellation, incoming, state })
    },
    async pull(controller) {
      state.pulled = true
      const chunk = await source.next().catch((error: unknown) => (end(), Promise.reject(error)))
      if (chunk === null) {
        end()
        controller.close()
        controller.byobRequest?.respond(0)
      } else {
        controller.enqueue(withOwnBuffer(chunk)) // the stream transfers the whole buffer under a chunk
      }
    },
    cancel(reason) {
      state.pulled = true
      end()
      source.cancel(asError(reason))
    },
  })
  const stream = new ReadableStream(bytes, own({}))
  states.set(stream, state)
  return stream
}

/** The state of the streams that were created here. */
const states = new WeakMap<ReadableStream, FailureEvents['state']>()

/** Whether a stream was read from or cancelled. Deno's `isDisturbed` only knows its own streams. */
export function isUsed(stream: ReadableStream): boolean {
  // accepts web streams, too, although the types do not
  return states.get(stream)?.pulled === true || Readable.isDisturbed(stream as unknown as Readable)
}

interface FailureEvents extends Omit<StreamEvents, 'onEnd'> {
  /** Whether a read was requested, or the stream was cancelled. */
  readonly state: { readonly pulled: boolean }
}

/**
 * Fails a stream with its call or its body; after a failure of the body, buffered bytes can still be read. Neither
 * keeps the stream alive: an unreachable stream can be collected while its connection, or a signal shared by many
 * calls, lives on.
 *
 * @returns a function that removes the listeners
 */
function failWith(
  controller: ReadableByteStreamController,
  source: ChunkSource,
  { cancellation, incoming, state }: FailureEvents,
): () => void {
  const weak = { controller: new WeakRef(controller), source: new WeakRef(source) }
  const fail = (error: unknown): void => {
    weak.controller.deref()?.error(error)
    weak.source.deref()?.cancel(asError(error))
  }
  const failAfterRead = (error: unknown): void => {
    if (incoming.size === 0) return fail(error)
    // if only `closed` of the stream is awaited, no pull reports the error; a reader would pull within this turn
    atTurnEnd(() => {
      if (!state.pulled) fail(error)
    })
  }
  if (incoming.failed) failAfterRead(incoming.failure)
  else incoming.onFailure = failAfterRead
  return cancellation.onAbort(fail)
}

/** Reads a web stream to the end. */
export async function readAll(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return chunks
    chunks.push(value)
  }
}
