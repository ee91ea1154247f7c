/** What a request may carry: any fetch body, or, where the transport takes them, chunks as they come. */
export type Body = BodyInit | AsyncIterable<Uint8Array | string>

/**
 * Whether a body can be sent a second time. Text, bytes, blobs and forms can; streams, generators and
 * Node's readables cannot: they are one-shot.
 */
export function isReplayable(body: Body | null): boolean {
  if (body === null || typeof body !== 'object') return true
  if ('getReader' in body || 'pipe' in body) return false
  if (!(Symbol.asyncIterator in body)) return true
  // An iterable that is its own iterator is a generator: it runs once.
  return (body[Symbol.asyncIterator]() as unknown) !== body
}
