import type { AuthFlow } from './auth-flow.js'
import { type BearerOptions, type BearerToken, BearerTokens, checkToken } from './bearer-tokens.js'
import { InvalidRequestError } from './errors.js'
import { isChallenged } from './is-challenged.js'
import { own } from './own.js'
import type { PreparedRequest } from './prepared-request.js'
import type { SessionResponse } from './session-response.js'

/**
 * Bearer tokens (RFC 6750). A request is sent twice at most; one whose token was replaced while it was on its
 * way is sent again with the new one, without another refresh.
 *
 * @throws InvalidRequestError when a token is not text of visible ASCII characters; a call rejects with it
 *   where a function gave the token
 * @example
 * const login = () => post('https://id.test/token', { form: { refresh_token } }).text()
 * const session = new Session({ auth: bearer({ token, refresh: login }) })
 */
export function bearer(token: BearerToken | BearerOptions): AuthFlow {
  const tokens = new BearerTokens(toOptions(token))
  return {
    async *authenticate(request): AsyncGenerator<PreparedRequest, void, SessionResponse> {
      const { refreshing } = tokens
      const token = await tokens.current()
      const response = yield carrying(token, request)
      if (!isChallenged(request, response)) return
      const renewed = await tokens.after(response, { token, refreshing })
      if (renewed !== null) yield carrying(renewed, request)
    },
  }
}

function toOptions(given: BearerToken | BearerOptions): BearerOptions {
  const options = typeof given === 'object' ? own(given) : { token: given }
  const { token, refresh } = options
  if (typeof token === 'string') checkToken(token)
  else if (typeof token !== 'function' && typeof refresh !== 'function') {
    throw new InvalidRequestError(
      'Bearer auth needs a token, a function that gives one, or { token, refresh }',
    )
  }
  return options
}

function carrying(token: string | null, request: PreparedRequest): PreparedRequest {
  const copy = request.copy()
  if (token === null) copy.headers.delete('Authorization')
  else copy.headers.set('Authorization', `Bearer ${token}`)
  return copy
}
