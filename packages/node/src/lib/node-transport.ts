import { InvalidRequestError, type Transport, own, has } from '@session-fetch/core'
import { CrossFetchTransport, type NodeAgent } from './cross-fetch-transport.js'
import type { Dispatcher } from './http/dispatcher.js'
import type { LimitOptions } from './http/response-limits.js'
import type { PoolStats } from './http1/connection-pool.js'
import { NETWORK_OPTIONS, type NetworkOptions } from './network/network-options.js'
import { PooledTransport } from './transport.js'

/** What carries a session's requests unless something is mounted for them. */
export interface NodeTransport extends Transport {
  stats?(): PoolStats
  /**
   * Whether it sees to `timeout.headers` itself, from when a connection carries the request. Where nobody can tell
   * when that is, the limit runs from the attempt's start.
   */
  readonly limitsHeaders?: boolean
}

export interface NodeTransportOptions extends NetworkOptions {
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
