import { AuthError } from './errors.js'
import { PreparedRequest } from './prepared-request.js'

/** What it yields is sent; what comes back, a `SessionResponse`, is given to the next step. */
type Steps = Iterator<PreparedRequest, void, Response> | AsyncIterator<PreparedRequest, void, Response>

/**
 * How to authenticate: a generator that yields a request, gets its response back, and may yield another.
 *
 * @example
 * const signed: AuthFlow = {
 *   *authenticate(request) {
 *     request.headers.set('X-Signature', sign(request.url))
 *     yield request
 *   },
 * }
 */
export interface AuthFlow {
  authenticate(request: PreparedRequest): Steps
}

/** Edits the request it is given, or returns another. */
export type AuthFunction = (
  request: PreparedRequest,
) => PreparedRequest | undefined | void | Promise<PreparedRequest | undefined | void>

/** A flow that edits each request, and takes what comes back. */
export function oneStep(edit: AuthFunction): AuthFlow {
  return {
    async *authenticate(request) {
      const returned = (await edit(request)) ?? request
      if (!(returned instanceof PreparedRequest))
        throw new AuthError('An auth function may return a PreparedRequest or nothing')
      yield returned
    },
  }
}
