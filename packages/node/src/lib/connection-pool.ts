import type { Client, Dispatcher } from 'undici'

/** A request on its way to a connection. */
export interface Job extends Dispatcher.DispatchHandler {
  readonly options: Dispatcher.DispatchOptions
  /** The connection that carries it, once there is one. */
  client: Client | undefined
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
  readonly #clients: Client[] = []
  readonly #idle: Client[] = []
  readonly #waiting = new Set<Job>()
  #opened = 0

  /** @param create Makes a client of one connection; it connects when it is given its first request. */
  constructor(create: () => Client, limit: number) {
    this.#create = create
    this.#limit = limit
  }

  get stats(): PoolStats {
    const running = this.#clients.length - this.#idle.length
    return { opened: this.#opened, running, pending: this.#waiting.size }
  }

  /** Sends a job as soon as a connection is free. Call `done` when it is over. */
  run(job: Job): void {
    const client = this.#idle.pop() ?? this.#grow()
    if (client === undefined) this.#waiting.add(job)
    else this.#start(client, job)
  }

  /** The job is over, or given up: its connection is free for the next, or its place in the queue is. */
  done(job: Job): void {
    const { client } = job
    const [next] = this.#waiting
    if (client === undefined) {
      this.#waiting.delete(job)
    } else if (next === undefined) {
      this.#idle.push(client)
    } else {
      this.#waiting.delete(next)
      this.#start(client, next)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.destroy()))
  }

  #start(client: Client, job: Job): void {
    job.client = client
    client.dispatch(job.options, job)
  }

  #grow(): Client | undefined {
    if (this.#clients.length >= this.#limit) return undefined
    const client = this.#create()
    client.on('connect', () => {
      this.#opened += 1
    })
    this.#clients.push(client)
    return client
  }
}
