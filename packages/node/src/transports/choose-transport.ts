import { InvalidRequestError, type Transport } from '@session-fetch/core'
import { own } from '@session-fetch/core/adapter'
import { checkNames } from '../base/check-names.js'
import type { LimitOptions } from '../bodies/limits.js'
import { NETWORK_OPTIONS, type NetworkOptions } from '../connect/network-options.js'
import type { PoolStats } from '../http1/connection-pool.js'
import { CrossFetchTransport, type NodeAgent } from './agent-transport.js'
import { type Dispatcher, isDispatcher } from './dispatcher-sender.js'
import { PooledTransport } from './pooled-transport.js'

/** The default transport of a session. */
export interface NodeTransport extends Transport {
  stats?(origin?: string): PoolStats
}

interface NodeTransportOptions extends NetworkOptions {
  agent?: NodeAgent | Dispatcher | undefined
  limits?: LimitOptions | undefined
}

/**
 * Chooses the transport: Node's `http` for an `http.Agent`, the dispatcher for a dispatcher, by default our own pool.
 *
 * @throws InvalidRequestError for an invalid agent, or one together with options for our own connections
 */
export function nodeTransport({ agent, limits, ...network }: NodeTransportOptions): NodeTransport {
  const settings = own<NetworkOptions>(network)
  if (agent === undefined) return new PooledTransport({ ...networkOptions(settings), limits })
  const excluded = NETWORK_OPTIONS.find((name) => name !== 'trustEnv' && settings[name] !== undefined)
  if (excluded !== undefined)
    throw new InvalidRequestError(`${excluded}: not allowed together with agent, which opens the connections`)
  return isDispatcher(agent) ? withDispatcher(agent, limits) : new CrossFetchTransport(agent, limits)
}

/** The options of a session that are for the connections. */
function networkOptions(settings: NetworkOptions): NetworkOptions {
  const { connections, keepAlive, http2, tls, proxy, trustEnv, lookup, localAddress, guard } = settings
  return { connections, keepAlive, http2, tls, proxy, trustEnv, lookup, localAddress, guard }
}

/**
 * Hides `stats` and `limitsHeaders`: the session does not manage a dispatcher's connections, and some dispatchers report
 * the start of a request only with the response.
 */
function withDispatcher(dispatcher: Dispatcher, limits: LimitOptions | undefined): NodeTransport {
  const transport = new PooledTransport({ dispatcher, limits })
  return { send: (request) => transport.send(request) }
}

/** Options for connections to a Unix domain socket. */
export type UnixSocketOptions = Pick<NetworkOptions, 'connections' | 'keepAlive' | 'tls'>

/**
 * A transport over a Unix domain socket. Mount it under any host name, which becomes the `Host` of the requests. The
 * session that mounts it closes it.
 *
 * @param path The path of the socket, or of a named pipe on Windows.
 * @example session.mount('http://docker/', unixSocketTransport('/var/run/docker.sock'))
 */
export function unixSocketTransport(path: string, options: UnixSocketOptions = {}): Transport {
  if (typeof path !== 'string' || path === '') {
    throw new InvalidRequestError('unixSocketTransport needs the path of a socket')
  }
  checkNames('unixSocketTransport', options, ['connections', 'keepAlive', 'tls'])
  const { connections, keepAlive, tls } = own(options)
  return new PooledTransport({ connections, keepAlive, tls, proxy: null, socketPath: path })
}
