import { InvalidRequestError } from '../model/errors.js'
import { own } from '../model/own.js'
import { systemClock } from '../model/stop.js'
import { trimmed } from '../request/headers.js'
import type { AuthFlow, PreparedRequest } from '../request/prepared-request.js'
import type { SessionResponse } from '../response/session-response.js'
import { isChallenged } from './challenge.js'

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

/** A token, or what gives it: asked before each request, `null` where there is none yet. */
export type BearerToken = string | (() => string | null | Promise<string | null>)

export interface BearerOptions {
  /** The token to begin with. Default: none; then the first 401 leads to `refresh`. */
  token?: BearerToken | null | undefined
  /**
   * Gets a new token when a request was refused with 401; the request is then sent once more. However many
   * calls and sessions share the flow, one refresh runs at a time, and all who wait get its token or what it
   * threw. Requests that it makes through the same session should say `auth: null`; else they carry the old
   * token, and one that is refused gets its 401 after 5 seconds. It runs in the async context of the call that was
   * refused first. Default: a 401 is the answer.
   *
   * @param response The 401 that asked for it.
   */
  refresh?: ((response: SessionResponse) => string | Promise<string>) | undefined
}

/**
 * How long, in milliseconds, a call that began during a refresh waits for it. It may be a call of `refresh`
 * itself, which would otherwise wait for its own end; nothing tells the two apart.
 */
const PATIENCE = 5000

/** The token of a bearer flow, and its refreshes, one at a time. */
class BearerTokens {
  readonly #options: BearerOptions
  /** What `token` said when `#fresh` came to stand for it. */
  #replaced: string | null | undefined
  #fresh: string | null = null
  #refreshing: Promise<string> | null = null

  constructor(options: BearerOptions) {
    this.#options = options
  }

  /** The refresh under way. */
  get refreshing(): Promise<string> | null {
    return this.#refreshing
  }

  /** The token to send: what `token` says, until a refresh has replaced just that. */
  async current(): Promise<string | null> {
    return this.#standing(await this.#said())
  }

  /**
   * The token to send after a 401, or `null` when there is none to try.
   *
   * @param refused The token that was sent, and the refresh that was under way by then.
   */
  async after(
    response: SessionResponse,
    refused: { token: string | null; refreshing: Promise<string> | null },
  ): Promise<string | null> {
    if (this.#options.refresh === undefined) return null
    if (this.#refreshing === null) {
      const said = await this.#said()
      const token = this.#standing(said)
      if (token !== refused.token) return token
      // Another call may have begun one while `token` was asked.
      this.#refreshing ??= this.#refresh(response, said)
    }
    return this.#refreshing === refused.refreshing ? patiently(this.#refreshing) : this.#refreshing
  }

  #refresh(response: SessionResponse, said: string | null): Promise<string> {
    return Promise.resolve(response)
      .then(this.#options.refresh)
      .then((token) => {
        this.#fresh = checkToken(token)
        this.#replaced = said
        return this.#fresh
      })
      .finally(() => {
        this.#refreshing = null
      })
  }

  async #said(): Promise<string | null> {
    const { token = null } = this.#options
    const said = typeof token === 'function' ? await token() : token
    return said === null ? null : checkToken(said)
  }

  #standing(said: string | null): string | null {
    return said === this.#replaced ? this.#fresh : said
  }
}

/** Returns a token that a header can hold, without the line end that a file has. The message does not show it. */
function checkToken(token: unknown): string {
  const text = typeof token === 'string' ? trimmed(token) : ''
  if (/^[!-~]+$/.test(text)) return text
  throw new InvalidRequestError('A bearer token must be text of visible ASCII characters')
}

/** As `work` settles, or `null` when that takes too long. */
function patiently<T>(work: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const cancel = systemClock.after(PATIENCE, () => resolve(null), true)
    work.then(resolve, reject).finally(cancel)
  })
}
