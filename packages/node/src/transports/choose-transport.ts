import { InvalidRequestError, type Transport } from '@session-fetch/core'
import { has, own } from '@session-fetch/core/adapter'
import type { LimitOptions } from '../bodies/limits.js'
import { NETWORK_OPTIONS, type NetworkOptions } from '../connect/network-options.js'
import type { PoolStats } from '../http1/connection-pool.js'
import { CrossFetchTransport, type NodeAgent } from './agent-transport.js'
import type { Dispatcher } from './dispatcher-sender.js'
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
  if (agent === undefined) return new PooledTransport({ ...network, limits })
  const settings = own(network as Record<string, unknown>)
  const excluded = NETWORK_OPTIONS.find((name) => name !== 'trustEnv' && settings[name] !== undefined)
  if (excluded !== undefined)
    throw new InvalidRequestError(`${excluded}: not allowed together with agent, which opens the connections`)
  return isDispatcher(agent) ? withDispatcher(agent, limits) : new CrossFetchTransport(agent, limits)
}

function isDispatcher(agent: NodeAgent | Dispatcher): agent is Dispatcher {
  const object = Object(agent) as object
  return has(object, 'dispatch') && typeof object.dispatch === 'function'
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
 * A transport over a Unix domain socket. Mount it under any host name, which becomes the `Host` of its requests. The
 * session that mounts it closes it.
 *
 * @param path The path of the socket, or of a named pipe on Windows.
 * @example session.mount('http://docker/', unixSocketTransport('/var/run/docker.sock'))
 */
export function unixSocketTransport(path: string, options: UnixSocketOptions = {}): Transport {
  if (typeof path !== 'string' || path === '') {
    throw new InvalidRequestError('unixSocketTransport needs the path of a socket')
  }
  const { connections, keepAlive, tls } = own(options)
  return new PooledTransport({ connections, keepAlive, tls, proxy: null, socketPath: path })
}
