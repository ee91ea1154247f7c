import { Readable } from 'node:stream'
import { InvalidRequestError, type PreparedRequest } from '@session-fetch/core'

/**
 * @throws InvalidRequestError for a body that is a Node stream which has nothing to give any more: it would be sent as
 *   an empty one. What such a stream failed with is for who reads it to say.
 */
export function refuseSpent(request: PreparedRequest): void {
  const { body } = request as { body: unknown }
  if (!(body instanceof Readable) || body.errored) return
  if (body.readableEnded || body.destroyed)
    throw new InvalidRequestError('The body is a stream that was read or destroyed before', { request })
}
