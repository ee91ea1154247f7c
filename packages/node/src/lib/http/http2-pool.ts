import { type ClientHttp2Session, connect } from 'node:http2'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { asError } from '../as-error.js'
import { io } from '../io.js'
import { IDEMPOTENT } from '../network/network-error.js'
import type { ConnectionOptions } from '../http1/connection.js'
import { ConnectionPool, type PoolStats } from '../http1/connection-pool.js'
import { type Job, urlOf } from './job.js'
import { Http2Health } from './http2-health.js'
import { Http2Stream, type Loss } from './http2-stream.js'
import { isBytes } from './outgoing-body.js'

const PROTOCOLS = ['h2', 'http/1.1']
/** Streams at a time until the server says how many it allows. */
const STREAMS = 100
const STREAM_WINDOW = 262_144
const CONNECTION_WINDOW = 1_048_576
const KEEP_ALIVE = 20_000
/** What Node gives a head up at. The session's own limits are below that, and say so. */
const [HEAD_BYTES, HEAD_LINES] = [1_048_576, 16_384]

/**
 * One HTTP/2 connection to an origin, which carries all its requests at once. An origin that chooses HTTP/1.1
 * when it is asked is given a pool of connections, the first of which is the one that is already open.
 */
export class Http2Pool {
  readonly #options: ConnectionOptions
  readonly #limit: number
  readonly #waiting = new Set<Job>()
  readonly #running = new Map<Job, Http2Stream>()
  readonly #repeated = new WeakSet<Job>()
  #fallback: ConnectionPool | undefined
  /** The one that takes requests. */
  #session: ClientHttp2Session | undefined
  /** Those that are open, with the ones that only finish what they have. */
  readonly #sessions = new Map<ClientHttp2Session, Http2Health>()
  #attempt: AbortController | undefined
  #idle: NodeJS.Timeout | undefined
  #fresh = true
  #opened = 0
  #reused = 0

  /** @param limit Connections, where it comes to HTTP/1.1. */
  constructor(options: ConnectionOptions, limit: number) {
    this.#options = options
    this.#limit = limit
  }

