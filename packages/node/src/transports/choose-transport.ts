import { InvalidRequestError, type Send, type Transport } from '@session-fetch/core'
import { type Call, has, own, withTimeouts } from '@session-fetch/core/adapter'
import type { LimitOptions } from '../bodies/limits.js'
import { NETWORK_OPTIONS, type NetworkOptions } from '../connect/network-options.js'
import type { PoolStats } from '../http1/connection-pool.js'
import { CrossFetchTransport, type NodeAgent } from './agent-transport.js'
import { type Dispatcher, PooledTransport } from './pooled-transport.js'

/** What carries a session's requests unless something is mounted for them. */
export interface NodeTransport extends Transport {
  stats?(): PoolStats
  /**
   * Whether it sees to `timeout.headers` itself, from when a connection carries the request. Where nobody can tell
   * when that is, the limit runs from the attempt's start.
   */
  readonly limitsHeaders?: boolean
}

interface NodeTransportOptions extends NetworkOptions {
  agent?: NodeAgent | Dispatcher | undefined
  limits?: LimitOptions | undefined
}

/**
 * Node's own agents are served by Node's own `http`; a dispatcher of undici's by itself, and no agent by
 * sockets of our own.
 *
 * @throws InvalidRequestError for an agent that is none, or together with what would change connections of our own
 */
export function nodeTransport({ agent, limits, ...network }: NodeTransportOptions): NodeTransport {
  if (agent === undefined) return new PooledTransport({ ...network, limits })
  const settings = own(network as Record<string, unknown>)
  const idle = NETWORK_OPTIONS.find((name) => name !== 'trustEnv' && settings[name] !== undefined)
  if (idle !== undefined) throw new InvalidRequestError(`${idle}: with an agent, connections are the agent's`)
  return isDispatcher(agent) ? withDispatcher(agent, limits) : new CrossFetchTransport(agent, limits)
}

function isDispatcher(agent: NodeAgent | Dispatcher): agent is Dispatcher {
  const asked = Object(agent) as object
  return has(asked, 'dispatch') && typeof asked.dispatch === 'function'
}

/** A dispatcher's connections are not ours to count; and some say only with the answer that a request has begun. */
function withDispatcher(dispatcher: Dispatcher, limits: LimitOptions | undefined): NodeTransport {
  const transport = new PooledTransport({ dispatcher, limits })
  return { send: (request) => transport.send(request) }
}

/** Core's limits of an attempt, less `timeout.headers` where the transport that serves the URL sees to it. */
export function withHeadersTimeout(send: Send, call: Call): Send {
  const all = withTimeouts(send, call)
  const { caller, settings } = call
  const { timeouts } = settings
  if (timeouts?.headers === undefined) return all
  const fewer = { ...settings, timeouts: own({ ...timeouts, headers: undefined }) }
  const rest = withTimeouts(send, { ...call, settings: fewer })
  return async (request) => {
    const { limitsHeaders }: NodeTransport = caller.transportFor(request.url)
    return limitsHeaders ? rest(request) : all(request)
  }
}

/** What applies to the connections of a Unix domain socket. */
export type UnixSocketOptions = Pick<NetworkOptions, 'connections' | 'keepAlive' | 'tls'>

/**
 * A transport over a Unix domain socket. Mount it under a host name of your choice, which its requests then
 * name as their `Host`; the session that mounts it closes it.
 *
 * @param path Where the socket is, or a named pipe of Windows.
 * @example session.mount('http://docker/', unixSocketTransport('/var/run/docker.sock'))
 */
export function unixSocketTransport(path: string, options: UnixSocketOptions = {}): Transport {
  if (typeof path !== 'string' || path === '') {
    throw new InvalidRequestError('unixSocketTransport needs the path of a socket')
  }
  const { connections, keepAlive, tls } = own(options)
  return new PooledTransport({ connections, keepAlive, tls, proxy: null, socketPath: path })
}
