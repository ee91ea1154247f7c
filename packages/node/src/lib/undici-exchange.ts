import type { IncomingHttpHeaders } from 'node:http'
import {
  InvalidRedirectError,
  type PreparedRequest,
  ProtocolError,
  isReplayable,
  timeoutError,
} from '@session-fetch/core'
import type { Dispatcher } from 'undici'
import { asError } from './as-error.js'
import type { Connection, Job } from './connection-pool.js'
import { IncomingBody } from './incoming-body.js'
import { LazyResponse } from './lazy-response.js'
import { type Progress, networkError } from './network-error.js'
import { DEFAULT_LIMITS, type Limits, checkHead } from './response-limits.js'

/** Statuses that never have a body (Fetch, "null body status"). */
const NULL_BODY = [204, 205, 304]

/** Methods that may be sent twice without anyone asking (RFC 9110 §9.2.2). */
const IDEMPOTENT = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']

/** Whom an exchange tells. */
export interface ExchangeEvents {
  /** The most that a server may send. Default: `DEFAULT_LIMITS`. */
  readonly limits?: Limits
  resolve(response: LazyResponse): void
  reject(error: unknown): void
  /** The exchange needs its connection, or its place in the queue, no longer. */
  over(exchange: UndiciExchange): void
}

/** One request and its response on a connection: what undici calls as the bytes come in. */
export class UndiciExchange implements Job {
  readonly options: Dispatcher.DispatchOptions
  connection: Connection | undefined
  readonly #request: PreparedRequest
  readonly #events: ExchangeEvents
  readonly #limits: Limits
  readonly #offAbort: () => void
  #timer: NodeJS.Timeout | undefined
  #progress: Progress = 'connect'
  #interim = 0
  #repeated = false
  #controller: Dispatcher.DispatchController | undefined
  #body: IncomingBody | undefined

  constructor(request: PreparedRequest, options: Dispatcher.DispatchOptions, events: ExchangeEvents) {
    this.options = options
    this.#request = request
    this.#events = events
    this.#limits = events.limits ?? DEFAULT_LIMITS
    this.#offAbort = request.cancellation.onAbort((reason) => this.#abort(reason))
    this.#limitConnect()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Thrown here, before a byte is written, an abort costs no connection.
    this.#request.cancellation.throwIfAborted()
    this.#controller = controller
    this.#progress = 'headers'
    clearTimeout(this.#timer)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    statusText = '',
  ): void {
    if (status < 200) return this.#countInterim(status)
    checkHead({ status, headers, lines: lineCount(controller) }, this.#limits, this.#request)
    if (Array.isArray(headers.location)) throw this.#twoTargets()
    this.#progress = 'body'
    this.#body = new IncomingBody(controller, this.#request, this.#limits.maxResponseSize)
    const empty = this.options.method === 'HEAD' || NULL_BODY.includes(status)
    const head = { status, statusText, headers }
    const body = { incoming: empty ? null : this.#body, coded: true, limit: this.#limits.maxResponseSize }
    this.#events.resolve(new LazyResponse(this.#request, head, body))
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.push(chunk)
  }

  onResponseEnd(): void {
    this.#finish()
    this.#body?.end()
    this.#events.over(this)
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, cause: Error): void {
    if (this.#repeats(cause)) return
    this.#finish()
    const { cancellation } = this.#request
    const error = cancellation.aborted
      ? cancellation.reason
      : networkError(cause, this.#request, this.#progress)
    if (this.#body) this.#body.fail(error)
    else this.#events.reject(error)
    // undici is still emptying this connection's queue; it takes new requests right after.
    queueMicrotask(() => this.#events.over(this))
  }

  /** An upgrade that nobody asked for. */
  onRequestUpgrade(): void {
    throw new ProtocolError('The server switched protocols unasked', { request: this.#request })
  }

  /**
   * A request that met a connection which the server was just closing is sent once more, on a fresh one:
   * RFC 9112 §9.3.1. It was not answered, so it may be.
   */
  #repeats(cause: Error): boolean {
    const { connection } = this
    const lost = /^(?:UND_ERR_SOCKET|ECONNRESET|EPIPE)$/.test((cause as NodeJS.ErrnoException).code ?? '')
    const { method, body, cancellation } = this.#request
    const may = lost && this.#progress === 'headers' && connection?.used && IDEMPOTENT.includes(method)
    if (!may || this.#repeated || cancellation.aborted || !isReplayable(body)) return false
    this.#repeated = true
    this.#progress = 'connect'
    this.#controller = undefined
    // undici is still emptying this connection's queue; it takes new requests right after.
    queueMicrotask(() => connection.client.dispatch(this.options, this))
    return true
  }

  #twoTargets(): InvalidRedirectError {
    return new InvalidRedirectError('The server sent two Location headers', { request: this.#request })
  }

  #countInterim(status: number): void {
    this.#interim += 1
    if (this.#interim > this.#limits.maxInterim) {
      throw new ProtocolError(
        `The server sent more than ${this.#limits.maxInterim} responses of status ${status}`,
        {
          request: this.#request,
        },
      )
    }
  }

  #abort(reason: unknown): void {
    this.#finish()
    this.#body?.fail(reason)
    this.#events.reject(reason)
    if (this.connection === undefined) this.#events.over(this)
    else if (this.#controller === undefined) this.connection.abandon(reason)
    this.#controller?.abort(asError(reason))
  }

  #finish(): void {
    this.#offAbort()
    clearTimeout(this.#timer)
  }

  #limitConnect(): void {
    const ms = this.#request.settings.timeouts?.connect
    if (ms === undefined || ms === Infinity) return
    this.#timer = setTimeout(() => this.#abort(timeoutError('connect', ms, this.#request)), ms)
    this.#timer.unref()
  }
}

function lineCount({ rawHeaders }: Dispatcher.DispatchController): number {
  return Array.isArray(rawHeaders) ? rawHeaders.length / 2 : 0
}
