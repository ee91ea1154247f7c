import { has } from './own.js'
import { InvalidRequestError } from './errors.js'

/** What a request may carry: any fetch body, or, where the transport takes them, chunks as they come. */
export type Body = BodyInit | AsyncIterable<Uint8Array | string>

/**
 * Whether a body can be sent a second time. Text, bytes, blobs and forms can; streams, generators and
 * Node's readables cannot: they are one-shot.
 */
export function isReplayable(body: Body | null): boolean {
  if (body === null || typeof body !== 'object') return true
  if (has(body, 'getReader') || has(body, 'pipe')) return false
  if (!(Symbol.asyncIterator in body)) return true
  // An iterable that is its own iterator is a generator: it runs once.
  return (body[Symbol.asyncIterator]() as unknown) !== body
}

/** Lets go of a body of a call that failed, where it can be sent only once: nobody else will read it to its end. */
export function dropBody(body: Body | null, reason: unknown): void {
  if (body === null || isReplayable(body)) return
  const { cancel, destroy, return: end } = body as Droppable
  if (cancel)
    void cancel.call(body, reason).catch(() => {}) // it may have a reader, who lets go of it
  else if (destroy) destroy.call(body)
  else void end?.call(body).catch(() => {})
}

/** A web stream, a Node stream or a generator. */
interface Droppable {
  cancel?: (reason: unknown) => Promise<unknown>
  destroy?: () => unknown
  return?: () => Promise<unknown>
}

/** Whether a value can only be read as it comes: a web stream, a Node stream or any other async iterable. */
export function isStream(
  value: unknown,
): value is ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string> {
  return (
    typeof value === 'object' && value !== null && (has(value, 'getReader') || Symbol.asyncIterator in value)
  )
}

/** Whether a value is text, bytes or a blob: what is sent is there at once, or can be read again. */
export function isWhole(value: unknown): value is string | Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer> {
  return (
    typeof value === 'string' ||
    value instanceof Blob ||
    value instanceof ArrayBuffer ||
    ArrayBuffer.isView(value)
  )
}

/** @throws InvalidRequestError for a value that no request can carry */
export function checkBody(body: unknown): void {
  if (isWhole(body) || isStream(body) || body instanceof FormData || body instanceof URLSearchParams) return
  throw new InvalidRequestError('body must be text, bytes, a Blob, a form or a stream; json takes values')
}
