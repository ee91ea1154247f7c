import { once } from 'node:events'
import type { OnReadOpts, Socket } from 'node:net'
import { markStep } from '../base/connect-step.js'
import { atTurnEnd, io, whenQuiet } from '../base/io.js'
import { asError, connectionLost } from '../base/network-error.js'
import { type Job, urlOf } from './job.js'
import { Http1Stream, type StreamOwner } from './stream.js'

/** Opens a socket for a request. An aborted signal ends it, whatever stage it is at. */
export type OpenSocket = (url: string, signal: AbortSignal, how: SocketOptions) => Promise<Socket>

interface SocketOptions {
  /** What TLS offers, best first. Default: HTTP/1.1 alone. */
  readonly protocols?: readonly string[]
  /** What it may read into. One with a proxy or HTTP/2 in its way has its own memory all the same. */
  readonly onread?: OnReadOpts
  /** The longest that opening it may take, in milliseconds. */
  readonly limit: number
}

export interface ConnectionOptions {
  readonly origin: string
  /**
   * The longest that it is kept while idle, in milliseconds; 0 closes it after each response. Without one,
   * 20 seconds, or what the server says.
   */
  readonly keepAlive: number | undefined
  readonly open: OpenSocket
  /** Called when a response begins to wait for its reader. */
  readonly onPause?: () => void
  /** The most bytes of a response's head, names and values. */
  readonly maxHeaderSize: number
}

/** How long an idle connection is kept by default, in milliseconds. */
export const KEEP_ALIVE = 20_000
const LONGEST_KEEP_ALIVE = 600_000
/** An idle connection is closed by so many milliseconds before the server closes it. */
const MARGIN = 2000

/** One connection that carries one request at a time, and is opened anew when it was lost. */
export class Connection implements StreamOwner {
  readonly host: string
  readonly keepAlive: number | undefined
  readonly maxHeaderSize: number
  /** Sockets opened so far. */
  opened = 0
  /** Whether the stream before found a socket that had carried another, and heard nothing on it. */
  stale = false
  /** What it carries, or is opened for. */
  job: Job | undefined
  readonly onPause: () => void
  readonly #open: OpenSocket
  #socket: Socket | undefined
  #stream: Http1Stream | undefined
  /** The job that begins when the turn ends. */
  #next: Job | undefined
  #attempt: AbortController | undefined
  /** Whether the socket that is open now has carried a request before. */
  #used = false
  /** When the first response of the socket ended, unless another has ended since. */
  #freed: number | undefined
  /** How many sockets there had been when the job found one open. */
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

  /** Whether the job was carried by a socket that had carried another. */
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
    else whenQuiet(this.#freed, begin)
  }

  /** No job follows for now: the process may end, and in a while the socket does. */
  release(): void {
    if (this.#socket === undefined) return
    this.#socket.unref()
    if (this.#idle === undefined) this.#idle = io.setTimeout(() => this.#closeIdle(), this.#idleTime).unref()
    else this.#idle.refresh()
  }

  /** No job follows. */
  retire(): void {
    this.#drop()
  }

  /** Nobody waits any more for the job that has not begun, nor for the socket that is opened for it. */
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
    this.#drop()
    if (socket?.closed === false) await once(socket, 'close')
  }

  onStreamEnd({ heard }: Http1Stream, reusable: boolean, hint: number | undefined): void {
    this.#stream = undefined
    this.stale = this.#used && !heard
    this.#setIdleTime(this.#idleTimeFor(hint))
    if (!reusable || this.#idleTime <= 0) return this.#drop()
    if (heard) this.#freed = this.#used ? undefined : io.now()
    this.#used ||= heard
  }

  #begin(job: Job): void {
    if (job !== this.#next) return // it was given up
    this.#next = undefined
    if (this.#socket) this.#startStream(job, this.#socket)
    else void this.#connect(job)
  }

  async #connect(job: Job): Promise<void> {
    const attempt = new AbortController()
    this.#attempt = attempt
    const onread = new ReadBuffer()
    try {
      const how = { onread, limit: job.connectLimit }
      const socket = await job.within(() => this.#open(urlOf(job), attempt.signal, how))
      attempt.signal.throwIfAborted()
      if (socket.destroyed) throw socket.errored ?? connectionLost()
      this.#use(socket, onread)
    } catch (cause) {
      const error = attempt.signal.aborted ? attempt.signal.reason : cause
      attempt.abort(error) // also closes what was opened on the way
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
    socket.on('end', () => this.#lose(socket, (stream) => stream.end()))
    socket.on('error', (error) => this.#lose(socket, (stream) => stream.abort(markStep('connect', error))))
    socket.on('close', () => this.#lose(socket, (stream) => stream.abort(connectionLost())))
  }

  #startStream(job: Job, socket: Socket): void {
    socket.ref()
    this.#stream = new Http1Stream(job, socket, this)
    this.#stream.open()
  }

  #read(bytes: Buffer, socket: Socket): void {
    if (socket !== this.#socket) return
    if (this.#stream) this.#stream.read(bytes)
    else this.#drop() // the server speaks unasked: what comes next may answer another
  }

  #lose(socket: Socket, tell: (stream: Http1Stream) => void): void {
    if (socket !== this.#socket) return
    if (this.#stream) tell(this.#stream)
    if (socket === this.#socket) this.#drop()
  }

  #drop(): void {
    this.#socket?.destroy()
    this.#socket = undefined
    this.#used = false
    io.clearTimeout(this.#idle)
    this.#idle = undefined
  }

  #closeIdle(): void {
    if (this.#stream === undefined) this.#drop()
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

/** The most bytes that one read of a socket brings. */
const READ_SIZE = 65_536

/**
 * What a socket reads into, again and again: Node would take fresh memory for each read, and a good part of a small
 * response's time.
 */
export class ReadBuffer implements OnReadOpts {
  /** Told of what comes. The bytes are only lent: the next ones take their place. */
  onData: ((bytes: Buffer) => void) | undefined
  /** What came before anyone listened; the socket is to read no more then, but TLS may have more records at hand. */
  early: Buffer | undefined
  #buffer: Buffer | undefined

  /** Made for the socket that asks for it: some have memory of their own. */
  get buffer(): Buffer {
    this.#buffer ??= Buffer.allocUnsafeSlow(READ_SIZE)
    return this.#buffer
  }

  readonly callback = (length: number): boolean => {
    const bytes = this.buffer.subarray(0, length)
    if (this.onData) this.onData(bytes)
    else this.early = Buffer.concat(this.early ? [this.early, bytes] : [bytes])
    return this.onData !== undefined
  }
}
