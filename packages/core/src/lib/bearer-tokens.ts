import type { BearerOptions } from './bearer.js'
import { systemClock } from './clock.js'
import { InvalidRequestError } from './errors.js'
import type { SessionResponse } from './session-response.js'

/**
 * How long, in milliseconds, a call that began during a refresh waits for that refresh. It may be a call of
 * `refresh` itself, which would otherwise wait for its own end; nothing tells the two apart.
 */
const PATIENCE = 5000

/** The token of a bearer flow, and its one refresh at a time. */
export class BearerTokens {
  readonly #options: BearerOptions
  /** What `token` said when `#fresh` came to stand for it. */
  #replaced: string | null | undefined
  #fresh: string | null = null
  #refreshing: Promise<string> | null = null

  constructor(options: BearerOptions) {
    this.#options = options
    if (typeof options.token === 'string') checkToken(options.token)
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
   * @param used The token that was refused.
   * @param during The refresh that was under way when the request was signed.
   */
  async after(
    response: SessionResponse,
    used: string | null,
    during: Promise<string> | null,
  ): Promise<string | null> {
    const { refresh } = this.#options
    if (refresh === undefined) return null
    if (this.#refreshing === null) {
      const said = await this.#said()
      const token = this.#standing(said)
      // Another call may have begun a refresh, or ended one, while `token` was asked.
      if (token !== used) return token
      this.#refreshing ??= this.#renew(said, refresh(response))
    }
    return this.#refreshing === during ? patiently(during) : this.#refreshing
  }

  async #said(): Promise<string | null> {
    const { token } = this.#options
    const said = (typeof token === 'function' ? await token() : token) ?? null
    return said === null ? null : checkToken(said)
  }

  #standing(said: string | null): string | null {
    return said === this.#replaced ? this.#fresh : said
  }
}
