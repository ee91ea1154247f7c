import { io, unrefTimer } from '../base/io.js'
import { LOOK_AGAIN, warnOfUnread } from '../bodies/unread-bodies.js'
import { Connection, type ConnectionOptions } from './connection.js'
import type { Job } from './job.js'

/** How many connections there are, and what they are doing. */
export interface PoolStats {
  /** Connections opened so far. */
  opened: number
  /** Requests that found a connection open, so far. */
  reused: number
  /** Requests under way. */
  running: number
  /** Requests waiting for a connection. */
  pending: number
}

/**
 * Connections to one origin, each carrying one request at a time. The one that was freed last is used first,
 * so calls one after another stay on one socket; requests beyond the limit wait in order, and one that is
 * given up while it waits costs nothing. Where all connections are held by responses that nobody reads, the next request
 * gets one more, which is closed afterwards.
 */
export class ConnectionPool {
  readonly #options: ConnectionOptions
  readonly #limit: number
  readonly #connections: Connection[] = []
  readonly #idle: Connection[] = []
  /** Not a Set: the tables that a busy Set outgrows keep alive what was in them. */
  readonly #waiting: Job[] = []
  #reused = 0
  /** Sockets that closed connections had opened. */
  #past = 0
  #watch: NodeJS.Timeout | undefined

  /** @param limit The most connections there may be. */
  constructor(options: ConnectionOptions, limit: number) {
    this.#options = { ...options, onPause: () => this.#onPause() }
    this.#limit = limit
  }

  get stats(): PoolStats {
    const opened = this.#connections.reduce((sum, connection) => sum + connection.opened, this.#past)
    const running = this.#connections.length - this.#idle.length
    return { opened, reused: this.#reused, running, pending: this.#waiting.length }
  }

  /** Whether it holds nothing: no request and no open socket. */
  get isEmpty(): boolean {
    const { length } = this.#connections
    return length === this.#idle.length && !this.#connections.some(({ connected }) => connected)
  }

  /** Sends a job as soon as a connection is free. Call `done` when it is over. */
  run(job: Job): void {
    const connection = this.#freed() ?? this.#grow()
    if (connection !== undefined) return connection.start(job)
    this.#waiting.push(job)
    if (this.#watch === undefined || this.#isOver) this.#relieve()
  }

  /** The job is over, or given up: its connection is free for the next, or its place in the queue is. */
  done(job: Job): void {
    const connection = job.connection as Connection | undefined // start() gave it one of this pool's
    if (connection === undefined) return this.#forget(job)
    if (connection.reused) this.#reused += 1
    connection.job = undefined
    if (this.#isOver && (this.#waiting.length === 0 || this.#unreadIn(connection) > 0))
      return this.#retire(connection)
    const next = this.#waiting.shift()
    if (next) return connection.start(next)
    connection.release()
    this.#idle.push(connection)
  }

  async close(reason: unknown): Promise<void> {
    io.clearTimeout(this.#watch)
    await Promise.all(this.#connections.map((connection) => connection.close(reason)))
  }

  /** The idle connection that was freed last; one that is still open goes first. */
  #freed(): Connection | undefined {
    if (this.#idle.at(-1)?.connected) return this.#idle.pop()
    const open = this.#idle.findLastIndex(({ connected }) => connected)
    return open < 0 ? this.#idle.pop() : this.#idle.splice(open, 1)[0]
  }

  #forget(job: Job): void {
    const at = this.#waiting.indexOf(job)
    if (at >= 0) this.#waiting.splice(at, 1)
  }

  #grow(): Connection | undefined {
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

  /** Whether there are more connections than there may be. */
  get #isOver(): boolean {
    return this.#connections.length > this.#limit
  }

  #onPause(): void {
    if (this.#isOver) this.#relieve()
  }

  /** Lets the first that waits go over one more connection where nobody reads what the others hold; else looks again. */
  #relieve(): void {
    if (this.#waiting.length > 0 && this.#unreadIn() === 0) {
      warnOfUnread(this.#options.origin, 'one more was opened')
      const next = this.#waiting.shift()
      if (next) this.#add().start(next)
    }
    if (this.#waiting.length === 0 || this.#watch) return
    this.#watch = io.setTimeout(() => this.#look(), LOOK_AGAIN)
    unrefTimer(this.#watch)
  }

  #look(): void {
    this.#watch = undefined
    this.#relieve()
  }

  /**
   * Milliseconds until nobody reads what the connections carry; `Infinity` while one of them is at work. Where there are
   * more connections than there may be, it was seen that callers leave bodies unread.
   */
  #unreadIn(except?: Connection): number {
    const [time, patient] = [io.now(), !this.#isOver]
    let longest = 0
    for (const connection of this.#connections) {
      if (connection === except) continue
      longest = Math.max(longest, connection.job?.unreadIn(time, patient) ?? Infinity)
      if (longest === Infinity) break
    }
    return longest
  }
}
