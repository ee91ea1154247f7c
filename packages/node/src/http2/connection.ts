import { type ClientHttp2Session, connect } from 'node:http2'
import type { Socket } from 'node:net'
import { Duplex, type DuplexOptions } from 'node:stream'
import { io } from '../base/io.js'
import { shadowed } from '../base/shadowed.js'
import { KEEP_ALIVE } from '../http1/connection.js'
import type { Job } from '../http1/job.js'
import { Http2Health } from './health.js'
import { Http2Stream, type Loss } from './stream.js'

/** Streams without a body that are begun before the server has said how many it allows. */
const EARLY = 100
const STREAM_WINDOW = 262_144
const CONNECTION_WINDOW = 1_048_576
/** What Node gives a head up at. The session's own limits are below that, and say so. */
const [HEAD_BYTES, HEAD_LINES] = [1_048_576, 16_384]
/**
 * In megabytes: none. Node counts bodies that wait to be sent, which are not copies, and fails streams over its limit
 * with a code as if the server had.
 */
const SESSION_MEMORY = 2 ** 32 - 1

/** Whom a connection asks and tells. */
export interface ConnectionOwner {
  readonly origin: string
  /** The longest that it is kept while idle, in milliseconds. Default: 20 seconds. */
  readonly keepAlive: number | undefined
  /** Whether it is to be kept when nothing is under way. */
  isKept(connection: Http2Connection): boolean
  /** Asked before a stream reports that it failed: whether its request is sent again. */
  resends(job: Job, failure: StreamFailure): boolean
  /** It may take requests that it did not take before. */
  onRoom(): void
  /** A response begins to wait for its reader. */
  onPause(): void
  /** It takes no more requests. */
  onRetire(): void
  /** It is closed. */
  onClose(connection: Http2Connection): void
}

/** How a stream failed without a response. */
export interface StreamFailure {
  readonly loss: Loss
  /** Whether the connection had carried a request before. */
  readonly used: boolean
  /** Whether the connection carries others, whose end makes room. */
  readonly crowded: boolean
}

/** One HTTP/2 connection, with the requests that it carries. */
export class Http2Connection {
  readonly #owner: ConnectionOwner
  readonly #socket: Socket
  readonly #session: ClientHttp2Session
  readonly #health: Http2Health
  readonly #streams = new Map<Job, Http2Stream>()
  /** Whether the server has said how many streams it allows. */
  #settled = false
  /** The most streams at a time, as far as refusals have shown; each one that ends allows one more. */
  #most = Infinity
  #retired = false
  /** Whether it has carried a request before. */
  #used = false
  /** Streams that keep the process alive. */
  #holding = 0
  #idle: NodeJS.Timeout | undefined

