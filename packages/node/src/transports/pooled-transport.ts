import { AsyncLocalStorage } from 'node:async_hooks'
import type { Socket } from 'node:net'
import {
  InvalidRequestError,
  type PreparedRequest,
  SessionClosedError,
  type Transport,
} from '@session-fetch/core'
import { isReplayable, own } from '@session-fetch/core/adapter'
import { checkNames } from '../base/check-names.js'
import { withRequest } from '../base/network-error.js'
import { requestTarget, splitPlainUrl } from '../base/url-parts.js'
import type { LazyResponse } from '../bodies/lazy-response.js'
import { type LimitOptions, type Limits, parserLimit, toLimits } from '../bodies/limits.js'
import {
  type Destination,
  type OutgoingRequest,
  toOutgoingRequest,
  refuseFetchOnly,
} from '../bodies/outgoing-request.js'
import {
  NETWORK_OPTIONS,
  type NetworkOptions,
  type NetworkSettings,
  toNetworkSettings,
} from '../connect/network-options.js'
import { forwardingBy, openConnection, routeTo } from '../connect/open-connection.js'
import { proxyFromEnvironment } from '../connect/proxy-environment.js'
import type { ProxyServer } from '../connect/proxy-server.js'
import type { TlsTicket } from '../connect/tls.js'
import { refusal } from '../connect/tunnel.js'
import { ConnectionPool, type PoolStats } from '../http1/connection-pool.js'
import type { OpenSocket } from '../http1/connection.js'
import { Http2Pool } from '../http2/pool.js'
import { type Dispatcher, DispatcherSender, isDispatcher } from './dispatcher-sender.js'
import { Exchange } from './exchange.js'
import { TracedExchange, areConnectionsTraced, isTraced, tracedConnect } from './traced-exchange.js'

/** Options of a `PooledTransport`. */
export interface PooledTransportOptions extends NetworkOptions {
  /** Limits on the response, except for the body size. */
  limits?: LimitOptions | undefined
  /** An undici dispatcher to use instead of the pool. Never closed by this transport. */
  dispatcher?: Dispatcher | undefined
  /** Whether to read the environment for each request instead of once. Default: `false`. */
  liveEnv?: boolean | undefined
  /** A Unix domain socket for all connections, regardless of the URL's host. */
  socketPath?: string | undefined
}

/** At this number of origins, pools without an open socket are removed. */
const MANY_POOLS = 256
const HTTP_1 = ['http/1.1']
const NONE: PoolStats = Object.freeze({ opened: 0, reused: 0, running: 0, pending: 0 })
/** 421 Misdirected Request: RFC 9110 §15.5.20. */
const MISDIRECTED = 421

/** The connections to one origin by one route. */
type OriginPool = Pick<ConnectionPool, 'run' | 'done' | 'stats' | 'isEmpty' | 'close'>

/** The route of requests to an origin, computed once. */
interface OriginRoute extends Destination {
  readonly proxy: ProxyServer | null
  readonly pool: OriginPool
  readonly limits: Limits
  /** Whether functions of the caller are called when a connection is opened. */
  readonly needsContext: boolean
  /** Shared by all requests: a closure per request would keep the promise alive, and thereby an unread response. */
  readonly over: (exchange: Exchange) => void
}

const OPTIONS: readonly string[] = [...NETWORK_OPTIONS, 'limits', 'dispatcher', 'liveEnv', 'socketPath']

/** @throws InvalidRequestError for an unknown option, one of the wrong kind, or one that a dispatcher makes useless */
function checkedOptions(options: PooledTransportOptions): PooledTransportOptions {
  checkNames('new PooledTransport', options, OPTIONS)
  const given = own(options)
  const { dispatcher, liveEnv, socketPath } = given
  if (liveEnv !== undefined && typeof liveEnv !== 'boolean')
    throw new InvalidRequestError('liveEnv must be true or false')
  if (socketPath !== undefined && (typeof socketPath !== 'string' || socketPath === ''))
    throw new InvalidRequestError('socketPath must be the path of a socket')
  if (dispatcher === undefined) return given
  if (!isDispatcher(dispatcher)) throw new InvalidRequestError('dispatcher must be a dispatcher of undici')
  const excluded = NETWORK_OPTIONS.find((name) => given[name] !== undefined)
  if (excluded === undefined) return given
  throw new InvalidRequestError(
    `${excluded}: not allowed together with dispatcher, which opens the connections`,
  )
}

/**
 * Node's default transport: a pool of keep-alive connections per origin.
 *
 * @example
 * const slow = new PooledTransport({ connections: 2, proxy: 'http://proxy.example:3128' })
 * session.mount('https://slow.example/', slow)
 */
export class PooledTransport implements Transport {
  /** Whether it enforces `timeout.headers`. A dispatcher may report too late that a request was sent. */
  readonly limitsHeaders: boolean
  /** False for a Unix domain socket, so that a server on the network cannot redirect requests to it. */
  readonly takesRedirects: boolean
  readonly #pools = new Map<string, OriginPool>()
  /** By origin. Not used if the environment is read for each request. */
  readonly #routes = new Map<string, OriginRoute>()
  readonly #settings: NetworkSettings
  readonly #dispatcher: DispatcherSender | undefined
  readonly #socketPath: string | undefined
  readonly #liveEnv: boolean
  readonly #limits: Limits
  /** The number of requests that were sent again over a separate connection. */
  #resent = 0
  /** The totals of pools that were removed. */
  #past: PoolStats = NONE

