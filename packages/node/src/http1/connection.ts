import { once } from 'node:events'
import type { OnReadOpts, Socket } from 'node:net'
import { markStep } from '../base/connect-step.js'
import { atTurnEnd, io, whenSettled } from '../base/io.js'
import { asError, connectionLost } from '../base/network-error.js'
import { OpeningTimes } from '../base/timings.js'
import { type Job, urlOf } from './job.js'
import { Http1Stream, type StreamOwner } from './stream.js'

/** Opens a socket for a request. An abort of `signal` cancels it at any step. */
export type OpenSocket = (url: string, signal: AbortSignal, how: SocketOptions) => Promise<Socket>

interface SocketOptions {
  /** Protocols for ALPN, in order of preference. Default: HTTP/1.1 only. */
  readonly protocols?: readonly string[]
  /** The buffer to read into. Not used with a proxy or HTTP/2. */
  readonly onread?: OnReadOpts
  /** Time limit for opening, in milliseconds. */
  readonly limit: number
  /** Measures the steps of opening. */
  readonly opening: OpeningTimes
}

export interface ConnectionOptions {
  readonly origin: string
  /**
   * Maximum idle time in milliseconds; 0 closes the connection after each response. Default: 20 seconds, or the
   * server's `Keep-Alive`.
   */
  readonly keepAlive: number | undefined
  readonly open: OpenSocket
  /** Called when a response is paused because the buffer is full. */
  readonly onPause?: () => void
  /** Maximum size of a response's headers, names and values, in bytes. */
  readonly maxHeaderSize: number
}

/** Default idle time of a connection, in milliseconds. */
export const KEEP_ALIVE = 20_000
const LONGEST_KEEP_ALIVE = 600_000
/** An idle connection is closed this many milliseconds before the server would close it. */
const MARGIN = 2000

/** A connection that handles one request at a time, and reconnects after it was closed. */
export class Connection implements StreamOwner {
  readonly host: string
  readonly keepAlive: number | undefined
  readonly maxHeaderSize: number
  /** Sockets opened so far. */
  opened = 0
  /** Whether the previous request was sent on a reused socket and got no bytes in return. */
  stale = false
  /** The current job, including one that waits for the socket to open. */
  job: Job | undefined
  readonly onPause: () => void
  readonly #open: OpenSocket
  #socket: Socket | undefined
  #stream: Http1Stream | undefined
  /** The job that starts at the end of the turn. */
  #next: Job | undefined
  #attempt: AbortController | undefined
  /** Whether the current socket has had a request before. */
  #used = false
  /** When the first response on the socket ended; `undefined` after a second one. */
  #firstFreed: number | undefined
  /** The value of `opened` when the current job found an open socket. */
  #found = -1
  #idle: NodeJS.Timeout | undefined
  #idleTime: number

  constructor({ origin, keepAlive, open, onPause = () => {}, maxHeaderSize }: ConnectionOptions) {
    this.host = new URL(origin).host
    this.keepAlive = keepAlive
    this.maxHeaderSize = maxHeaderSize
    this.#open = open
    this.onPause = onPause
    this.#idleTime = keepAlive ?? KEEP_ALIVE
  }

  /** Whether a socket is open. */
  get connected(): boolean {
    return this.#socket !== undefined
  }

  /** Whether the job used an open socket. */
  get reused(): boolean {
    return this.#found === this.opened
  }

