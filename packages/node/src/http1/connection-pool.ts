import { io, unrefTimer } from '../base/io.js'
import { CHECK_INTERVAL, warnUnreadBodies } from '../bodies/connection-reclaimer.js'
import { Connection, type ConnectionOptions } from './connection.js'
import type { Job } from './job.js'

/** The number of connections, and their use. */
export interface PoolStats {
  /** Connections opened so far. */
  opened: number
  /** Requests so far that used an open connection. */
  reused: number
  /** Requests in progress. */
  running: number
  /** Requests waiting for a connection. */
  pending: number
}

/**
 * Connections to one origin, each with one request at a time. The last one freed is used first, so that sequential calls
 * use the same socket. Requests beyond the limit wait in order. If responses with unread bodies use all connections, the
 * next request gets an extra one, which is closed afterwards.
 */
export class ConnectionPool {
  readonly #options: ConnectionOptions
  readonly #limit: number
  readonly #connections: Connection[] = []
  readonly #idle: Connection[] = []
  /** An array, because a Set keeps removed entries reachable until its old tables are collected. */
  readonly #waiting: Job[] = []
  #reused = 0
  /** Sockets opened by connections that were removed. */
  #past = 0
  #timer: NodeJS.Timeout | undefined

  /** @param limit Maximum number of connections. */
  constructor(options: ConnectionOptions, limit: number) {
    this.#options = { ...options, onPause: () => this.#onPause() }
    this.#limit = limit
  }

  get stats(): PoolStats {
    const opened = this.#connections.reduce((sum, connection) => sum + connection.opened, this.#past)
    const running = this.#connections.length - this.#idle.length
    return { opened, reused: this.#reused, running, pending: this.#waiting.length }
  }

  /** Whether it has no requests and no open sockets. */
  get isEmpty(): boolean {
    const { length } = this.#connections
    return length === this.#idle.length && !this.#connections.some(({ connected }) => connected)
  }

  /** Starts a job as soon as a connection is free. Call `done` afterwards. */
  run(job: Job): void {
    const connection = this.#takeIdle() ?? this.#addBelowLimit()
    if (connection !== undefined) return connection.start(job)
    this.#waiting.push(job)
    if (this.#timer === undefined || this.#isOver) this.#checkUnread()
  }

  /** Frees the connection of a job, or removes the job from the queue. */
  done(job: Job): void {
    const connection = job.connection as Connection | undefined // assigned by this pool's Connection.start()
    if (connection === undefined) return this.#unqueue(job)
    if (connection.reused) this.#reused += 1
    connection.job = undefined
    if (this.#isOver && (this.#waiting.length === 0 || this.#unreadAfter(connection) > 0))
      return this.#retire(connection)
    const next = this.#waiting.shift()
    if (next) return connection.start(next)
    connection.release()
    this.#idle.push(connection)
  }

  async close(reason: unknown): Promise<void> {
    io.clearTimeout(this.#timer)
    await Promise.all(this.#connections.map((connection) => connection.close(reason)))
  }

  /** Removes the idle connection that was freed last, preferably one that is still open. */
  #takeIdle(): Connection | undefined {
    if (this.#idle.at(-1)?.connected) return this.#idle.pop()
    const open = this.#idle.findLastIndex(({ connected }) => connected)
    return open < 0 ? this.#idle.pop() : this.#idle.splice(open, 1)[0]
  }

  #unqueue(job: Job): void {
    const at = this.#waiting.indexOf(job)
    if (at >= 0) this.#waiting.splice(at, 1)
  }

  #addBelowLimit(): Connection | undefined {
    return this.#connections.length < this.#limit ? this.#add() : undefined
  }

  #add(): Connection {
    const connection = new Connection(this.#options)
    this.#connections.push(connection)
    return connection
  }

  #retire(connection: Connection): void {
    this.#past += connection.opened
    this.#connections.splice(this.#connections.indexOf(connection), 1)
    connection.retire()
  }

  /** Whether there are more connections than the limit. */
  get #isOver(): boolean {
    return this.#connections.length > this.#limit
  }

  #onPause(): void {
    if (this.#isOver) this.#checkUnread()
  }

  /**
   * If responses with unread bodies use all connections, opens one more for the first waiting job; otherwise checks
   * again later.
   */
  #checkUnread(): void {
    if (this.#waiting.length > 0 && this.#unreadAfter() === 0) {
      warnUnreadBodies(this.#options.origin, 'one more was opened')
      const next = this.#waiting.shift()
      if (next) this.#add().start(next)
    }
    if (this.#waiting.length === 0 || this.#timer) return
    this.#timer = io.setTimeout(() => this.#onTimer(), CHECK_INTERVAL)
    unrefTimer(this.#timer)
  }

  #onTimer(): void {
    this.#timer = undefined
    this.#checkUnread()
  }

  /**
   * Milliseconds until all responses count as unread; `Infinity` while one is being awaited or read. If there are
   * more connections than the limit, unread responses were found before, and new ones get no extra time.
   */
  #unreadAfter(except?: Connection): number {
    const [time, withGrace] = [io.now(), !this.#isOver]
    let longest = 0
    for (const connection of this.#connections) {
      if (connection === except) continue
      longest = Math.max(longest, connection.job?.unreadAfter(time, withGrace) ?? Infinity)
      if (longest === Infinity) break
    }
    return longest
  }
}
