import { type AuthFlow, oneStep } from './auth-flow.js'
import { InvalidRequestError } from './errors.js'

/**
 * Basic authentication (RFC 7617), in UTF-8.
 *
 * @param user Must not hold a colon, which ends it on the wire.
 * @throws InvalidRequestError when either is not text, or `user` holds a colon
 * @example new Session({ auth: basic('me', 'my password') })
 */
export function basic(user: string, password: string): AuthFlow {
  const authorization = `Basic ${credentials(user, password)}`
  return oneStep((request) => request.headers.set('Authorization', authorization))
}

function credentials(user: string, password: string): string {
  if (typeof user !== 'string' || typeof password !== 'string' || user.includes(':'))
    throw new InvalidRequestError('auth must be [user, password], text without a colon in the user')
  const bytes = new TextEncoder().encode(`${user}:${password}`)
  return btoa(String.fromCharCode(...bytes))
}
