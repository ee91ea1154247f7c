import type { connect as Connect } from 'node:http2'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { RETRY_DEFAULTS } from '@session-fetch/core/adapter'
import { io, unrefTimer } from '../base/io.js'
import { asError } from '../base/network-error.js'
import { OpeningTimes } from '../base/timings.js'
import { isBytes } from '../bodies/outgoing-body.js'
import { CHECK_INTERVAL, warnUnreadBodies } from '../bodies/connection-reclaimer.js'
import { ConnectionPool, type PoolStats } from '../http1/connection-pool.js'
import type { ConnectionOptions } from '../http1/connection.js'
import { type Job, urlOf } from '../http1/job.js'
import { type ConnectionOwner, Http2Connection, type StreamFailure } from './connection.js'

const PROTOCOLS = ['h2', 'http/1.1']
/**
 * Delays before a refused request is sent again, in milliseconds; their number limits the attempts. An attempt does
 * not count if the request was refused while other streams were open, one of which has to end first, or if the server
 * left the connection after it had processed others.
 */
const DELAYS = [0, 100, 200, 400, 800]

/**
 * An HTTP/2 connection to an origin, shared by all its requests. More are opened only if the current one accepts no
 * more requests, or unread responses block it. If the origin selects HTTP/1.1, or requires it later, a `ConnectionPool`
 * is used instead, starting with the open connection.
 */
export class Http2Pool implements ConnectionOwner {
  readonly origin: string
  readonly keepAlive: number | undefined
  readonly #options: ConnectionOptions
  readonly #limit: number
  /** In order. */
  readonly #waiting: Job[] = []
  /** Jobs that will be sent again after a delay. */
  readonly #delayed = new Map<Job, NodeJS.Timeout>()
  readonly #running = new Map<Job, Http2Connection>()
  /** The number of times a job was refused. */
  readonly #refusals = new WeakMap<Job, number>()
  /** Jobs whose connection was lost once. */
  readonly #lost = new WeakSet<Job>()
  /** Open connections, including retired ones with streams left. */
  readonly #connections = new Set<Http2Connection>()
  #fallback: ConnectionPool | undefined
  #attempt: AbortController | undefined
  /** Runs while jobs wait for room. */
  #timer: NodeJS.Timeout | undefined
  #opened = 0
  #reused = 0

  /** @param limit Maximum connections, for HTTP/1.1. */
  constructor(options: ConnectionOptions, limit: number) {
    this.origin = options.origin
    this.keepAlive = options.keepAlive
    this.#options = options
    this.#limit = limit
  }

  get stats(): PoolStats {
    const rest = this.#fallback?.stats ?? { opened: 0, reused: 0, running: 0, pending: 0 }
    return {
      opened: rest.opened + this.#opened,
      reused: rest.reused + this.#reused,
      running: rest.running + this.#running.size,
      pending: rest.pending + this.#waiting.length + this.#delayed.size,
    }
  }

  get isEmpty(): boolean {
    const { running, pending } = this.stats
    return this.#connections.size === 0 && running + pending === 0 && (this.#fallback?.isEmpty ?? true)
  }

