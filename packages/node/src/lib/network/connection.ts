import type { Socket } from 'node:net'
import { Client, type Dispatcher, type buildConnector } from 'undici'
import { asError } from '../as-error.js'

/** A request on its way to a connection. */
export interface Job extends Dispatcher.DispatchHandler {
  /** Where it failed before it had begun, nothing controls it. */
  onResponseError(controller: Dispatcher.DispatchController | undefined, error: Error): void
  readonly options: Dispatcher.DispatchOptions
  /** What carries it, once there is something. */
  connection: Connection | undefined
  /** The server will send no more on this connection. */
  onSocketEnd(): void
}

/**
 * Opens a socket for a request. An aborted signal ends it, whatever stage it is at.
 *
 * @param protocols What TLS offers, best first. Default: HTTP/1.1 alone.
 */
export type OpenSocket = (url: string, signal: AbortSignal, protocols?: readonly string[]) => Promise<Socket>

export interface ConnectionOptions {
  readonly origin: string
  /**
   * The longest that it is kept while idle, in milliseconds; 0 closes it after each response. Without one,
   * 20 seconds, or what the server says.
   */
  readonly keepAlive: number | undefined
  readonly open: OpenSocket
  /** The most bytes of a response's head. */
  readonly maxHeaderSize: number
}

const KEEP_ALIVE = 20_000
/** Codes by which undici means its own passing trouble, and tries again without end. */
const UNDICI_TRIES_AGAIN = /^UND_ERR_(?:INFO|SOCKET)$/

/** One connection that carries one request at a time, and is opened anew when it was lost. */
export class Connection {
  /** All its timers are off but the idle one: deadlines are the session's. */
  readonly client: Client
  /** Whether the socket that is open now has carried a request before. */
  used = false
  /** Whether a socket is open. */
  connected = false
  /** Sockets opened so far. */
  opened = 0
  readonly #open: OpenSocket
  #job: Job | undefined
  #attempt: AbortController | undefined
  /** A socket that undici asked for when no job was there to need it. */
  #deferred: (() => void) | undefined
  /** How many sockets there had been when the job found one open. */
  #found = -1

  constructor({ origin, keepAlive, open, maxHeaderSize }: ConnectionOptions) {
    this.#open = open
    this.client = new Client(origin, {
      ...idling(keepAlive),
      maxHeaderSize,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_options, callback) => this.#connectWhenNeeded(callback),
    })
    this.client.on('connect', () => this.#connectedAnew())
    this.client.on('disconnect', () => (this.connected = this.used = false))
  }

  /** Whether the job was carried by a socket that had carried another. */
  get reused(): boolean {
    return this.#found === this.opened
  }

  start(job: Job): void {
    this.#job = job
    this.#found = this.used ? this.opened : -1
    job.connection = this
    this.client.dispatch(job.options, job)
    const connect = this.#deferred
    this.#deferred = undefined
    connect?.()
  }

  /** The job is over. */
  finish(): void {
    this.#job = undefined
  }

  /** Nobody waits for the socket any more that is being opened; one that is open stays. */
  abandon(reason: unknown): void {
    this.#attempt?.abort(asError(reason))
  }

  async close(reason: unknown): Promise<void> {
    this.abandon(reason)
    await this.client.destroy()
  }

  #connectedAnew(): void {
    this.opened += 1
    this.connected = true
    this.used = false
  }

  /** undici replaces the socket of a request that was given up, though nobody may want another. */
  #connectWhenNeeded(callback: buildConnector.Callback): void {
    const connect = (): void => void this.#connect(callback)
    if (this.#job) connect()
    else this.#deferred = connect
  }

  async #connect(callback: buildConnector.Callback): Promise<void> {
    const outcome = await this.#attemptTo(urlOf(this.#job))
    this.#attempt = undefined
    callback(...outcome)
  }

  async #attemptTo(url: string): Promise<Parameters<buildConnector.Callback>> {
    const attempt = new AbortController()
    this.#attempt = attempt
    try {
      const socket = await this.#open(url, attempt.signal)
      // Before undici hears of it: a response that is made to wait at the end breaks its parser, and the process.
      socket.once('end', () => this.#job?.onSocketEnd())
      return [null, socket]
    } catch (cause) {
      const error = passable(attempt.signal.aborted ? attempt.signal.reason : cause)
      attempt.abort(error) // also closes what was opened on the way
      return [error, null]
    }
  }
}

function idling(keepAlive: number | undefined): Client.Options {
  if (keepAlive === 0) return { pipelining: 0 }
  if (keepAlive === undefined) return { pipelining: 1, keepAliveTimeout: KEEP_ALIVE }
  return { pipelining: 1, keepAliveTimeout: keepAlive, keepAliveMaxTimeout: keepAlive }
}

/** The URL that a job asks for. */
export function urlOf(job: Job | undefined): string {
  const { origin = '', path = '' } = job?.options ?? {}
  return path.startsWith('/') ? `${String(origin)}${path}` : path
}

function passable(error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined || !UNDICI_TRIES_AGAIN.test(code)) return asError(error)
  return new Error('No connection could be opened', { cause: error })
}
