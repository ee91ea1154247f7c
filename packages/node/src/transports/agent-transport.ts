import type { Agent } from 'node:http'
import {
  InvalidRequestError,
  type PreparedRequest,
  type Transport,
  UnsupportedError,
} from '@session-fetch/core'
import { has, own } from '@session-fetch/core/adapter'
import { type LimitOptions, type Limits, toLimits } from '../bodies/limits.js'
import { AgentSender, type Agents } from './agent-sender.js'
import { refuseFetchOnly } from '../bodies/outgoing-request.js'

/** An `http.Agent` of Node, or one per scheme. */
export type NodeAgent = Agent | { readonly http?: Agent | undefined; readonly https?: Agent | undefined }

/**
 * A transport over Node's own `http`, for `http.Agent`s and for libraries that patch `http`. `node:http`, `node:https`
 * and cross-fetch are loaded by its first request (decision 1).
 *
 * @example
 * import { Agent } from 'node:https'
 *
 * session.mount('https://old.example/', new CrossFetchTransport({ https: new Agent({ maxSockets: 2 }) }))
 */
export class CrossFetchTransport implements Transport {
  readonly #agents: Agents
  readonly #limits: Limits
  #sender: AgentSender | undefined
  #loading: Promise<AgentSender> | undefined

  /**
   * @param agent Never closed by this transport.
   * @throws InvalidRequestError for anything that is not an agent
   */
  constructor(agent: NodeAgent, limits?: LimitOptions) {
    this.#limits = toLimits(limits)
    this.#agents = isAgent(agent) ? bothOf(agent) : eachOf(agent)
  }

  send(request: PreparedRequest): Promise<Response> {
    refuseFetchOnly(request)
    if (request.settings.timeouts?.connect !== undefined) {
      const what = 'timeout.connect: an http.Agent does not report when it has connected'
      return Promise.reject(new UnsupportedError(what, { request }))
    }
    if (this.#sender) return this.#sender.send(request)
    this.#loading ??= this.#load()
    return this.#loading.then((sender) => sender.send(request))
  }

  close(): void {
    void this.#loading?.then((sender) => sender.close())
  }

  async #load(): Promise<AgentSender> {
    const [{ globalAgent }, { Agent: HttpsAgent }] = await Promise.all([
      import('node:http'),
      import('node:https'),
    ])
    const newHttpsAgent = (): Agent => new HttpsAgent(own({ keepAlive: true }))
    this.#sender = new AgentSender(this.#agents, this.#limits, { globalAgent, newHttpsAgent })
    return this.#sender
  }
}

/** Duck-typed by the method that `http` calls, because agents of libraries may not extend `Agent`. */
function isAgent(agent: unknown): agent is Agent {
  const object = Object(agent) as object
  return has(object, 'addRequest') && typeof object.addRequest === 'function'
}

/** @throws InvalidRequestError for an object that is not an agent and has none, or has other members */
function eachOf(agents: unknown): Agents {
  const { http, https, ...others } = own(Object(agents)) as { http?: unknown; https?: unknown }
  const given = [http, https].filter((agent) => agent !== undefined && agent !== null)
  if (given.length === 0 || !given.every(isAgent) || Object.keys(others).length > 0) throw notAnAgent()
  return { http: isAgent(http) ? http : undefined, https: isAgent(https) ? https : undefined }
}

function notAnAgent(): InvalidRequestError {
  return new InvalidRequestError(
    'agent must be an http.Agent, { http, https } with agents, or an undici dispatcher; a proxy goes in proxy',
  )
}

/** An agent serves https unless it is a plain `http.Agent`, which rejects https. */
function bothOf(agent: Agent): Agents {
  const { protocol } = agent as { protocol?: string }
  if (protocol === 'https:') return { https: agent }
  return agent.constructor.name === 'Agent' && protocol === 'http:'
    ? { http: agent }
    : { http: agent, https: agent }
}