  run(job: Job): void {
    if (this.#fallback) return this.#fallback.run(job)
    this.#waiting.push(job)
    this.#proceed()
  }

  done(job: Job): void {
    const connection = this.#running.get(job)
    this.#running.delete(job)
    if (connection) connection.done(job)
    else if (!this.#unqueue(job)) return this.#fallback?.done(job)
    if (this.#waiting.length > 0) this.#proceed()
    else this.#abandon(new Error('The connection is no longer needed'))
  }

  async close(reason: unknown): Promise<void> {
    const error = asError(reason)
    io.clearTimeout(this.#timer)
    this.#abandon(error)
    // an abandoned attempt does not report to the jobs
    for (const job of this.#delayed.keys()) this.#waiting.push(job)
    this.#failWaiting(error)
    await Promise.all([...this.#connections].map((connection) => connection.close(error)))
    await this.#fallback?.close(reason)
  }

  /** Only one idle connection is kept. */
  isKept(connection: Http2Connection): boolean {
    return (
      this.#fallback === undefined &&
      ![...this.#connections].some((other) => other !== connection && other.isOpen)
    )
  }

  onRoom(): void {
    this.#proceed()
  }

  onPause(): void {
    if (this.#waiting.length > 0) this.#proceed()
  }

  onRetire(): void {
    this.#proceedSoon()
  }

  onClose(connection: Http2Connection): void {
    this.#connections.delete(connection)
  }

  /**
   * Resends requests that the server did not process, idempotent ones that it had too much to do for, and, once,
   * idempotent ones on a connection that was closing (RFC 9113 §8.7).
   */
  resends(job: Job, failure: StreamFailure): boolean {
    if (failure.kind === 'http1') this.#fallBack()
    const { body } = job.options
    const isKept = body === null || isBytes(body) || body instanceof Blob
    const delay = isKept ? this.#delayFor(job, failure) : undefined
    if (delay === undefined) return false
    this.#running.get(job)?.done(job)
    this.#running.delete(job)
    job.onResend()
    this.#rerun(job, delay)
    return true
  }

  /** The delay before a request is sent again, in milliseconds; `undefined` if it is not. */
  #delayFor(job: Job, { kind, used, shared }: StreamFailure): number | undefined {
    if (kind === 'http1' || (kind === 'refused' && shared)) return 0
    const isIdempotent = RETRY_DEFAULTS.methods.includes(job.options.method)
    if (kind === 'refused' || (kind === 'overloaded' && isIdempotent)) {
      const count = this.#refusals.get(job) ?? 0
      this.#refusals.set(job, count + 1)
      return DELAYS[count]
    }
    if (kind === 'overloaded' || !used || !isIdempotent || this.#lost.has(job)) return undefined
    this.#lost.add(job)
    return 0
  }

  #rerun(job: Job, delay: number): void {
    const run = (): void => {
      this.#delayed.delete(job)
      if (this.#fallback) return this.#fallback.run(job)
      this.#waiting.unshift(job)
      this.#proceedSoon()
    }
    if (delay === 0) run()
    else this.#delayed.set(job, io.setTimeout(run, delay))
  }

  /** Deferred, because the current event may still be delivered to other streams. */
  #proceedSoon(): void {
    io.queueMicrotask(() => this.#proceed())
  }

  /** Starts waiting jobs, as far as the server allows. */
  #proceed(): void {
    for (let job = this.#waiting[0]; job; job = this.#waiting[0]) {
      const connection = this.#withRoomFor(job)
      if (connection === undefined) return this.#openIfNeeded()
      this.#waiting.shift()
      this.#running.set(job, connection)
      if (connection.start(job)) this.#reused += 1
    }
  }

  #withRoomFor(job: Job): Http2Connection | undefined {
    for (const connection of this.#connections) if (connection.hasRoomFor(job)) return connection
    return undefined
  }

  /** Opens a connection if none accepts requests, or if unread responses block the current one. */
  #openIfNeeded(): void {
    if (this.#attempt) return
    const open = [...this.#connections].filter(({ isOpen }) => isOpen).length
    if (open === 0) return void this.#connect()
    const isOver = open > 1 // unread responses were found before
    if (this.#timer && !isOver) return
    if (this.#isAnyUnread(!isOver)) {
      warnUnreadBodies(this.origin, 'one more was opened')
      return void this.#connect()
    }
    this.#timer ??= io.setTimeout(() => this.#onTimer(), CHECK_INTERVAL)
    unrefTimer(this.#timer)
  }

  #onTimer(): void {
    this.#timer = undefined
    this.#proceed()
  }

  #isAnyUnread(withGrace: boolean): boolean {
    const now = io.now()
    let isAny = false
    // no early exit, because the first query of a body starts its clock
    for (const job of this.#running.keys()) if (job.unreadAfter(now, withGrace) === 0) isAny = true
    return isAny
  }

  /** The URL to open a connection for. */
  get #firstUrl(): string {
    const [first] = this.#waiting
    return first ? urlOf(first) : this.origin
  }

  async #connect(): Promise<void> {
    const attempt = new AbortController()
    this.#attempt = attempt
    const [first] = this.#waiting
    const opening = new OpeningTimes()
    let socket: Socket | undefined
    const loading = import('node:http2') // needed by the first connection
    try {
      socket = await this.#options.open(this.#firstUrl, attempt.signal, {
        protocols: PROTOCOLS,
        limit: first?.connectLimit ?? Infinity,
        opening,
      })
      first?.onOpened(opening)
      const { connect } = await loading
      if (this.#attempt === attempt) this.#use(socket, connect)
      else socket.destroy()
    } catch (error) {
      attempt.abort(error) // also closes a partly opened connection
      socket?.destroy()
      if (this.#attempt === attempt) this.#failWaiting(asError(error))
    }
  }

  #use(socket: Socket, connect: typeof Connect): void {
    if (!(socket instanceof TLSSocket) || socket.alpnProtocol !== 'h2') {
      this.#attempt = undefined
      this.#fallBack(socket)
      return
    }
    this.#connections.add(new Http2Connection(socket, connect, this)) // may throw, which fails the waiting jobs
    this.#attempt = undefined
    this.#opened += 1
    this.#proceed()
  }

  /** Uses HTTP/1.1 with the origin from now on. */
  #fallBack(...spare: Socket[]): void {
    if (this.#fallback) return
    const { open } = this.#options
    const options: ConnectionOptions = {
      ...this.#options,
      open: async (url, signal, how) => {
        const socket = spare.pop()
        return socket === undefined || socket.destroyed ? open(url, signal, how) : socket
      },
    }
    this.#fallback = new ConnectionPool(options, this.#limit)
    this.#abandon(new Error('The origin uses HTTP/1.1'))
    for (const connection of this.#connections) connection.retire()
    for (const job of this.#waiting.splice(0)) this.#fallback.run(job)
  }

  #failWaiting(error: Error): void {
    this.#attempt = undefined
    for (const job of this.#waiting.splice(0)) job.onResponseError(undefined, error)
  }

  /** @returns whether the job had not started */
  #unqueue(job: Job): boolean {
    const at = this.#waiting.indexOf(job)
    if (at >= 0) this.#waiting.splice(at, 1)
    io.clearTimeout(this.#delayed.get(job))
    return this.#delayed.delete(job) || at >= 0
  }

  #abandon(reason: unknown): void {
    const attempt = this.#attempt
    this.#attempt = undefined
    attempt?.abort(asError(reason))
  }
}
