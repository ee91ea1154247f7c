import { InvalidRequestError, SessionClosedError } from '../model/errors.js'
import type { Clock, MakeStop, Stop } from '../model/stop.js'
import { expireAfter } from '../model/timeouts.js'
import type { EncodedBody } from '../request/body.js'
import type { MultipartSource } from '../request/multipart.js'
import type { Body, PreparedRequest } from '../request/prepared-request.js'
import type { Place, Target } from '../request/url.js'
import type { SessionResponse } from '../response/session-response.js'
import type { Capabilities, SessionCookies } from './transport.js'
import type { Checks, OptionKnowledge } from './checks.js'
import { type Defaults, checkRequest } from './prepare.js'
import type { CallOptions, HookSession, PlainSettings, Settings } from './options.js'
import type { Send, Transport } from './transport.js'

/** The part of a session that a call uses; the functional API has no session. */
export interface Caller {
  /** Passed to hooks; `null` if there is no session. */
  readonly session: HookSession | null
  readonly platform: CallPlatform
  /**
   * Resolves the URL of a call.
   *
   * @throws InvalidRequestError if it is not a URL, or is relative and there is no base
   */
  resolve(input: string | URL): Target
  /** The session's settings that may be sent to `url`. */
  defaultsFor(url: Place): Defaults
  /** @throws InvalidRequestError naming the scheme if no transport serves it */
  transportFor(url: string): Transport
  /**
   * Called when a call starts; returns the group of calls that it joins. Default: none.
   *
   * @throws SessionClosedError if the session is closed
   */
  enter?(request: PreparedRequest): CallGroup
  /** Strips credentials from a request whose URL a hook changed. Default: unchanged. */
  restrict?(request: PreparedRequest): PreparedRequest
}

/** Aborts all pending calls of a session: by a signal that they follow, or by a list of them. */
export interface CallGroup {
  readonly signal: AbortSignal | null
  /** Adds a call to the list; returns a function that removes it, or `undefined` without a list. */
  add(request: PreparedRequest, cancellation: Stop): (() => void) | undefined
  /** Aborts all calls with the reason. Default: a `SessionClosedError`. */
  abort(reason?: unknown): void
}

/** The state of one call, shared by the layers. */
export interface Call {
  readonly caller: Caller
  readonly clock: Clock
  readonly settings: Settings
  /** Stops the call: the caller's signal, the total deadline, or `session.close()`. */
  readonly cancellation: Stop
  /** When the total deadline expires, on `clock`; `Infinity` without one. */
  readonly deadline: number
  /** Called when the call is over; later calls do nothing. */
  readonly end: () => void
  /** Whether the request and the body were passed to a transport. */
  sent: boolean
  /** The last response of the transport; discarded if the call fails. */
  last: SessionResponse | undefined
}

/** Starts a call: follows the signal and starts the total deadline, until `end()`. */
export function startCall(caller: Caller, request: PreparedRequest): Call {
  const { signal } = request
  const settings = request.settings as Settings // created by prepare()
  const { clock } = caller.platform
  if (signal != null) caller.platform.checks?.signal(signal) // before there is anything to release
  const calls = caller.enter?.(request)
  const cancellation = caller.platform.stop(signal, calls?.signal)
  const leave = calls?.add(request, cancellation)
  const total = settings.timeouts?.total ?? Infinity
  const clearTimer =
    total < Infinity ? expireAfter(total, 'total', { clock, cancellation, request }) : undefined
  return {
    caller,
    clock,
    settings,
    cancellation,
    deadline: total < Infinity ? clock.now() + total : Infinity,
    end() {
      leave?.()
      clearTimer?.()
      cancellation.release()
    },
    sent: false,
    last: undefined,
  }
}

