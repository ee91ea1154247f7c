import type { ClientHttp2Session, connect as Connect } from 'node:http2'
import type { Socket } from 'node:net'
import { Duplex, type DuplexOptions } from 'node:stream'
import { io } from '../base/io.js'
import { shadowed } from '../base/shadowed.js'
import { KEEP_ALIVE } from '../http1/connection.js'
import type { Job } from '../http1/job.js'
import { Http2Health } from './health.js'
import type { FailureKind } from './stream-failure.js'
import { Http2Stream } from './stream.js'

/** Maximum streams, without bodies, that are opened before the server's SETTINGS. */
const EARLY = 100
const STREAM_WINDOW = 262_144
const CONNECTION_WINDOW = 1_048_576
/** Above these limits Node resets a stream. The session's limits are lower and report a specific error. */
const [HEAD_BYTES, HEAD_LINES] = [1_048_576, 16_384]
/**
 * In megabytes: unlimited. Node counts queued request bodies, although they are not copied, and fails streams over the
 * limit with a code as if the server had reset them.
 */
const SESSION_MEMORY = 2 ** 32 - 1

/** The pool, as seen by its connections. */
export interface ConnectionOwner {
  readonly origin: string
  /** Maximum idle time in milliseconds. Default: 20 seconds. */
  readonly keepAlive: number | undefined
  /** Whether to keep the connection when it is idle. */
  isKept(connection: Http2Connection): boolean
  /** Called before a stream reports a failure. Returns whether the request is sent again instead. */
  resends(job: Job, failure: StreamFailure): boolean
  /** Called when the connection may accept more requests. */
  onRoom(): void
  /** Called when a response is paused until it is read. */
  onPause(): void
  /** Called when the connection accepts no more requests. */
  onRetire(): void
  /** Called when the connection is closed. */
  onClose(connection: Http2Connection): void
}

/** The failure of a stream that got no response. */
export interface StreamFailure {
  readonly kind: FailureKind
  /** Whether the connection had been used before. */
  readonly used: boolean
  /** Whether the connection carries, or has carried, other streams: then sending again cannot go on forever. */
  readonly shared: boolean
}

/** An HTTP/2 connection and its streams. */
export class Http2Connection {
  readonly #owner: ConnectionOwner
  readonly socket: Socket
  readonly #session: ClientHttp2Session
  readonly #health: Http2Health
  readonly #streams = new Map<Job, Http2Stream>()
  /** Whether the server's SETTINGS were received. */
  #hasSettings = false
  /** Maximum concurrent streams, as learned from refusals; raised by one for each stream that ends. */
  #maxStreams = Infinity
  #retired = false
  /** Whether it has had a request before. */
  #used = false
  /** Whether the server left the connection after it had processed a stream (RFC 9113 §6.8). */
  #left = false
  /** The number of streams that keep the process alive. */
  #holding = 0
  #idle: NodeJS.Timeout | undefined

