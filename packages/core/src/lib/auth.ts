import { basic } from './basic.js'
import { InvalidRequestError } from './errors.js'
import { oneStep } from './one-step.js'
import type { PreparedRequest } from './prepared-request.js'
import type { SessionResponse } from './session-response.js'

type Steps =
  | Iterator<PreparedRequest, void, SessionResponse>
  | AsyncIterator<PreparedRequest, void, SessionResponse>

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

export type Auth = readonly [user: string, password: string] | AuthFlow | AuthFunction

/** Any form of auth as a flow; `null` is no auth. */
export function toAuthFlow(auth: Auth | null | undefined): AuthFlow | null {
  if (auth === null || auth === undefined) return null
  if (typeof auth === 'function') return oneStep(auth)
  if (typeof auth === 'object' && 'authenticate' in auth) return auth
  if (Array.isArray(auth) && auth.length === 2) return basic(auth[0], auth[1])
  throw new InvalidRequestError('auth must be [user, password], an auth flow or a function')
}
