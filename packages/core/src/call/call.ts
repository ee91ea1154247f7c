import { InvalidRequestError } from '../model/errors.js'
import type { Clock, MakeStop, Stop } from '../model/stop.js'
import { expireAfter } from '../model/timeouts.js'
import type { Place } from '../model/url.js'
import type { EncodedBody } from '../request/body.js'
import type { MultipartSource } from '../request/multipart.js'
import type { Body, PreparedRequest } from '../request/prepared-request.js'
import type { Target } from '../request/resolve-url.js'
import type { SessionResponse } from '../response/session-response.js'
import type { Capabilities, SessionCookies } from './capabilities.js'
import { checkRequest } from './check-request.js'
import type { Checks, OptionKnowledge } from './checks.js'
import type { Defaults } from './merge.js'
import type { CallOptions, HookSession, Settings } from './options.js'
import type { Send, Transport } from './transport.js'

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
   * Called when a call begins; returns what stops all calls of the caller. Default: nothing does.
   *
   * @throws SessionClosedError where no call may begin any more
   */
  enter?(request: PreparedRequest): Life
  /** A request whose URL a hook edited, as it may go there. Default: as it is. */
  admit?(request: PreparedRequest): PreparedRequest
}

/** What stops all calls of a session: it has a signal that they follow, or a list of them. */
export interface Life {
  readonly signal: AbortSignal | null
  /** Adds a call that begins; returns what takes it off when it is over, where there is a list. */
  add(request: PreparedRequest, cancellation: Stop): (() => void) | undefined
  /** Stops them all; each rejects with the reason. Default: a `SessionClosedError`. */
  abort(reason?: unknown): void
}

/** One call under way: what its layers share. */
export interface Call {
  readonly caller: Caller
  readonly clock: Clock
  readonly settings: Settings
  /** Stops the call: the caller's signal, the total deadline, or `session.close()`. */
  readonly cancellation: Stop
  /** When the total deadline passes, on that clock; `Infinity` without one. */
  readonly deadline: number
  /** Called when the call is over, be it more than once. */
  readonly end: () => void
  /** Whether a transport was given the request, and its body with it. */
  carried: boolean
  /** What the transport answered last, while the call lasts: a call that fails lets go of it. */
  last: SessionResponse | undefined
}

/** Begins a call: until its end, its signal is followed and its total deadline runs. */
export function begin(caller: Caller, request: PreparedRequest): Call {
  const { signal } = request
  const settings = request.settings as Settings // merge() made them
  const { clock } = caller.platform
  if (signal != null) caller.platform.checks?.signal(signal) // before there is anything to let go of
  const life = caller.enter?.(request)
  const cancellation = caller.platform.stop(signal, life?.signal)
  const ends = [life?.add(request, cancellation), () => cancellation.release()]
  const total = settings.timeouts?.total ?? Infinity
  if (total < Infinity) ends.push(expireAfter(total, 'total', { clock, cancellation, request }))
  return {
    caller,
    clock,
    settings,
    cancellation,
    deadline: clock.now() + total,
    end: () => ends.splice(0).forEach((end) => end?.()),
    carried: false,
    last: undefined,
  }
}

/** What a call needs of its platform: data and functions, chosen by the package's entry. */
export interface CallPlatform extends OptionKnowledge {
  /** Serves the http: and https: URLs that nothing is mounted for. */
  readonly transport: Transport
  readonly clock: Clock
  /** Makes what stops a call. */
  readonly stop: MakeStop
  /** Calls `done` once, when a response's body is over or nobody can read it any more. Default: never. */
  whenDone?(response: SessionResponse, done: () => void): void
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
  readonly checks?: Checks | undefined
  readonly cookies: SessionCookies
  /** What its sessions can do; shown as `session.capabilities`. */
  readonly capabilities: Capabilities
  /** Makes what stops all calls of a session. */
  life(): Life
  /** The same cookies and connections for another session, which does not own them. */
  share(): Platform
  /** The same connections with a copy of the cookies, or with none. */
  fork(copyCookies: boolean): Platform
  /** The body of a `Request`, in a form that this platform can send; nobody waits for it once it is told to stop. */
  readonly bodyOf: (request: Request, stop: Stop) => Promise<Body | null>
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

/**
 * What hooks left of a request is looked at as if a caller had written it: it may be sent, and what was meant for one
 * place does not go to another.
 */
export function accept({ caller, cancellation }: Call, request: PreparedRequest): PreparedRequest {
  checkRequest(request, caller.platform)
  const admitted = caller.admit?.(request) ?? request
  admitted.cancellation = cancellation
  return admitted
}

/** What a platform gives every session to begin with. */
export interface SettingsOrigin extends OptionKnowledge {
  /** Default: none. */
  readonly checks?: Checks | undefined
  readonly headers?: Headers
  /** What is relative to nothing else is relative to this: a page's own URL. */
  pageUrl?(): string | null
  /** A quicker way to the URLs below a base; `null` where the parser must decide, as it does without one. */
  below?(input: string | URL, base: URL): Place | null
}