  get stats(): PoolStats {
    if (this.#fallback) return this.#fallback.stats
    const [running, pending] = [this.#running.size, this.#waiting.size]
    return { opened: this.#opened, reused: this.#reused, running, pending }
  }

  get isEmpty(): boolean {
    if (this.#fallback) return this.#fallback.isEmpty
    return this.#sessions.size === 0 && this.#running.size === 0 && this.#waiting.size === 0
  }

  run(job: Job): void {
    if (this.#fallback) return this.#fallback.run(job)
    this.#waiting.add(job)
    this.#proceed()
  }

  done(job: Job): void {
    if (this.#fallback) return this.#fallback.done(job)
    this.#waiting.delete(job)
    this.#running.delete(job)
    if (this.#waiting.size > 0) return this.#proceed()
    this.#abandon(new Error('Nobody waits for the connection any more'))
    if (this.#running.size === 0) this.#rest()
  }

  async close(reason: unknown): Promise<void> {
    const error = asError(reason)
    this.#abandon(error)
    // An attempt that was abandoned tells nobody.
    this.#failWaiting(error)
    for (const stream of this.#running.values()) stream.abort(error)
    for (const session of this.#sessions.keys()) session.destroy()
    await this.#fallback?.close(reason)
  }

  /** Starts what waits, as far as the server allows. */
  #proceed(): void {
    const session = this.#session
    if (session === undefined || session.closed || session.destroyed) {
      this.#session = undefined // that it takes no more requests shows before its 'close' does
      if (this.#attempt === undefined && this.#waiting.size > 0) void this.#connect()
      return
    }
    for (const job of this.#waiting) {
      if (this.#running.size >= (session.remoteSettings?.maxConcurrentStreams ?? STREAMS)) return
      this.#start(session, job)
    }
  }

  #start(session: ClientHttp2Session, job: Job): void {
    io.clearTimeout(this.#idle)
    session.ref()
    this.#waiting.delete(job)
    const used = !this.#fresh
    if (used) this.#reused += 1
    this.#fresh = false
    const stream = new Http2Stream(job, {
      repeats: (loss) => this.#repeats(job, loss, used),
      onTimeout: () => this.#sessions.get(session)?.doubt(),
      onTrouble: () => this.#sessions.get(session)?.distrust(),
    })
    this.#running.set(job, stream)
    stream.open(session)
  }

  /**
   * What the server did not take is sent once more; so is what may be sent twice and met a connection that
   * was just closing (RFC 9113 §8.7).
   */
  #repeats(job: Job, loss: Loss, used: boolean): boolean {
    const { method, body } = job.options
    const kept = body === null || isBytes(body) || body instanceof Blob
    const harmless = loss === 'refused' || (used && IDEMPOTENT.includes(method))
    if (!kept || !harmless || this.#repeated.has(job)) return false
    this.#repeated.add(job)
    this.#running.delete(job)
    job.onRequestAgain()
    io.queueMicrotask(() => this.run(job))
    return true
  }

  /** The URL for which a connection is opened. */
  get #firstUrl(): string {
    const [first] = this.#waiting
    return first ? urlOf(first) : this.#options.origin
  }

  async #connect(): Promise<void> {
    const attempt = new AbortController()
    this.#attempt = attempt
    const [first] = this.#waiting
    try {
      const socket = await this.#options.open(this.#firstUrl, attempt.signal, {
        protocols: PROTOCOLS,
        limit: first?.connectLimit ?? Infinity,
      })
      if (this.#attempt === attempt) this.#use(socket)
      else socket.destroy()
    } catch (error) {
      attempt.abort(error) // also closes what was opened on the way
      if (this.#attempt === attempt) this.#failWaiting(asError(error))
    }
  }

  #use(socket: Socket): void {
    this.#attempt = undefined
    if (socket instanceof TLSSocket && socket.alpnProtocol === 'h2') this.#begin(socket)
    else this.#fallBack(socket)
  }

  #begin(socket: Socket): void {
    const session = connect(this.#options.origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW, maxHeaderListSize: HEAD_BYTES },
      maxHeaderListPairs: HEAD_LINES,
    })
    const health = new Http2Health(session, socket, {
      isBusy: () => this.#running.size > 0,
      forget: () => this.#forget(session),
      retire: () => this.#retire(session),
    })
    this.#session = session
    this.#sessions.set(session, health)
    this.#opened += 1
    this.#fresh = true
    session.on('connect', () => session.setLocalWindowSize(CONNECTION_WINDOW))
    session.on('remoteSettings', () => this.#proceed())
    session.on('error', () => {}) // each of its streams reports it
    session.on('goaway', (code, last) => {
      for (const stream of this.#running.values()) stream.goAway(session, code, last)
      this.#forget(session)
    })
    session.on('close', () => {
      health.end()
      this.#sessions.delete(session)
      this.#forget(session)
    })
    this.#proceed()
  }

  #fallBack(first: Socket): void {
    const spare = [first]
    const { open } = this.#options
    const options: ConnectionOptions = {
      ...this.#options,
      open: async (url, signal, how) => {
        const socket = spare.pop()
        return socket === undefined || socket.destroyed ? open(url, signal, how) : socket
      },
    }
    this.#fallback = new ConnectionPool(options, this.#limit)
    const jobs = [...this.#waiting]
    this.#waiting.clear()
    for (const job of jobs) this.#fallback.run(job)
  }

  #failWaiting(error: Error): void {
    this.#attempt = undefined
    const jobs = [...this.#waiting]
    this.#waiting.clear()
    for (const job of jobs) job.onResponseError(undefined, error)
  }

  #forget(session: ClientHttp2Session): void {
    if (this.#session !== session) return
    this.#session = undefined
    io.clearTimeout(this.#idle)
    this.#proceed()
  }

  #abandon(reason: unknown): void {
    const attempt = this.#attempt
    this.#attempt = undefined
    attempt?.abort(asError(reason))
  }

  /** Nothing is under way: the process may end, and in a while the connection does. */
  #rest(): void {
    const session = this.#session
    if (session === undefined) return
    session.unref()
    io.clearTimeout(this.#idle)
    this.#idle = io.setTimeout(() => this.#retire(session), this.#options.keepAlive ?? KEEP_ALIVE)
    this.#idle.unref()
  }

  /** It takes no more requests. It is forgotten first: none may meet it while it closes. */
  #retire(session: ClientHttp2Session): void {
    this.#forget(session)
    session.close()
  }
}
