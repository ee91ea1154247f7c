import { InvalidRequestError, type PreparedRequest } from '@session-fetch/core'
import { has, own } from '@session-fetch/core/adapter'
import { isReset } from '../base/connect-step.js'
import { io, whenSettled } from '../base/io.js'
import { asError } from '../base/network-error.js'
import { requestTarget } from '../base/url-parts.js'
import type { Limits } from '../bodies/limits.js'
import { nameOf } from '../connect/tls.js'
import { type SendableBody, isBytes, readableOf } from '../bodies/outgoing-body.js'
import { toOutgoingRequest } from '../bodies/outgoing-request.js'
import { ConnectionReclaimer } from '../bodies/connection-reclaimer.js'
import type { Job, JobConnection } from '../http1/job.js'
import { Exchange } from './exchange.js'

/** An undici dispatcher, such as `Agent`, `ProxyAgent` or `MockAgent`, as far as a session uses it. */
export interface Dispatcher {
  dispatch(options: object, handler: object): unknown
}

/** Whether a value is a dispatcher, by the method that sends requests. */
export function isDispatcher(value: object | undefined): value is Dispatcher {
  const object = Object(value) as object
  return has(object, 'dispatch') && typeof object.dispatch === 'function'
}

/** The session applies timeouts itself, and connections are kept after HEAD requests and with a custom Host. */
const DISPATCH_DEFAULTS = { headersTimeout: 0, bodyTimeout: 0, reset: false }
/** At this number of origins, the record of those that have answered is cleared. */
const MANY_ORIGINS = 256

/** Sends requests over a dispatcher that the caller passed. */
export class DispatcherSender {
  readonly #dispatcher: Dispatcher
  readonly #limits: Limits
  readonly #reclaimer = new ConnectionReclaimer()
  readonly #answered: AnsweredOrigins = new Map()

  constructor(dispatcher: Dispatcher, limits: Limits) {
    this.#dispatcher = dispatcher
    this.#limits = limits
  }

  send(request: PreparedRequest): Promise<Response> {
    const url = new URL(request.url)
    const { origin, hostname } = url
    const options = toOutgoingRequest(request, { origin, forwarding: null }, requestTarget(url))
    const [limits, lease] = [this.#limits, this.#reclaimer.lease(origin)]
    return new Promise((resolve, reject) => {
      const events = { limits, lease, resolve, reject, over: () => {} }
      const exchange = new DispatchedExchange(request, options, events)
      // a new body for each attempt, because a stream is read once
      const dispatch = (): void => {
        const body = countedBody(request, options.body)
        this.#dispatch(
          own({ ...options, ...DISPATCH_DEFAULTS, servername: nameOf(hostname), body }),
          exchange,
        )
      }
      exchange.connection = this.#connection(origin, dispatch)
      if (exchange.mayResend || !this.#answered.has(origin)) dispatch()
      else whenSettled(this.#answered.get(origin), () => request.cancellation.aborted || dispatch())
    })
  }

  #dispatch(options: object, exchange: DispatchedExchange): void {
    try {
      this.#dispatcher.dispatch(options, exchange)
    } catch (cause) {
      const error = cause instanceof Error && isOutdated(cause) ? outdated(cause) : asError(cause)
      exchange.onResponseError(undefined, error)
    }
  }

  #connection(origin: string, start: () => void): DispatcherConnection {
    const answered = this.#answered
    if (answered.size >= MANY_ORIGINS) answered.clear()
    return { answered, origin, reused: false, stale: false, start, abandon: () => {} }
  }
}

/**
 * Origins that have answered, so that a connection to them may be a reused one. The value is the time of the answer by
 * `io.now()` if there was only one, as `whenSettled` expects.
 */
type AnsweredOrigins = Map<string, number | undefined>

/** The known properties of the connection that a dispatcher chose. */
interface DispatcherConnection extends JobConnection {
  readonly origin: string
  readonly answered: AnsweredOrigins
  stale: boolean
  start(job: Job): void
}

/** An exchange over a dispatcher, which does not report whether its connection was used before. */
class DispatchedExchange extends Exchange {
  declare connection: DispatcherConnection | undefined

  override onResponseEnd(): void {
    if (this.connection) {
      const { answered, origin } = this.connection
      answered.set(origin, answered.has(origin) ? undefined : io.now())
    }
    super.onResponseEnd()
  }

  override onResponseError(stream: Parameters<Exchange['onResponseError']>[0], cause: Error): void {
    const { connection } = this
    if (connection) connection.stale = isReset(cause) && connection.answered.has(connection.origin)
    super.onResponseError(stream, cause)
  }
}

/** Checks the length of a stream, because a dispatcher may be configured not to. */
function countedBody({ headers }: PreparedRequest, body: SendableBody): SendableBody {
  const length = headers.get('Content-Length')
  const isWhole = body === null || isBytes(body) || body instanceof Blob
  return isWhole || length === null ? body : readableOf(body, Number(length))
}

/** Recognizes the error of undici 6 and older, such as the one in Node 20 and 22, for a handler of undici 7. */
function isOutdated({ message }: Error): boolean {
  return /invalid on\w+ method/.test(message)
}

function outdated(cause: Error): InvalidRequestError {
  const what = 'agent: this dispatcher is from an undici before version 7, such as the one in Node 20 and 22'
  return new InvalidRequestError(`${what}; install undici 7 and pass one of its dispatchers`, { cause })
}
