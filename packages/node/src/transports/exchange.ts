import { type PreparedRequest, ProtocolError } from '@session-fetch/core'
import { RETRY_DEFAULTS, isReplayable, timeoutError } from '@session-fetch/core/adapter'
import { isReset } from '../base/connect-step.js'
import { unrefTimer } from '../base/io.js'
import { type ExchangePhase, asError, networkError } from '../base/network-error.js'
import { type OpeningTimes, RequestTimes } from '../base/timings.js'
import { IncomingBody } from '../bodies/incoming-body.js'
import { LazyResponse, bodyOrNull } from '../bodies/lazy-response.js'
import { DEFAULT_LIMITS, type Limits, bodyLimits, checkHead, countInterim } from '../bodies/limits.js'
import type { OutgoingRequest } from '../bodies/outgoing-request.js'
import { StreamChunks } from '../bodies/stream-chunks.js'
import type { Lease } from '../bodies/connection-reclaimer.js'
import type { Job, JobConnection, RequestStream } from '../http1/job.js'
import type { HeaderRecord } from '../http1/head.js'

/** Default limit for opening a connection, in milliseconds, the same as undici's. */
const CONNECT_LIMIT = 10_000
/** Idempotent methods, which may be sent again without `retry` (RFC 9110 §9.2.2). */
const IDEMPOTENT = RETRY_DEFAULTS.methods

/** Runs work in an async context, as returned by `AsyncLocalStorage.snapshot`. */
type AsyncContext = <T>(work: () => T) => T

/** Callbacks and context of an exchange. */
export interface ExchangeEvents {
  /** Limits on the response. Default: `DEFAULT_LIMITS`. */
  readonly limits?: Limits
  readonly resolve: (response: LazyResponse) => void
  readonly reject: (error: unknown) => void
  /** Notified about the connection of a dispatcher. */
  readonly lease?: Lease
  /** The async context of the call, for functions of the caller that run while a connection is opened. */
  readonly context?: AsyncContext | undefined
  /** Called when the exchange no longer needs its connection or its place in the queue. */
  readonly over: (exchange: Exchange) => void
}

/** One request and its response: the callbacks for a connection or an undici dispatcher. */
export class Exchange implements Job {
  readonly options: OutgoingRequest
  connection: JobConnection | undefined
  readonly #request: PreparedRequest
  readonly #over: ExchangeEvents['over']
  /** Cleared after the first outcome: it references the response, which must not live as long as its connection. */
  #outcome: Pick<ExchangeEvents, 'resolve' | 'reject'> | undefined
  readonly #limits: Limits
  readonly #lease: Lease | undefined
  readonly #context: AsyncContext | undefined
  readonly #offAbort: () => void
  #timer: NodeJS.Timeout | undefined
  #phase: ExchangePhase = 'connect'
  readonly #times = new RequestTimes()
  #interim = 0
  #resent = false
  #stream: RequestStream | undefined
  #body: IncomingBody | undefined

  constructor(request: PreparedRequest, options: OutgoingRequest, events: ExchangeEvents) {
    this.options = options
    this.#request = request
    this.#over = events.over
    this.#outcome = events
    this.#limits = events.limits ?? DEFAULT_LIMITS
    this.#lease = events.lease
    this.#context = events.context
    this.#offAbort = request.cancellation.onAbort((reason) => this.#abort(reason))
    this.#limit('connect')
  }

  within<T>(work: () => T): T {
    return this.#context ? this.#context(work) : work()
  }

