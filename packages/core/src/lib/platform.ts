import { InvalidRequestError } from './errors.js'
import type { Body } from './body.js'
import type { Call } from './call.js'
import type { Cancellation } from './cancellation.js'
import type { Capabilities } from './capabilities.js'
import type { Clock } from './clock.js'
import type { EncodedBody } from './encode-body.js'
import type { MultipartSource } from './encode-multipart.js'
import type { OptionKnowledge } from './known-options.js'
import type { CallOptions } from './options.js'
import type { PreparedRequest } from './prepared-request.js'
import type { Send, Transport } from './send.js'
import type { SessionCookies } from './session-cookies.js'
import type { SettingsOrigin } from './session-settings.js'

/** What a call needs of its platform: data and functions, chosen by the package's entry. */
export interface CallPlatform extends OptionKnowledge {
  /** Serves the http: and https: URLs that nothing is mounted for. */
  readonly transport: Transport
  readonly clock: Clock
  /** Wraps the transport in the layers that this platform can have, outermost first. */
  nest(send: Send, call: Call): Send
  /** Throws for what this platform cannot do, or what its transport alone may say. */
  check?(request: PreparedRequest): void
  /** Parts as a body. */
  readonly multipart: (parts: MultipartSource) => EncodedBody
  /** A call's own cookies, as a `Cookie` header writes them; `''` for none. */
  readonly callCookies: (cookies: CallOptions['cookies']) => string
}

/** What makes a session a Node session or a browser session. */
export interface Platform extends CallPlatform, SettingsOrigin {
  readonly cookies: SessionCookies
  /** What its sessions can do; shown as `session.capabilities`. */
  readonly capabilities: Capabilities
  /** The same cookies and connections for another session, which does not own them. */
  share(): Platform
  /** The same connections with a copy of the cookies, or with none. */
  fork(copyCookies: boolean): Platform
  /** The body of a `Request`, in a form that this platform can send; nobody waits for it once it is told to stop. */
  readonly bodyOf: (request: Request, stop: Cancellation) => Promise<Body | null>
}

/**
 * The platform's own transport, where it serves a URL.
 *
 * @throws InvalidRequestError naming the scheme that nothing carries
 */
export function ownTransport({ transport, suggest }: CallPlatform, url: string): Transport {
  if (/^https?:/i.test(url)) return transport
  const hint = suggest?.(url, []) ?? ''
  throw new InvalidRequestError(`No transport is mounted for ${new URL(url).protocol} URLs${hint}`)
}
