import type { AuthFlow } from './auth.js'
import { BearerTokens } from './bearer-tokens.js'
import { InvalidRequestError } from './errors.js'
import { isChallenged } from './is-challenged.js'
import { own } from './own.js'
import type { PreparedRequest } from './prepared-request.js'
import type { SessionResponse } from './session-response.js'

/** A token, or what gives it: asked before each request, `null` where there is none yet. */
export type BearerToken = string | (() => string | null | Promise<string | null>)

export interface BearerOptions {
  /** The token to begin with. Default: none; then the first 401 leads to `refresh`. */
  token?: BearerToken | null | undefined
  /**
   * Gets a new token when a request was refused with 401; the request is then sent once more. However many
   * calls and sessions share the flow, one refresh runs at a time, and all who wait get its token or what it
   * threw. Requests it makes through the same session should say `auth: null`. Default: a 401 is the answer.
   *
   * @param response The 401 that asked for it.
   */
  refresh?: ((response: SessionResponse) => string | Promise<string>) | undefined
}

/**
 * Bearer tokens (RFC 6750). A request is sent twice at most: one whose token has been replaced meanwhile gets
 * the new one without another refresh.
 *
 * @throws InvalidRequestError when a token has other than visible ASCII characters; also from the call
 * @example
 * new Session({ auth: bearer({ token, refresh: () => post(tokenUrl, { form: { refresh_token } }).text() }) })
 */
export function bearer(token: BearerToken | BearerOptions): AuthFlow {
  const tokens = new BearerTokens(toOptions(token))
  return {
    async *authenticate(request) {
      const { refreshing } = tokens
      const token = await tokens.current()
      const response = yield carrying(request, token)
      if (!isChallenged(request, response)) return
      const renewed = await tokens.after(response, token, refreshing)
      if (renewed !== null) yield carrying(request, renewed)
    },
  }
}

function toOptions(given: BearerToken | BearerOptions): BearerOptions {
  if (typeof given === 'string' || typeof given === 'function') return { token: given }
  if (typeof given === 'object' && given !== null) return own(given)
  throw new InvalidRequestError('Bearer auth needs a token, a function that gives it, or { token, refresh }')
}

function carrying(request: PreparedRequest, token: string | null): PreparedRequest {
  const copy = request.copy()
  if (token === null) copy.headers.delete('Authorization')
  else copy.headers.set('Authorization', `Bearer ${token}`)
  return copy
}
