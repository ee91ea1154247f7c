import type { Agent } from 'node:http'
import { Readable } from 'node:stream'
import { type PreparedRequest, UnsupportedError } from '@session-fetch/core'
import { impliedHeaders, own } from '@session-fetch/core/adapter'
import { shadow, shadowed } from '../base/shadowed.js'
import { requestTarget } from '../base/url-parts.js'
import { LazyResponse, bodyOrNull } from '../bodies/lazy-response.js'
import { type Limits, bodyLimits, checkHead } from '../bodies/limits.js'
import { outgoingBody, readableOf } from '../bodies/outgoing-body.js'
import { ConnectionReclaimer } from '../bodies/connection-reclaimer.js'
import { AgentExchange, readableBody, whenAgentReady } from './agent-exchange.js'
import { mayResend } from './exchange.js'

/** The agent of each scheme. Default: Node's global agent for http, a new one for https. */
export interface Agents {
  readonly http?: Agent | undefined
  readonly https?: Agent | undefined
}

/** The result of cross-fetch in Node, contrary to the types: a node-fetch response. */
interface NodeFetchResponse {
  readonly status: number
  readonly statusText: string
  readonly headers: { raw(): Record<string, string[]> }
  readonly body: Readable
}

/** The parts of Node's `http` and `https` that are needed. */
interface NodeHttp {
  readonly globalAgent: Agent
  readonly newHttpsAgent: () => Agent
}

/**
 * Sends requests over Node's own `http`. cross-fetch writes the request: it encodes head and body, selects `http` or
 * `https`, and handles an abort. `AgentExchange` reads the response, because node-fetch does not report truncated
 * bodies, upgrades or the number of headers. node-fetch's own response is used only if a library replaced `http`, so
 * that no agent was called.
 */
export class AgentSender {
  readonly #http: Agent
  readonly #https: Agent
  readonly #ownHttps: Agent | undefined
  readonly #limits: Limits
  readonly #reclaimer = new ConnectionReclaimer()

  constructor({ http, https }: Agents, limits: Limits, { globalAgent, newHttpsAgent }: NodeHttp) {
    this.#limits = limits
    this.#http = http ?? globalAgent
    this.#https = https ?? newHttpsAgent()
    this.#ownHttps = https ? undefined : this.#https
  }

  send(request: PreparedRequest): Promise<Response> {
    return this.#send(request)
  }

  close(): void {
    this.#ownHttps?.destroy()
  }

  /** Sends again each time the agent picks a connection that is closing; it may have many of them. */
  #send(request: PreparedRequest): Promise<Response> {
    const lease = this.#reclaimer.lease(this.#queueKey(request.url))
    return new Promise((resolve, reject) => {
      const repeat = (): void => resolve(this.#send(request))
      const exchange = new AgentExchange(request, this.#limits, { resolve, reject, repeat, lease })
      this.#fetch(request, exchange).catch((cause: unknown) => exchange.fail(cause))
    })
  }

  /** The key of calls that wait for each other: the origin, or the scheme if the agent limits the total sockets. */
  #queueKey(url: string): string {
    const { origin, protocol } = new URL(url)
    const agent: Partial<Agent> = this.#agentFor(protocol) // an agent of a library may lack members
    const { maxTotalSockets = Infinity } = agent
    return maxTotalSockets === Infinity ? origin : `${protocol}//*`
  }

  #agentFor(protocol: string): Agent {
    return protocol === 'https:' ? this.#https : this.#http
  }

  async #fetch(request: PreparedRequest, exchange: AgentExchange): Promise<void> {
    crossFetch ??= await loadCrossFetch(request)
    if (!passesAgents(crossFetch))
      throw new UnsupportedError(
        'agent: this engine replaces node-fetch by its own fetch, which ignores agents; use proxy, tls and lookup',
        { request },
      )
    const url = new URL(request.url)
    const chosen = this.#agentFor(url.protocol)
    if (!mayResend(request)) await whenAgentReady(chosen)
    const agent = (target: { path: string }): Agent => {
      // node-fetch parses URLs by an older standard and escapes more characters, which would invalidate signatures
      target.path = requestTarget(url)
      shadow(target)
      return exchange.watch(chosen)
    }
    const { body, headers } = nodeFetchBody(request)
    if (body instanceof Readable) exchange.watchUpload(body)
    // a URL object, because node-fetch reads `href` of a string
    const response = await crossFetch(url, fetchInit(request, { body, headers, agent }))
    exchange.settle(({ resolve }) =>
      resolve(toLazyResponse(response as unknown as NodeFetchResponse, request, this.#limits)),
    )
  }
}

type CrossFetch = typeof import('cross-fetch').default

let crossFetch: CrossFetch | undefined

/**
 * Loads cross-fetch when an agent is first used, because it also loads node-fetch, whatwg-url and tr46.
 *
 * @throws UnsupportedError in a bundle that cannot load it
 */
async function loadCrossFetch(request: PreparedRequest): Promise<CrossFetch> {
  try {
    return (await import('cross-fetch')).default
  } catch (cause) {
    const what =
      'agent: cross-fetch cannot be loaded; keep it out of the bundle (esbuild: --external:cross-fetch) or install it'
    throw new UnsupportedError(what, { request, cause })
  }
}

/** Whether a fetch supports agents: node-fetch's `Request` keeps the member, an engine's own drops it. */
export function passesAgents(fetch: object): boolean {
  const { Request } = fetch as { Request: new (url: URL, init: object) => object } // the types omit it
  return 'agent' in new Request(new URL('http://localhost/'), own({ agent: {}, headers: {} }))
}

/** `compress: false`, because node-fetch does not detect truncated compressed bodies. */
function fetchInit({ method, cancellation }: PreparedRequest, more: object): RequestInit {
  const { signal } = cancellation
  const init = own({ method, signal, redirect: 'manual', compress: false, ...more })
  return init as unknown as RequestInit // node-fetch's options: its bodies and its agent differ from fetch's
}

function nodeFetchBody(request: PreparedRequest): { body: unknown; headers: Record<string, string> } {
  const { body, contentType } = outgoingBody(request)
  const headers = own(Object.fromEntries(request.headers))
  if (contentType !== undefined) headers['content-type'] ??= contentType
  const implied = impliedHeaders(request)
  for (let at = 0; at < implied.length; at += 2) headers[implied[at] ?? ''] = implied[at + 1] ?? ''
  if (body instanceof Blob) {
    headers['content-length'] = String(body.size)
    return { body: Readable.from(body.stream(), shadowed({ objectMode: true, highWaterMark: 1 })), headers }
  }
  const isIterable = typeof body === 'object' && body !== null && Symbol.asyncIterator in body
  // as bytes: from Node 26 on, node-fetch waits forever for a stream of text
  const length = headers['content-length']
  return {
    body: isIterable ? readableOf(body, length === undefined ? length : Number(length)) : body,
    headers,
  }
}

/** Converts the response of a library that replaced `http`, so that no agent was called. */
function toLazyResponse(response: NodeFetchResponse, request: PreparedRequest, limits: Limits): LazyResponse {
  const { status, statusText, body } = response
  const headers = response.headers.raw()
  try {
    const raw = Object.entries(headers).flatMap(([name, values]) => values.flatMap((value) => [name, value]))
    checkHead({ status, headers, raw }, limits, request)
  } catch (error) {
    body.on('error', () => {}).destroy()
    throw error
  }
  const most = bodyLimits(request, limits)
  const { incoming } = readableBody(body, request, most.size)
  const whole = { incoming: bodyOrNull(incoming, request.method, status), limits: most }
  return new LazyResponse(request, { status, statusText, headers }, whole)
}
