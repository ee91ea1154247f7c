import { InvalidRequestError } from '../model/errors.js'
import { systemClock } from '../model/stop.js'
import { trimmed } from '../request/headers.js'
import type { AuthFlow, PreparedRequest } from '../request/prepared-request.js'
import type { SessionResponse } from '../response/session-response.js'
import { isChallenged } from './challenge.js'
import { own } from '../model/own.js'

/**
 * Bearer tokens (RFC 6750). A request is sent at most twice. If another call has replaced the token while a
 * request was under way, the request is repeated with the new token without another refresh.
 *
 * @throws InvalidRequestError if a token is not visible ASCII; a call rejects with it if a function returned
 *   the token
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
      const response = yield withToken(token, request)
      if (!isChallenged(request, response)) return
      const renewed = await tokens.after(response, { token, refreshing })
      if (renewed !== null) yield withToken(renewed, request)
    },
  }
}

function toOptions(given: BearerToken | BearerOptions): BearerOptions {
  const options = typeof given === 'object' ? own(given) : { token: given }
  const { token, refresh } = options
  if (typeof token === 'string') checkToken(token)
  else if (typeof token !== 'function' && typeof refresh !== 'function') {
    throw new InvalidRequestError(
      'Bearer auth needs a token, a function that returns one, or { token, refresh }',
    )
  }
  return options
}

function withToken(token: string | null, request: PreparedRequest): PreparedRequest {
  const copy = request.copy()
  if (token === null) copy.headers.delete('Authorization')
  else copy.headers.set('Authorization', `Bearer ${token}`)
  return copy
}

/** A token, or a function that returns one before each request; `null` if there is none yet. */
export type BearerToken = string | (() => string | null | Promise<string | null>)

/** A bearer token, and how to get a new one. */
export interface BearerOptions {
  /** The initial token. Default: none, so the first 401 calls `refresh`. */
  token?: BearerToken | null | undefined
  /**
   * Returns a new token after a 401; the request is then repeated once. All calls and sessions that share the
   * flow share one refresh at a time, its token or its error. Requests that it makes with the same session
   * should pass `auth: null`: otherwise they send the old token, and one that gets a 401 waits 5 seconds. It
   * runs in the async context of the first call that got a 401. Default: a 401 is returned as it is.
   *
   * @param response The 401.
   */
  refresh?: ((response: SessionResponse) => string | Promise<string>) | undefined
}

/**
 * Milliseconds that a call started during a refresh waits for it. The call may belong to `refresh` itself,
 * which would otherwise deadlock; the two cases cannot be distinguished.
 */
const REFRESH_LIMIT = 5000

/** Holds the token of a bearer flow, and runs one refresh at a time. */
class BearerTokens {
  readonly #options: BearerOptions
  /** The value of `token` that `#fresh` replaces. */
  #replaced: string | null | undefined
  #fresh: string | null = null
  #refreshing: Promise<string> | null = null

  constructor(options: BearerOptions) {
    this.#options = options
  }

  /** The pending refresh. */
  get refreshing(): Promise<string> | null {
    return this.#refreshing
  }

  /** The token to send: `token`, unless a refresh has replaced this value. */
  async current(): Promise<string | null> {
    return this.#latest(await this.#configured())
  }

  /**
   * The token to send after a 401, or `null` if there is no other.
   *
   * @param refused The token that was sent, and the refresh pending at that time.
   */
  async after(
    response: SessionResponse,
    refused: { token: string | null; refreshing: Promise<string> | null },
  ): Promise<string | null> {
    if (this.#options.refresh === undefined) return null
    if (this.#refreshing === null) {
      const configured = await this.#configured()
      const token = this.#latest(configured)
      if (token !== refused.token) return token
      // another call may have started one while `token` was evaluated
      this.#refreshing ??= this.#refresh(response, configured)
    }
    return this.#refreshing === refused.refreshing ? orNullAfterLimit(this.#refreshing) : this.#refreshing
  }

  #refresh(response: SessionResponse, configured: string | null): Promise<string> {
    return Promise.resolve(response)
      .then(this.#options.refresh)
      .then((token) => {
        this.#fresh = checkToken(token)
        this.#replaced = configured
        return this.#fresh
      })
      .finally(() => {
        this.#refreshing = null
      })
  }

  async #configured(): Promise<string | null> {
    const { token = null } = this.#options
    const value = typeof token === 'function' ? await token() : token
    return value === null ? null : checkToken(value)
  }

  #latest(configured: string | null): string | null {
    return configured === this.#replaced ? this.#fresh : configured
  }
}

/** Validates a token and strips a trailing line end, as read from a file. The error does not contain it. */
function checkToken(token: unknown): string {
  const text = typeof token === 'string' ? trimmed(token) : ''
  if (/^[!-~]+$/.test(text)) return text
  throw new InvalidRequestError('A bearer token must be a string of visible ASCII characters')
}

/** Settles like `work`, or resolves to `null` after a limit. */
function orNullAfterLimit<T>(work: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const cancel = systemClock.after(REFRESH_LIMIT, () => resolve(null), true)
    work.then(resolve, reject).finally(cancel)
  })
}
