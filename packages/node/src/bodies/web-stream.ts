import { Readable } from 'node:stream'
import { type Cancellation, own } from '@session-fetch/core/adapter'
import { atTurnEnd } from '../base/io.js'
import { asError } from '../base/network-error.js'
import { withOwnBuffer } from './body-buffer.js'
import type { IncomingBody } from './incoming-body.js'

/** Bytes that can be asked for one chunk at a time. */
export interface ChunkSource {
  /** The next bytes, which are the caller's alone, or `null` at the end. */
  next(): Promise<Uint8Array | null>
  cancel(reason: Error): void
}

/** What a stream must hear of, and whom it tells. */
interface StreamEvents {
  /** What stops the call: its readers get no more bytes. */
  readonly cancellation: Cancellation
  /** The body that the bytes come from. Its failure is the stream's, whether anyone asks for bytes or not. */
  readonly incoming: IncomingBody
  /** Called when the stream is over. Keeps alive what must live as long as the stream does. */
  readonly onEnd: () => void
}

/** A web stream of a source's bytes, read only as fast as it is asked to. */
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
        controller.enqueue(withOwnBuffer(chunk)) // the stream takes the whole buffer under a chunk away
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

/** What became of the streams that were made here. */
const states = new WeakMap<ReadableStream, FailureEvents['state']>()

/** Whether anyone has read a stream, or cancelled it. Deno's `isDisturbed` knows that of its own streams alone. */
export function isUsed(stream: ReadableStream): boolean {
  // It takes web streams too; its types do not say so.
  return states.get(stream)?.pulled === true || Readable.isDisturbed(stream as unknown as Readable)
}

interface FailureEvents extends Omit<StreamEvents, 'onEnd'> {
  /** Whether anyone has asked for bytes, or wants none. */
  readonly state: { readonly pulled: boolean }
}

/**
 * Lets a stream fail with its call and its body, of which whoever reads it gets what came before it broke. Neither keeps
 * the stream alive: what nobody can read any more is to be collected, though its connection, or a signal that serves
 * many calls, lives on.
 *
 * @returns what lets go of them
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
  const broke = (error: unknown): void => {
    if (incoming.size === 0) return fail(error)
    // A stream that only its `closed` is asked of would never tell; who reads asks in this turn.
    atTurnEnd(() => {
      if (!state.pulled) fail(error)
    })
  }
  if (incoming.failed) broke(incoming.failure)
  else incoming.onFailure = broke
  return cancellation.onAbort(fail)
}

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