  start(job: Job): void {
    job.connection = this
    this.job = job
    this.#found = this.#used ? this.opened : -1
    this.#next = job
    const begin = (): void => this.#begin(job)
    if (!this.connected) begin()
    else if (job.mayResend) atTurnEnd(begin)
    else whenSettled(this.#firstFreed, begin)
  }

  /** Makes the connection idle: it no longer keeps the process alive, and is closed after the idle time. */
  release(): void {
    if (this.#socket === undefined) return
    this.#socket.unref()
    if (this.#idle === undefined) this.#idle = io.setTimeout(() => this.#closeIdle(), this.#idleTime).unref()
    else this.#idle.refresh()
  }

  /** Closes the socket for good. */
  retire(): void {
    this.#closeSocket()
  }

  /** Cancels a job that has not started, and the opening of the socket. */
  abandon(reason: unknown): void {
    const error = asError(reason)
    const job = this.#next
    this.#next = undefined
    this.#attempt?.abort(error)
    job?.onResponseError(undefined, error)
  }

  async close(reason: unknown): Promise<void> {
    const socket = this.#socket
    this.abandon(reason)
    this.#stream?.abort(asError(reason))
    this.#closeSocket()
    if (socket?.closed === false) await once(socket, 'close')
  }

  onStreamEnd({ received }: Http1Stream, reusable: boolean, hint: number | undefined): void {
    this.#stream = undefined
    this.stale = this.#used && !received
    this.#setIdleTime(this.#idleTimeFor(hint))
    if (!reusable || this.#idleTime <= 0) return this.#closeSocket()
    if (received) this.#firstFreed = this.#used ? undefined : io.now()
    this.#used ||= received
  }

  #begin(job: Job): void {
    if (job !== this.#next) return // cancelled
    this.#next = undefined
    if (this.#socket) this.#startStream(job, this.#socket)
    else void this.#connect(job)
  }

  async #connect(job: Job): Promise<void> {
    const attempt = new AbortController()
    this.#attempt = attempt
    const onread = new ReadBuffer()
    try {
      const opening = new OpeningTimes()
      const how = { onread, limit: job.connectLimit, opening }
      const socket = await job.within(() => this.#open(urlOf(job), attempt.signal, how))
      attempt.signal.throwIfAborted()
      if (socket.destroyed) throw socket.errored ?? connectionLost()
      this.#use(socket, onread)
      job.onOpened(opening)
    } catch (cause) {
      const error = attempt.signal.aborted ? attempt.signal.reason : cause
      attempt.abort(error) // also closes a partly opened connection
      this.#attempt = undefined
      job.onResponseError(undefined, asError(error))
      return
    }
    this.#attempt = undefined
    if (this.#socket) this.#startStream(job, this.#socket)
  }

  #use(socket: Socket, onread: ReadBuffer): void {
    this.#socket = socket
    this.opened += 1
    onread.onData = (bytes) => this.#read(bytes, socket)
    if (onread.early) socket.unshift(onread.early)
    socket.on('data', onread.onData)
    socket.on('end', () => this.#onSocketEnd(socket, (stream) => stream.end()))
    socket.on('error', (error) =>
      this.#onSocketEnd(socket, (stream) => stream.abort(markStep('connect', error))),
    )
    socket.on('close', () => this.#onSocketEnd(socket, (stream) => stream.abort(connectionLost())))
  }

  #startStream(job: Job, socket: Socket): void {
    socket.ref()
    this.#stream = new Http1Stream(job, socket, this)
    this.#stream.open()
  }

  #read(bytes: Buffer, socket: Socket): void {
    if (socket !== this.#socket) return
    if (this.#stream) this.#stream.read(bytes)
    else this.#closeSocket() // unsolicited data could be mistaken for the next response
  }

  #onSocketEnd(socket: Socket, notify: (stream: Http1Stream) => void): void {
    if (socket !== this.#socket) return
    if (this.#stream) notify(this.#stream)
    if (socket === this.#socket) this.#closeSocket()
  }

  #closeSocket(): void {
    this.#socket?.destroy()
    this.#socket = undefined
    this.#used = false
    io.clearTimeout(this.#idle)
    this.#idle = undefined
  }

  #closeIdle(): void {
    if (this.#stream === undefined) this.#closeSocket()
  }

  #idleTimeFor(hint: number | undefined): number {
    if (hint === undefined) return this.keepAlive ?? KEEP_ALIVE
    return Math.min(hint - MARGIN, this.keepAlive ?? LONGEST_KEEP_ALIVE)
  }

  #setIdleTime(ms: number): void {
    if (ms === this.#idleTime) return
    this.#idleTime = ms
    io.clearTimeout(this.#idle)
    this.#idle = undefined
  }
}

/** Maximum bytes per read of a socket. */
const READ_SIZE = 65_536

/**
 * A buffer that a socket reuses for every read. Otherwise Node allocates memory for each read, which is a large part of
 * the cost of a small response. Fast path: see decision 14.
 */
export class ReadBuffer implements OnReadOpts {
  /** Called with received bytes, which are valid only during the call. */
  onData: ((bytes: Buffer) => void) | undefined
  /**
   * Bytes received before `onData` was set. The socket then stops reading, but TLS may have decrypted more already.
   */
  early: Buffer | undefined
  #buffer: Buffer | undefined

  /** Allocated on demand, because not all sockets use it. */
  get buffer(): Buffer {
    this.#buffer ??= Buffer.allocUnsafeSlow(READ_SIZE)
    return this.#buffer
  }

  /** @param filled In Node the buffer itself; workerd detaches the buffer and passes another view of its memory. */
  readonly callback = (length: number, filled: Uint8Array): boolean => {
    const whole = filled instanceof Buffer ? filled : Buffer.from(filled.buffer, filled.byteOffset, length)
    const bytes = whole.subarray(0, length)
    if (this.onData) this.onData(bytes)
    else this.early = Buffer.concat(this.early ? [this.early, bytes] : [bytes])
    return this.onData !== undefined
  }
}