  constructor(socket: Socket, owner: ConnectionOwner) {
    this.#socket = socket
    this.#owner = owner
    const settings = { enablePush: false, initialWindowSize: STREAM_WINDOW, maxHeaderListSize: HEAD_BYTES }
    this.#session = connect(
      owner.origin,
      shadowed({
        createConnection: () => streamOver(socket),
        settings: shadowed(settings),
        maxHeaderListPairs: HEAD_LINES,
        maxSendHeaderBlockLength: HEAD_BYTES,
        maxSessionMemory: SESSION_MEMORY,
      }),
    )
    this.#health = new Http2Health(this.#session, socket, {
      isBusy: () => this.#streams.size > 0,
      forget: () => this.#stop(),
      retire: () => this.retire(),
    })
    this.#listen()
    socket.unref()
  }

  /** Whether it takes requests, be it later. */
  get isOpen(): boolean {
    // That it takes none any more shows before its 'close' does.
    return !this.#retired && !this.#session.closed && !this.#session.destroyed
  }

  /** What is under way. */
  get jobs(): Iterable<Job> {
    return this.#streams.keys()
  }

  get running(): number {
    return this.#streams.size
  }

  /** Whether it may take a request now. One that has a body waits until the server has said how many streams it allows. */
  hasRoomFor({ options: { body } }: Job): boolean {
    if (!this.isOpen) return false
    const { size } = this.#streams
    if (!this.#settled) return size === 0 || (body === null && size < Math.min(EARLY, this.#most))
    const { maxConcurrentStreams = Infinity } = this.#session.remoteSettings
    return size < Math.min(maxConcurrentStreams, this.#most)
  }

  /** @returns whether it had carried another request before */
  start(job: Job): boolean {
    io.clearTimeout(this.#idle)
    const used = this.#used
    this.#used = true
    const stream = new Http2Stream(job, {
      resends: (loss) => this.#resends(job, loss, used),
      onTimeout: () => this.#health.ping(),
      onServerError: () => this.#health.recordFailure(),
      onHold: (holds) => this.#hold(holds),
      onPause: () => this.#owner.onPause(),
    })
    this.#streams.set(job, stream)
    stream.open(this.#session)
    return used
  }

  /** The job is over, or sent again. */
  done(job: Job): void {
    if (this.#streams.delete(job)) this.#most += 1
    if (this.#streams.size === 0) this.#startIdleTimer()
  }

  /** It takes no more requests; what it carries may end. */
  retire(): void {
    this.#stop()
    this.#session.close()
  }

  /** Ends it with all that it carries. */
  async close(error: Error): Promise<void> {
    this.#stop()
    for (const stream of this.#streams.values()) stream.abort(error)
    this.#session.destroy()
    this.#socket.destroy()
    if (!this.#socket.closed) await new Promise((resolve) => this.#socket.once('close', resolve))
  }

  #listen(): void {
    const session = this.#session
    session.on('connect', () => {
      if (!session.destroyed) session.setLocalWindowSize(CONNECTION_WINDOW)
    })
    session.on('remoteSettings', () => {
      this.#settled = true
      this.#most = Infinity
      this.#owner.onRoom()
    })
    session.on('error', () => {}) // each of its streams reports it
    session.on('goaway', (code, last) => {
      for (const stream of this.#streams.values()) stream.goAway(code, last)
      this.#stop()
    })
    session.on('close', () => {
      this.#health.end()
      this.#stop()
      this.#socket.destroy()
      this.#owner.onClose(this)
    })
  }

  /** No request may meet it any more. */
  #stop(): void {
    io.clearTimeout(this.#idle)
    if (this.#retired) return
    this.#retired = true
    this.#owner.onRetire()
  }

  /** Nothing is under way: in a while it is closed. */
  #startIdleTimer(): void {
    io.clearTimeout(this.#idle)
    if (!this.isOpen) return
    const { keepAlive = KEEP_ALIVE } = this.#owner
    if (keepAlive === 0 || !this.#owner.isKept(this)) this.retire()
    else this.#idle = io.setTimeout(() => this.retire(), keepAlive).unref()
  }

  #resends(job: Job, loss: Loss, used: boolean): boolean {
    this.#streams.delete(job)
    const { size } = this.#streams
    if (loss === 'refused') this.#most = Math.max(1, size)
    return this.#owner.resends(job, { loss, used, crowded: this.isOpen && size > 0 })
  }

  #hold(holds: boolean): void {
    this.#holding += holds ? 1 : -1
    if (this.#socket.destroyed) return // it would wait to be connected
    if (this.#holding > 0) this.#socket.ref()
    else this.#socket.unref()
  }
}

/**
 * A socket as Node's HTTP/2 is given it: as a stream of which it knows nothing more.
 *
 * Given the socket itself, Node reads and writes below it, and stops to read while it writes. Where a write fails then,
 * because the server reset the connection, it begins another that never ends and never reads again: it hears neither of the
 * reset nor of anything else. Through a stream, a failed write is an error like any other. It also joins what is written
 * in one turn of the event loop, which halves the cost of a small request.
 */
function streamOver(socket: Socket): Duplex {
  const stream = new Duplex(
    shadowed<DuplexOptions>({
      read: () => void socket.resume(),
      write: (chunk: Uint8Array, _encoding, done) => void socket.write(chunk, done),
      writev: (chunks, done) => writeAll(socket, chunks, done),
      final: (done) => void socket.end(done),
      destroy(error, done) {
        socket.destroy(error ?? undefined)
        done(error)
      },
    }),
  )
  stream.on('error', () => {}) // HTTP/2 may have stopped to listen
  socket.on('data', (chunk: Uint8Array) => {
    if (!stream.push(chunk)) socket.pause()
  })
  socket.on('end', () => stream.push(null))
  socket.on('error', (error) => stream.destroy(error))
  socket.on('close', () => stream.destroy())
  return stream
}

type Done = (error?: Error | null) => void

function writeAll(socket: Socket, chunks: readonly { chunk: Uint8Array }[], done: Done): void {
  socket.cork()
  for (const [index, { chunk }] of chunks.entries())
    socket.write(chunk, index === chunks.length - 1 ? done : undefined)
  socket.uncork()
}
