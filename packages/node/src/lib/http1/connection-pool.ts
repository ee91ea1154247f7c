import type { Job } from '../http/job.js'
import { Connection, type ConnectionOptions } from './connection.js'

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
 * given up while it waits costs nothing.
 */
export class ConnectionPool {
  readonly #options: ConnectionOptions
  readonly #limit: number
  readonly #connections: Connection[] = []
  readonly #idle: Connection[] = []
  /** Not a Set: the tables that a busy Set outgrows keep alive what was in them. */
  readonly #waiting: Job[] = []
  #reused = 0

  /** @param limit The most connections there may be. */
  constructor(options: ConnectionOptions, limit: number) {
    this.#options = options
    this.#limit = limit
  }

  get stats(): PoolStats {
    const opened = this.#connections.reduce((sum, connection) => sum + connection.opened, 0)
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
    if (connection === undefined) this.#waiting.push(job)
    else connection.start(job)
  }

  /** The job is over, or given up: its connection is free for the next, or its place in the queue is. */
  done(job: Job): void {
    const { connection } = job
    if (connection === undefined) return this.#forget(job)
    if (connection.reused) this.#reused += 1
    const next = this.#waiting.shift()
    if (next) return connection.start(next)
    connection.rest()
    this.#idle.push(connection)
  }

  async close(reason: unknown): Promise<void> {
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
    if (this.#connections.length >= this.#limit) return undefined
    const connection = new Connection(this.#options)
    this.#connections.push(connection)
    return connection
  }
}