  get mayResend(): boolean {
    return mayResend(this.#request)
  }

  /** A limit set by the caller is enforced by `#limit`, from the start of the call. */
  get connectLimit(): number {
    return this.#request.settings.timeouts?.connect === undefined ? CONNECT_LIMIT : Infinity
  }

  unreadAfter(now: number, withGrace: boolean): number {
    return this.#body?.unreadAfter(now, withGrace) ?? Infinity
  }

  /** Whether the response headers were received. */
  get isAnswered(): boolean {
    return this.#body !== undefined
  }

  onRequestStart(stream: RequestStream): void {
    // thrown before a byte is written, so that the connection can be reused
    this.#request.cancellation.throwIfAborted()
    this.#stream = stream
    this.#times.started()
    this.#lease?.connected()
    this.#phase = 'headers'
    this.#limit('headers')
  }

  onRequestSent(): void {
    this.#times.sent(this.options.body === null)
  }

  /** Keeps the first value: the HTTP/1.1 pool may get a connection that the HTTP/2 pool opened. */
  onOpened(opening: OpeningTimes): void {
    this.#times.opening ??= opening
  }

  onResend(): void {
    this.#phase = 'connect'
    this.#stream = undefined
    this.#limit('connect')
  }

  onResponseStart(stream: RequestStream, status: number, headers: HeaderRecord, statusText = ''): void {
    if (status < 200) return this.#countInterim(status)
    clearTimeout(this.#timer)
    checkHead({ status, headers, raw: stream.rawHeaders ?? [] }, this.#limits, this.#request)
    this.#phase = 'body'
    this.#times.answered(stream.receivedAt)
    const limits = bodyLimits(this.#request, this.#limits)
    this.#body = new IncomingBody(stream, this.#request, limits.size)
    this.#lease?.answered(this.#body)
    const head = { status, statusText, headers, times: this.#times }
    const body = { incoming: bodyOrNull(this.#body, this.options.method, status), limits }
    this.#settle(({ resolve }) => resolve(new LazyResponse(this.#request, head, body)))
  }

  onResponseData(_stream: RequestStream, chunk: Buffer): void {
    this.#body?.push(chunk)
  }

  onResponseEnd(): void {
    this.#times.ended(this.#stream?.receivedAt)
    this.#finish()
    this.#body?.end()
    this.#over(this)
  }

  onResponseError(_stream: RequestStream | undefined, cause: Error): void {
    if (this.#resends(cause)) return
    const { cancellation } = this.#request
    const error = cancellation.aborted ? cancellation.reason : networkError(cause, this.#request, this.#phase)
    this.#finish(error)
    this.#body?.fail(error)
    this.#settle(({ reject }) => reject(error))
    this.#over(this)
  }

  /** Rejects an upgrade, which was not requested. */
  onRequestUpgrade(): void {
    throw new ProtocolError('The server switched protocols although no upgrade was requested', {
      request: this.#request,
      phase: 'headers',
    })
  }

  /** Resends, once, a request that was sent on a connection which the server was closing. */
  #resends(cause: Error): boolean {
    const { connection } = this
    const stale = this.#phase === 'headers' && connection?.stale && isStale(cause, this.#request)
    if (!stale || this.#resent) return false
    this.#resent = true
    this.onResend()
    connection.start(this)
    return true
  }

  #countInterim(status: number): void {
    this.#interim += 1
    countInterim(this.#interim, { status, limits: this.#limits, request: this.#request })
  }

  #abort(reason: unknown): void {
    this.#finish(reason)
    this.#body?.stop(reason)
    this.#settle(({ reject }) => reject(reason))
    if (this.connection === undefined) this.#over(this)
    else if (this.#stream === undefined) this.connection.abandon(reason)
    this.#stream?.abort(asError(reason))
  }

  /** Reports the first outcome. If that throws, the call fails with the error. */
  #settle(how: (outcome: Pick<ExchangeEvents, 'resolve' | 'reject'>) => void): void {
    if (this.#outcome) how(this.#outcome)
    this.#outcome = undefined
  }

  #finish(reason?: unknown): void {
    const { body } = this.options
    if (body instanceof StreamChunks) body.cancel(reason) // it was not sent completely before the response or a failure
    this.#offAbort()
    this.#lease?.connected()
    clearTimeout(this.#timer)
  }

  /** Starts the time limit of a phase. */
  #limit(phase: 'connect' | 'headers'): void {
    clearTimeout(this.#timer)
    const ms = this.#request.settings.timeouts?.[phase]
    if (ms !== undefined && ms !== Infinity) this.#timer = this.#expireAfter(ms, phase)
  }

  /** A separate method, so that calls without a time limit allocate no closure context (decision 14). */
  #expireAfter(ms: number, phase: 'connect' | 'headers'): NodeJS.Timeout {
    const timer = setTimeout(() => this.#abort(timeoutError(phase, ms, this.#request)), ms)
    unrefTimer(timer)
    return timer
  }
}

/**
 * Whether a request on a reused connection failed because the server was closing it at that moment, and may be sent
 * again (RFC 9112 §9.3.1).
 */
export function isStale(cause: Error, request: PreparedRequest): boolean {
  return isReset(cause) && !request.cancellation.aborted && mayResend(request)
}

/** Whether a request may be sent again without `retry`. */
export function mayResend({ method, body }: PreparedRequest): boolean {
  return IDEMPOTENT.includes(method) && isReplayable(body)
}
