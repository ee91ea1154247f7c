import type { Client, Dispatcher } from 'undici'

/** A request on its way to a connection. */
export interface Job extends Dispatcher.DispatchHandler {
  readonly options: Dispatcher.DispatchOptions
  /** What carries it, once there is something. */
  connection: Connection | undefined
}

/** One connection, opened anew when it was lost. */
export interface Connection {
  readonly client: Client
  /** Whether the socket that is open now has carried a request before. */
  used: boolean
}

/** How many connections there are, and what they are doing. */
export interface PoolStats {
  /** Connections opened so far. */
  opened: number
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
  readonly #create: () => Client
  readonly #limit: number
  readonly #connections: Connection[] = []
  readonly #idle: Connection[] = []
  readonly #waiting = new Set<Job>()
  #opened = 0

  /** @param create Makes a client of one connection; it connects when it is given its first request. */
  constructor(create: () => Client, limit: number) {
    this.#create = create
    this.#limit = limit
  }

  get stats(): PoolStats {
    const running = this.#connections.length - this.#idle.length
    return { opened: this.#opened, running, pending: this.#waiting.size }
  }

  /** Sends a job as soon as a connection is free. Call `done` when it is over. */
  run(job: Job): void {
    const connection = this.#idle.pop() ?? this.#grow()
    if (connection === undefined) this.#waiting.add(job)
    else this.#start(connection, job)
  }

  /** The job is over, or given up: its connection is free for the next, or its place in the queue is. */
  done(job: Job): void {
    const { connection } = job
    if (connection === undefined) {
      this.#waiting.delete(job)
      return
    }
    connection.used = true
    const [next] = this.#waiting
    if (next === undefined) {
      this.#idle.push(connection)
    } else {
      this.#waiting.delete(next)
      this.#start(connection, next)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#connections.map(({ client }) => client.destroy()))
  }

  #start(connection: Connection, job: Job): void {
    job.connection = connection
    connection.client.dispatch(job.options, job)
  }

  #grow(): Connection | undefined {
    if (this.#connections.length >= this.#limit) return undefined
    const connection = { client: this.#create(), used: false }
    connection.client.on('connect', () => {
      this.#opened += 1
      connection.used = false
    })
    this.#connections.push(connection)
    return connection
  }
}
