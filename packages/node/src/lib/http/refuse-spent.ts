import { Readable } from 'node:stream'
import { InvalidRequestError, type PreparedRequest } from '@session-fetch/core'
import { MultipartStream } from './multipart-body.js'

/**
 * @throws InvalidRequestError for a body that is a stream which someone else reads, or a Node stream which has nothing
 *   to give any more: it would be sent as an empty one. What such a stream failed with is for who reads it to say.
 */
export function refuseSpent(request: PreparedRequest): void {
  const { body } = request as { body: unknown }
  if (body instanceof ReadableStream && body.locked)
    throw new InvalidRequestError('The body is a stream that is locked', { request })
  const sources: readonly unknown[] = body instanceof MultipartStream ? [body, ...body.sources] : [body]
  if (sources.some(isSpent))
    throw new InvalidRequestError('The body is a stream that was read or destroyed before', { request })
}

function isSpent(source: unknown): boolean {
  return source instanceof Readable && !source.errored && (source.readableEnded || source.destroyed)
}