/** The part of the platform that a call uses, as chosen by the package's entry. */
export interface CallPlatform extends OptionKnowledge {
  /** Serves http: and https: URLs without a mounted transport. */
  readonly transport: Transport
  readonly clock: Clock
  /** Makes the `Stop` of a call. */
  readonly stop: MakeStop
  /** Calls `done` once, when a response's body has ended or can no longer be read. Default: never. */
  whenDone?(response: SessionResponse, done: () => void): void
  /** Wraps the transport in the layers of this platform, outermost first. */
  nest(send: Send, call: Call): Send
  /**
   * For tracing: called when a call starts. Returns a function that receives the outcome of the call. Default: no
   * tracing.
   */
  trace?(call: Call, request: PreparedRequest): ((outcome: Promise<SessionResponse>) => void) | undefined
  /** Throws for options that the platform does not support, or that only its transport may set. */
  check?(request: PreparedRequest): void
  /** Throws if a transport returned something other than a `Response`, or followed a redirect. Default: no checks. */
  returned?(answer: unknown, request: PreparedRequest): void
  /** Encodes parts as a body. */
  readonly multipart: (parts: MultipartSource) => EncodedBody
  /** The cookies of a call as a `Cookie` header value; `''` if there are none. */
  readonly callCookies: (cookies: CallOptions['cookies']) => string
}

/** Everything that differs between a Node session and a browser session. */
export interface Platform extends CallPlatform, SettingsOrigin {
  readonly checks?: Checks | undefined
  readonly cookies: SessionCookies
  /** Exposed as `session.capabilities`. */
  readonly capabilities: Capabilities
  /** Creates the group of a session's calls. */
  calls(): CallGroup
  /** The same cookies and connections for another session, which does not close them. */
  share(): Platform
  /** The same connections with a copy of the cookies, or with none. */
  fork(copyCookies: boolean): Platform
  /** Reads the body of a `Request` into a form that this platform can send, until `stop` aborts. */
  readonly bodyOf: (request: Request, stop: Stop) => Promise<Body | null>
}

/**
 * The platform's transport, if it serves the URL.
 *
 * @throws InvalidRequestError naming the scheme if no transport serves it
 */
export function ownTransport({ transport, suggest }: CallPlatform, url: string): Transport {
  if (/^https?:/i.test(url)) return transport
  const hint = suggest?.(url, []) ?? ''
  throw new InvalidRequestError(`No transport is mounted for ${new URL(url).protocol} URLs${hint}`)
}

/** Re-validates a request after hooks ran, and strips credentials if a hook changed the URL. */
export function revalidate({ caller, cancellation }: Call, request: PreparedRequest): PreparedRequest {
  checkRequest(request, caller.platform)
  const restricted = caller.restrict?.(request) ?? request
  restricted.cancellation = cancellation
  return restricted
}

/** Platform defaults of a session's settings. */
export interface SettingsOrigin extends OptionKnowledge {
  /** Default: none. */
  readonly checks?: Checks | undefined
  readonly headers?: Headers
  /** The base of relative URLs if there is no `baseUrl`: the page's URL. */
  pageUrl?(): string | null
  /** Fast path: resolves a URL below a base; `null` if the URL parser must do it. */
  below?(input: string | URL, base: URL): Place | null
  /** Fast path: the plain settings that are not `undefined`, as an object that inherits nothing. */
  plainSettings?: (session: PlainSettings) => Defaults
}

interface Entry {
  readonly request: PreparedRequest
  readonly cancellation: Stop
  /** The index in the list. */
  at: number
}

/** The pending calls of a session, from their start to the last body byte. */
export class InFlight implements CallGroup {
  /** not a Map, whose old tables keep removed entries alive */
  readonly #open: Entry[] = []
  readonly signal = null

  add(request: PreparedRequest, cancellation: Stop): () => void {
    const entry = { request, cancellation, at: this.#open.length }
    this.#open.push(entry)
    return () => this.#remove(entry)
  }

  abort(reason?: unknown): void {
    for (const { cancellation, request } of this.#open.splice(0)) {
      cancellation.abort(
        reason ?? new SessionClosedError('The session was closed during this call', { request }),
      )
    }
  }

  /** Moves the last entry to the index that becomes free. */
  #remove(entry: Entry): void {
    const { at } = entry
    if (this.#open[at] !== entry) return
    const last = this.#open.pop()
    if (last === undefined || last === entry) return
    this.#open[at] = last
    last.at = at
  }
}

/** A group of calls that all follow one signal, for pages. */
export function nativeCallGroup(): CallGroup {
  let controller = new AbortController()
  return {
    get signal() {
      return controller.signal
    },
    add: () => undefined,
    abort(reason = new SessionClosedError('The session was closed during this call')) {
      controller.abort(reason)
      controller = new AbortController()
    },
  }
}
