import { type PreparedRequest, UnsupportedError } from '@session-fetch/core'

/**
 * @throws UnsupportedError for a request whose body is to be checked by its hash: who asks for that must not be
 *   given one that nobody checked, whatever else is passed over
 */
export function refuseIntegrity(request: PreparedRequest): void {
  if (request.integrity)
    throw new UnsupportedError('integrity: only a fetch checks it; mount fetchTransport()', { request })
}
