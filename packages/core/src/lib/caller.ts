import type { Cancellation } from './cancellation.js'
import type { Defaults } from './merge.js'
import type { CallPlatform } from './platform.js'
import type { PreparedRequest } from './prepared-request.js'
import type { Place, Target } from './resolve-url.js'
import type { Transport } from './send.js'
import type { HookSession } from './hooks.js'

/** Whose a call is: all that the way of a call needs of a session, or of the functional API, which may have none. */
export interface Caller {
  /** What hooks are given; `null` where there is no session. */
  readonly session: HookSession | null
  readonly platform: CallPlatform
  /**
   * Where a call goes.
   *
   * @throws InvalidRequestError for what is no URL, nor relative to anything
   */
  resolve(input: string | URL): Target
  /** What a call to `url` begins with, as far as it may go there. */
  defaultsFor(url: Place): Defaults
  /** @throws InvalidRequestError naming the scheme that nothing carries */
  transportFor(url: string): Transport
  /**
   * Told of each call when it begins; returns what is called when it ends. Default: nobody keeps a list.
   *
   * @throws SessionClosedError where no call may begin any more
   */
  enter?(request: PreparedRequest, cancellation: Cancellation): () => void
  /** A request whose URL a hook edited, as it may go there. Default: as it is. */
  admit?(request: PreparedRequest): PreparedRequest
  /** Whether a URL is where the session's defaults belong. Default: every URL is. */
  isHome?(url: URL): boolean
  /** Whether a redirect may take a body to this URL of another origin. Default: it may not. */
  mayCarryBody?(url: URL): boolean
}
