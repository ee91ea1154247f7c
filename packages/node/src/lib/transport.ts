import { type PreparedRequest, SessionClosedError, type Transport, own } from '@session-fetch/core'
import type { Dispatcher } from 'undici'
import { refusal } from './connect-through.js'
import { ConnectionPool, type PoolStats } from './connection-pool.js'
import { type RequestOptions, dispatchOptions } from './dispatch-options.js'
import { proxyFromEnvironment } from './environment-proxy.js'
import { Http2Pool } from './http2-pool.js'
import type { LazyResponse } from './lazy-response.js'
import { type NetworkOptions, type NetworkSettings, toNetworkSettings } from './network-options.js'
import type { OpenSocket } from './connection.js'
import { openConnection } from './open-connection.js'
import type { ProxyServer } from './proxy-server.js'
import { forwardingBy, routeTo } from './route.js'
import type { TlsTicket } from './start-tls.js'
import { UndiciExchange } from './undici-exchange.js'
import { withRequest } from './with-request.js'

export interface UndiciTransportOptions extends NetworkOptions {
  /** A dispatcher of the caller's, used in place of connections of our own, and never closed by us. */
  dispatcher?: Dispatcher | undefined
  /** Whether the environment is read for each request, instead of once. Default: `false`. */
  liveEnv?: boolean | undefined
  /** A Unix domain socket that all connections lead to, whatever the URL's host is. */
  socketPath?: string | undefined
}

/** With so many origins known, those without an open socket are forgotten. */
const MANY_POOLS = 256
const HTTP_1 = ['http/1.1']

/** The connections to one origin, by one way. */
type OriginPool = Pick<ConnectionPool, 'run' | 'done' | 'stats' | 'isEmpty' | 'close'>

/** The default transport of Node: undici's connections, one request at a time on each, kept alive. */
export class UndiciTransport implements Transport {
  readonly #pools = new Map<string, OriginPool>()
  readonly #settings: NetworkSettings
  readonly #dispatcher: Dispatcher | undefined
  readonly #socketPath: string | undefined
  /** What the pools that were forgotten had done. */
  #past: PoolStats = { opened: 0, reused: 0, running: 0, pending: 0 }

  constructor(options: UndiciTransportOptions = {}) {
    const { dispatcher, socketPath, liveEnv = false } = own(options)
    const settings = toNetworkSettings(own(options))
    this.#settings = liveEnv ? { ...settings, choose: chooseByLiveEnvironment } : settings
    this.#dispatcher = dispatcher
    this.#socketPath = socketPath
  }

  send(request: PreparedRequest): Promise<Response> {
    const url = new URL(request.url)
    const proxy = this.#dispatcher ? null : this.#settings.choose(url)
    const forwarding = forwardingBy(proxy, url)
    const options = dispatchOptions(request, url, forwarding)
    return this.#dispatcher
      ? viaDispatcher(this.#dispatcher, request, options)
      : viaPool(this.#pool(url, proxy), request, { options, refusedBy: forwarding && proxy })
  }

  /** What the connections of all origins are doing. */
  stats(): PoolStats {
    return [...this.#pools.values()].reduce((sum, { stats }) => add(sum, stats), this.#past)
  }

  async close(): Promise<void> {
    const reason = new SessionClosedError('The session was closed while it connected')
    await Promise.all([...this.#pools.values()].map((pool) => pool.close(reason)))
  }

  /** Every proxy, and every user of one, has connections of its own. */
  #pool(url: URL, proxy: ProxyServer | null): OriginPool {
    const key = proxy === null ? url.origin : `${url.origin} ${proxy.key}`
    const known = this.#pools.get(key)
    if (known) return known
    if (this.#pools.size >= MANY_POOLS) this.#forgetEmpty()
    const pool = this.#newPool(url, proxy)
    this.#pools.set(key, pool)
    return pool
  }

  #newPool(url: URL, proxy: ProxyServer | null): OriginPool {
    const { connections, keepAlive, http2, network } = this.#settings
    const route = routeTo(url, proxy, this.#socketPath)
    const ticket: TlsTicket = { session: undefined }
    const open: OpenSocket = (url, signal, protocols = HTTP_1) =>
      openConnection(route, network, { url, signal, ticket, protocols })
    const options = { origin: url.origin, keepAlive, open }
    return http2 && route.secure
      ? new Http2Pool(options, connections)
      : new ConnectionPool(options, connections)
  }

  #forgetEmpty(): void {
    for (const [key, pool] of this.#pools) {
      if (!pool.isEmpty) continue
      this.#past = add(this.#past, pool.stats)
      this.#pools.delete(key)
    }
  }
}

function viaDispatcher(
  dispatcher: Dispatcher,
  request: PreparedRequest,
  options: RequestOptions,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(options, new UndiciExchange(request, options, { resolve, reject, over: () => {} }))
  })
}

interface Parcel {
  options: RequestOptions
  /** The proxy whose own answer a 407 would be. */
  refusedBy: ProxyServer | null
}

function viaPool(
  pool: OriginPool,
  request: PreparedRequest,
  { options, refusedBy }: Parcel,
): Promise<Response> {
  // Made out here: inside, it would keep the promise, and with it a response that nobody reads.
  const over = (exchange: UndiciExchange): void => pool.done(exchange)
  const carried = new Promise<LazyResponse>((resolve, fail) => {
    const reject = (error: unknown): void => fail(withRequest(error, request))
    pool.run(new UndiciExchange(request, options, { resolve, reject, over }))
  })
  return refusedBy === null ? carried : carried.then((response) => notRefused(response, request, refusedBy))
}

function chooseByLiveEnvironment(url: URL): ProxyServer | null {
  return proxyFromEnvironment(url, process.env)
}

/** Only a proxy answers 407; what it says is not the origin's. */
async function notRefused(
  response: LazyResponse,
  request: PreparedRequest,
  proxy: ProxyServer,
): Promise<Response> {
  if (response.status !== 407) return response
  await response.discard()
  throw withRequest(refusal(proxy, 407), request)
}

function add(a: PoolStats, b: PoolStats): PoolStats {
  return {
    opened: a.opened + b.opened,
    reused: a.reused + b.reused,
    running: a.running + b.running,
    pending: a.pending + b.pending,
  }
}
