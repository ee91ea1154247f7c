import { Session as CoreSession, type SessionOptions } from '@session-fetch/core'
import { optionsOf } from '@session-fetch/core/adapter'
import { dropNodeOptions } from './checks.js'
import { type BrowserCookies, browserCookies } from './cookies.js'
import { browserPlatform } from './platform.js'

/** Options of a session in a browser. */
export interface BrowserSessionOptions extends SessionOptions {
  /** The value of `session.cookies`. Does not affect the cookies that requests send. Default: the `CookieStore`. */
  cookies?: BrowserCookies | undefined
  /** Whether pending calls are aborted at `pagehide`, also when the page enters the back/forward cache. Default: `false`. */
  abortOnPageHide?: boolean | undefined
}

/**
 * A session that uses the cookies and connections of the browser: `credentials: 'include'` for the session's origins.
 *
 * @throws InvalidRequestError for an option that is unknown or invalid
 * @example
 * const session = new Session({ baseUrl: '/api/', timeout: 10_000 })
 * await session.post('login', { form: { name, password } })
 * const members = await session.get('members').json()
 */
export class Session extends CoreSession {
  declare readonly cookies: BrowserCookies
  declare extend: (options?: BrowserSessionOptions) => Session
  declare fork: (options?: BrowserSessionOptions & { jar?: 'copy' | 'empty' }) => Session

  readonly abortOnPageHide: boolean

  constructor(options: BrowserSessionOptions = {}) {
    const given = optionsOf(options, 'options')
    dropNodeOptions(given)
    given.credentials ??= 'include'
    super(given, browserPlatform(given.cookies ?? browserCookies))
    this.abortOnPageHide = given.abortOnPageHide ?? false
    if (this.abortOnPageHide) globalThis.addEventListener?.('pagehide', this.#hide)
  }

  override close(): Promise<void> {
    globalThis.removeEventListener?.('pagehide', this.#hide)
    return super.close()
  }

  protected override spawn(options: BrowserSessionOptions): Session {
    const { cookies, abortOnPageHide } = this
    return new Session({ cookies, abortOnPageHide, ...options })
  }

  readonly #hide = (): void => this.abort(new DOMException('pagehide', 'AbortError'))
}
