import { AuthError, InvalidRequestError } from '../model/errors.js'
import { type AuthFlow, PreparedRequest } from '../request/prepared-request.js'
import { has } from '../model/own.js'

/**
 * How requests are authenticated: `[user, password]` for Basic, an auth flow, or a function that edits the request.
 *
 * @example
 * const auth: Auth = (request) => request.headers.set('X-Key', token)
 * const session = new Session({ auth })
 */
export type Auth = readonly [user: string, password: string] | AuthFlow | AuthFunction

/** Converts any form of `auth` to a flow; `null` if there is none. */
export function toAuthFlow(auth: Auth | null | undefined): AuthFlow | null {
  if (auth === null || auth === undefined) return null
  if (typeof auth === 'function') return oneStep(auth)
  if (typeof auth === 'object' && has(auth, 'authenticate')) return auth
  const [user, password]: readonly unknown[] = Array.isArray(auth) ? auth : [] // a string would be destructured into its characters
  return basic(user as string, password as string) // validates both
}

/**
 * Basic authentication (RFC 7617), encoded as UTF-8.
 *
 * @param user Must not contain a colon, which would end the name.
 * @throws InvalidRequestError if either is not a string, or `user` contains a colon
 * @example new Session({ auth: basic('me', 'my password') })
 */
export function basic(user: string, password: string): AuthFlow {
  const authorization = `Basic ${credentials(user, password)}`
  return oneStep((request) => request.headers.set('Authorization', authorization))
}

function credentials(user: string, password: string): string {
  if (typeof user !== 'string' || typeof password !== 'string' || user.includes(':'))
    throw new InvalidRequestError('auth must be [user, password], two strings without a colon in user')
  const bytes = new TextEncoder().encode(`${user}:${password}`)
  return btoa(String.fromCharCode(...bytes))
}

/** Edits the request, or returns another one. */
export type AuthFunction = (
  request: PreparedRequest,
) => PreparedRequest | undefined | void | Promise<PreparedRequest | undefined | void>

/** A one-step flow: edits each request and accepts any response. */
function oneStep(edit: AuthFunction): AuthFlow {
  return {
    async *authenticate(request) {
      const returned = (await edit(request)) ?? request
      if (!(returned instanceof PreparedRequest))
        throw new AuthError('An auth function may return a PreparedRequest or nothing')
      yield returned
    },
  }
}
