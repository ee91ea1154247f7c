import { InvalidRequestError } from './errors.js'
import type { PreparedRequest } from './prepared-request.js'

const FRAMING = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
])

/**
 * For platforms whose transport writes what it is given.
 *
 * @throws InvalidRequestError for a header that frames the message: the transport alone knows it
 */
export function refuseFraming(request: PreparedRequest): void {
  request.headers.forEach((_value, name) => {
    if (FRAMING.has(name))
      throw new InvalidRequestError(`The header "${name}" is the transport's to set`, { request })
  })
}
