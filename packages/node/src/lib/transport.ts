import type { PreparedRequest, Transport } from '@session-fetch/core'
import { Client, type Dispatcher } from 'undici'
import { ConnectionPool, type PoolStats } from './connection-pool.js'
import { outgoingBody } from './outgoing-body.js'
import { UndiciExchange } from './undici-exchange.js'

export interface UndiciTransportOptions {
  /** Connections per origin; further requests wait. Default: 128. */
  connections?: number | undefined
  /** Milliseconds that an idle connection is kept, unless the server says. Default: 20 000. */
  keepAlive?: number | undefined
  /** A dispatcher of the caller's, used in place of connections of our own, and never closed by us. */
  dispatcher?: Dispatcher | undefined
}

/** The default transport of Node: undici's connections, one request at a time on each, kept alive. */
export class UndiciTransport implements Transport {
  readonly #pools = new Map<string, ConnectionPool>()
  readonly #connections: number
  readonly #keepAlive: number
  readonly #dispatcher: Dispatcher | undefined

  constructor(options: UndiciTransportOptions = {}) {
    this.#connections = options.connections ?? 128
    this.#keepAlive = options.keepAlive ?? 20_000
    this.#dispatcher = options.dispatcher
  }

  send(request: PreparedRequest): Promise<Response> {
    const { origin, pathname, search } = new URL(request.url)
    const { body, contentType } = outgoingBody(request.body)
    const headers = [...request.headers].flat()
    if (contentType !== undefined && !request.headers.has('Content-Type'))
      headers.push('content-type', contentType)
    return this.#dispatch(request, {
      origin,
      path: pathname + search,
      method: request.method,
      headers,
      body: body as string | null, // bytes, blobs and iterables, too, whatever its types say
      headersTimeout: 0,
      bodyTimeout: 0,
      // undici would give up the connection of a HEAD request.
      reset: false,
    })
  }

  /** What the connections of all origins are doing. */
  stats(): PoolStats {
    const sum = { opened: 0, running: 0, pending: 0 }
    for (const { stats } of this.#pools.values()) {
      sum.opened += stats.opened
      sum.running += stats.running
      sum.pending += stats.pending
    }
    return sum
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()))
  }

  #dispatch(
    request: PreparedRequest,
    options: Dispatcher.DispatchOptions & { origin: string },
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const pool = this.#dispatcher ? undefined : this.#pool(options.origin)
      const over = (exchange: UndiciExchange): void => pool?.done(exchange)
      const exchange = new UndiciExchange(request, options, { resolve, reject, over })
      if (pool) pool.run(exchange)
      else this.#dispatcher?.dispatch(options, exchange)
    })
  }

  #pool(origin: string): ConnectionPool {
    const known = this.#pools.get(origin)
    if (known) return known
    const pool = new ConnectionPool(() => this.#client(origin), this.#connections)
    this.#pools.set(origin, pool)
    return pool
  }

  /** All its timers are off but the idle one: deadlines are the session's. */
  #client(origin: string): Client {
    return new Client(origin, {
      pipelining: 1,
      keepAliveTimeout: this.#keepAlive,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: 0 },
    })
  }
}