  /** @param connect `http2.connect`; `node:http2` is loaded at first use. */
  constructor(socket: Socket, connect: typeof Connect, owner: ConnectionOwner) {
    this.socket = socket
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
      onDead: () => this.#stop(),
      retire: () => this.retire(),
    })
    this.#listen()
    socket.unref()
  }

  /** Whether it accepts requests, possibly later. */
  get isOpen(): boolean {
    // `closed` is set before the event is emitted
    return !this.#retired && !this.#session.closed && !this.#session.destroyed
  }

  /** Jobs in progress. */
  get jobs(): Iterable<Job> {
    return this.#streams.keys()
  }

  get running(): number {
    return this.#streams.size
  }

  /** Whether it accepts this request now. A request with a body waits for the server's SETTINGS. */
  hasRoomFor({ options: { body } }: Job): boolean {
    if (!this.isOpen) return false
    const { size } = this.#streams
    if (!this.#hasSettings) return size === 0 || (body === null && size < Math.min(EARLY, this.#maxStreams))
    const { maxConcurrentStreams = Infinity } = this.#session.remoteSettings
    return size < Math.min(maxConcurrentStreams, this.#maxStreams)
  }

  /** @returns whether it had been used before */
  start(job: Job): boolean {
    io.clearTimeout(this.#idle)
    const used = this.#used
    this.#used = true
    const stream = new Http2Stream(job, {
      socket: this.socket,
      resends: (kind) => this.#resends(job, kind, used),
      onTimeout: () => this.#health.ping(),
      onServerError: () => this.#health.recordFailure(),
      onHold: (holds) => this.#hold(holds),
      onPause: () => this.#owner.onPause(),
    })
    this.#streams.set(job, stream)
    stream.open(this.#session)
    return used
  }

  /** Removes a job that is over or sent again. */
  done(job: Job): void {
    if (this.#streams.delete(job)) this.#maxStreams += 1
    if (this.#streams.size === 0) this.#startIdleTimer()
  }

  /** Accepts no more requests; existing streams may finish. */
  retire(): void {
    this.#stop()
    this.#session.close()
  }

  /** Aborts all streams and closes the connection. */
  async close(error: Error): Promise<void> {
    this.#stop()
    for (const stream of this.#streams.values()) stream.abort(error)
    this.#session.destroy()
    this.socket.destroy()
    if (!this.socket.closed) await new Promise((resolve) => this.socket.once('close', resolve))
  }

  #listen(): void {
    const session = this.#session
    session.on('connect', () => {
      if (!session.destroyed) session.setLocalWindowSize(CONNECTION_WINDOW)
    })
    session.on('remoteSettings', () => {
      this.#hasSettings = true
      this.#maxStreams = Infinity
      this.#owner.onRoom()
    })
    session.on('error', () => {}) // reported by each of the streams
    session.on('goaway', (code, last) => {
      this.#left = last > 0
      for (const stream of this.#streams.values()) stream.goAway(code, last)
      this.#stop()
    })
    session.on('close', () => {
      this.#health.end()
      this.#stop()
      this.socket.destroy()
      this.#owner.onClose(this)
    })
  }

  /** Excludes the connection from further requests. */
  #stop(): void {
    io.clearTimeout(this.#idle)
    if (this.#retired) return
    this.#retired = true
    this.#owner.onRetire()
  }

  /** Starts the idle timer. */
  #startIdleTimer(): void {
    io.clearTimeout(this.#idle)
    if (!this.isOpen) return
    const { keepAlive = KEEP_ALIVE } = this.#owner
    if (keepAlive === 0 || !this.#owner.isKept(this)) this.retire()
    else this.#idle = io.setTimeout(() => this.retire(), keepAlive).unref()
  }

  #resends(job: Job, kind: FailureKind, used: boolean): boolean {
    this.#streams.delete(job)
    const { size } = this.#streams
    if (kind === 'refused') this.#maxStreams = Math.max(1, size)
    return this.#owner.resends(job, { kind, used, shared: this.#left || (this.isOpen && size > 0) })
  }

  #hold(holds: boolean): void {
    this.#holding += holds ? 1 : -1
    if (this.socket.destroyed) return // ref() would wait for the socket to connect
    if (this.#holding > 0) this.socket.ref()
    else this.socket.unref()
  }
}

/**
 * Wraps a socket in a plain Duplex for Node's HTTP/2.
 *
 * Given the socket itself, Node reads and writes on its handle, and does not read while it writes. If a write then
 * fails because the server reset the connection, Node starts another write that never ends, stops reading, and does not
 * detect the reset. With a Duplex, a failed write is an ordinary error. The Duplex also batches the writes of a turn of
 * the event loop, which halves the cost of a small request.
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
  stream.on('error', () => {}) // HTTP/2 may have removed the listener
  socket.on('data', (chunk: Uint8Array) => {
    if (!stream.push(chunk)) socket.pause()
  })
  socket.on('end', () => destroyOnceRead(stream))
  socket.on('error', (error) => stream.destroy(error))
  socket.on('close', () => stream.destroy())
  return stream
}

/**
 * Destroys a stream when all it received has been read. At an 'end' event, Node would shut down its side of the
 * connection; any frame it sends then, such as the GOAWAY of `session.destroy()`, fails one of its assertions, which
 * ends the process.
 */
function destroyOnceRead(stream: Duplex): void {
  if (stream.readableLength === 0) stream.destroy()
  else stream.once('data', () => io.setImmediate(() => destroyOnceRead(stream)))
}

type Done = (error?: Error | null) => void

function writeAll(socket: Socket, chunks: readonly { chunk: Uint8Array }[], done: Done): void {
  socket.cork()
  for (const [index, { chunk }] of chunks.entries())
    socket.write(chunk, index === chunks.length - 1 ? done : undefined)
  socket.uncork()
}
