import { has } from './own.js'
import { type AuthFlow, type AuthFunction, oneStep } from './auth-flow.js'
import { basic } from './basic.js'
import { InvalidRequestError } from './errors.js'

export type Auth = readonly [user: string, password: string] | AuthFlow | AuthFunction

/** Any form of auth as a flow; `null` is no auth. */
export function toAuthFlow(auth: Auth | null | undefined): AuthFlow | null {
  if (auth === null || auth === undefined) return null
  if (typeof auth === 'function') return oneStep(auth)
  if (typeof auth === 'object' && has(auth, 'authenticate')) return auth
  if (Array.isArray(auth) && auth.length === 2) return basic(auth[0], auth[1])
  throw new InvalidRequestError('auth must be [user, password], an auth flow or a function')
}
