import { own } from './own.js'
import type { Body } from './body.js'
import type { Cancellation } from './cancellation.js'
import { InvalidRequestError } from './errors.js'

/** Bodies of a `Request` up to this size are read, so that they can be sent again; larger ones are one-shot. */
const REPLAYABLE = 1_048_576

/**
 * The body of a `Request` as one that can be sent again where it is small, and as a stream where it is not.
 *
 * @throws InvalidRequestError where someone began to read it: what is left is not what was to be sent
 */
export async function replayableBody(
  { body, bodyUsed }: Request,
  cancellation: Cancellation,
): Promise<Body | null> {
  if (body === null) return null
  if (bodyUsed) throw new InvalidRequestError('The body of this Request was read already')
  const reader = body.getReader()
  cancellation.onAbort((reason) => void reader.cancel(reason).catch(() => {}))
  const chunks: Uint8Array<ArrayBuffer>[] = []
  for (let size = 0; size <= REPLAYABLE; ) {
    const { done, value } = await reader.read()
    if (done) return new Uint8Array(await new Blob(chunks, own({})).arrayBuffer())
    chunks.push(value)
    size += value.byteLength
  }
  return resumed(chunks, reader)
}

type Bytes = Uint8Array<ArrayBuffer>

/** A stream of the chunks that were read, and then of those that were not. */
function resumed(chunks: Bytes[], reader: ReadableStreamDefaultReader<Bytes>): ReadableStream<Bytes> {
  const source = own<UnderlyingDefaultSource<Bytes>>({
    async pull(controller) {
      const chunk = chunks.shift() ?? (await reader.read()).value
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return new ReadableStream(source, own({}))
}