  constructor(options: PooledTransportOptions = {}) {
    const { dispatcher, socketPath, liveEnv = false, limits } = checkedOptions(options)
    this.#settings = toNetworkSettings(own(options))
    this.#liveEnv = liveEnv
    this.#limits = toLimits(limits)
    this.#dispatcher = dispatcher && new DispatcherSender(dispatcher, this.#limits)
    this.limitsHeaders = dispatcher === undefined
    this.takesRedirects = socketPath === undefined
    this.#socketPath = socketPath
  }

  send(request: PreparedRequest): Promise<Response> {
    refuseFetchOnly(request)
    if (this.#dispatcher) return this.#dispatcher.send(request)
    const { route, path } = this.#routeFor(request.url)
    const options = toOutgoingRequest(request, route, path)
    return viaPool(route, request, options, this.#resend)
  }

  /** Sends a request again over a separate connection. */
  readonly #resend = (request: PreparedRequest): Promise<LazyResponse> => {
    const { route, path } = this.#routeFor(request.url)
    const key = `${request.url} again ${(this.#resent += 1)}`
    const pool = this.#newPool(new URL(request.url), route.proxy)
    this.#pools.set(key, pool)
    const over = (exchange: Exchange): void => {
      pool.done(exchange)
      this.#past = add(this.#past, pool.stats)
      this.#pools.delete(key)
      void pool.close(new Error('The connection was for one request'))
    }
    return viaPool({ ...route, pool, over }, request, toOutgoingRequest(request, route, path))
  }

  /**
   * The statistics of all origins together, or of one, by all of its routes.
   *
   * @example console.log(transport.stats('https://slow.example').opened)
   */
  stats(origin?: string): PoolStats {
    const isSelected = (key: string): boolean =>
      origin === undefined || key === origin || key.startsWith(`${origin} `) || key.startsWith(`${origin}/`)
    const pools = [...this.#pools].filter(([key]) => isSelected(key))
    return pools.reduce((sum, [, { stats }]) => add(sum, stats), origin === undefined ? this.#past : NONE)
  }

  async close(): Promise<void> {
    const reason = new SessionClosedError('The session that owns the connections of this call was closed')
    await Promise.all([...this.#pools.values()].map((pool) => pool.close(reason)))
  }

  #routeFor(text: string): { route: OriginRoute; path: string } {
    const parts = splitPlainUrl(text)
    const known = parts && this.#routes.get(parts.origin)
    if (known) return { route: known, path: parts.path }
    const url = new URL(text)
    return { route: this.#newRoute(url), path: requestTarget(url) }
  }

  #newRoute(url: URL): OriginRoute {
    const proxy = this.#liveEnv ? proxyFromEnvironment(url, process.env) : this.#settings.choose(url)
    const { origin } = url
    const [forwarding, pool] = [forwardingBy(proxy, url), this.#pool(url, proxy)]
    const over = (exchange: Exchange): void => pool.done(exchange)
    const { lookup, guard } = this.#settings.network
    const needsContext = lookup !== undefined || guard !== undefined
    const route = { origin, forwarding, proxy, pool, over, needsContext, limits: this.#limits }
    if (!this.#liveEnv) this.#routes.set(origin, route)
    return route
  }

  /** Each proxy, and each user of a proxy, has separate connections. */
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
    const open: OpenSocket = (text, signal, how) => {
      const { protocols = HTTP_1, onread, limit, opening } = own(how)
      const attempt = { url: text, signal, ticket, protocols, onread, limit, opening }
      const opened = (): Promise<Socket> => openConnection(route, network, attempt)
      return areConnectionsTraced()
        ? tracedConnect({ url, secure: route.secure, servername: route.hostname }, opened)
        : opened()
    }
    const maxHeaderSize = parserLimit(this.#limits)
    const options = { origin: url.origin, keepAlive, open, maxHeaderSize }
    return http2 && route.secure
      ? new Http2Pool(options, connections)
      : new ConnectionPool(options, connections)
  }

  #forgetEmpty(): void {
    this.#routes.clear()
    for (const [key, pool] of this.#pools) {
      if (!pool.isEmpty) continue
      this.#past = add(this.#past, pool.stats)
      this.#pools.delete(key)
    }
  }
}

/** @param again Resends over another connection after a 421. */
function viaPool(
  route: OriginRoute,
  request: PreparedRequest,
  options: OutgoingRequest,
  again?: (request: PreparedRequest) => Promise<LazyResponse>,
): Promise<LazyResponse> {
  const { pool, proxy, forwarding, limits, over } = route
  const sent = new Promise<LazyResponse>((settle, fail) => {
    const resolve = (response: LazyResponse): void => {
      if (again === undefined || response.status !== MISDIRECTED || !isReplayable(request.body))
        return settle(response)
      void response.discard()
      settle(again(request))
    }
    const reject = (error: unknown): void => fail(withRequest(error, request))
    const context = route.needsContext ? AsyncLocalStorage.snapshot() : undefined
    const events = { limits, context, resolve, reject, over }
    pool.run(
      isTraced() ? new TracedExchange(request, options, events) : new Exchange(request, options, events),
    )
  })
  return proxy && forwarding ? sent.then((response) => checkProxyStatus(response, request, proxy)) : sent
}

/** A 407 comes from the proxy, not the origin. */
async function checkProxyStatus(
  response: LazyResponse,
  request: PreparedRequest,
  proxy: ProxyServer,
): Promise<LazyResponse> {
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
