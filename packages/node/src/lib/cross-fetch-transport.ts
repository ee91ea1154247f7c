import type { Agent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { Readable } from 'node:stream'
import { type PreparedRequest, type Transport, TruncatedError, UnsupportedError } from '@session-fetch/core'
import crossFetch from 'cross-fetch'
import { asError } from './as-error.js'
import { IncomingBody } from './incoming-body.js'
import { LazyResponse } from './lazy-response.js'
import { networkError } from './network-error.js'
import { outgoingBody } from './outgoing-body.js'
import { DEFAULT_LIMITS, type Limits, checkHead } from './response-limits.js'

/** What serves sockets to Node's own `http`: an `http.Agent`, and one for https where it differs. */
export type NodeAgent = Agent | { readonly http?: Agent; readonly https?: Agent }

/** What cross-fetch answers with in Node, whatever its types say: a node-fetch response. */
interface NodeFetchResponse {
  readonly status: number
  readonly statusText: string
  readonly headers: { raw(): Record<string, string[]> }
  readonly body: Readable
}

const NULL_BODY = [204, 205, 304]

/** A transport over Node's own `http`, for its agents and for libraries that patch it. */
export class CrossFetchTransport implements Transport {
  readonly #http: Agent | undefined
  readonly #https: Agent
  readonly #ownHttps: HttpsAgent | undefined

  readonly #limits: Limits

  /** @param agent Stays the caller's: it is never closed here. */
  constructor(agent: NodeAgent, limits: Limits = DEFAULT_LIMITS) {
    this.#limits = limits
    const { http, https } = isAgent(agent) ? bothOf(agent) : agent
    this.#http = http
    this.#ownHttps = https ? undefined : new HttpsAgent({ keepAlive: true })
    this.#https = https ?? (this.#ownHttps as HttpsAgent)
  }

  async send(request: PreparedRequest): Promise<Response> {
    if (request.settings.timeouts?.connect !== undefined) {
      throw new UnsupportedError('timeout.connect: an http.Agent does not tell when it has connected', {
        request,
      })
    }
    const { cancellation } = request
    try {
      const response = (await crossFetch(request.url, this.#init(request))) as unknown as NodeFetchResponse
      return toLazyResponse(response, request, this.#limits)
    } catch (cause) {
      throw cancellation.aborted ? cancellation.reason : networkError(cause, request, 'headers')
    }
  }

  close(): void {
    this.#ownHttps?.destroy()
  }

  /** `compress: false`, for node-fetch takes a body that was cut off for a whole one. */
  #init(request: PreparedRequest): RequestInit {
    const { body, headers } = nodeFetchBody(request)
    const { signal } = request.cancellation
    const agent = (url: URL): Agent | undefined => (url.protocol === 'https:' ? this.#https : this.#http)
    const init = { method: request.method, headers, body, signal, redirect: 'manual', compress: false, agent }
    return init as unknown as RequestInit // node-fetch's options: its bodies and its agent are not fetch's
  }
}

function isAgent(agent: NodeAgent): agent is Agent {
  return 'createConnection' in agent || 'addRequest' in agent
}

/** An agent serves https unless it is a plain `http.Agent`, which refuses to. */
function bothOf(agent: Agent): { http?: Agent; https?: Agent } {
  const { protocol } = agent as { protocol?: string }
  if (protocol === 'https:') return { https: agent }
  return agent.constructor.name === 'Agent' && protocol === 'http:'
    ? { http: agent }
    : { http: agent, https: agent }
}

function nodeFetchBody(request: PreparedRequest): { body: unknown; headers: Record<string, string> } {
  const { body, contentType } = outgoingBody(request.body)
  const headers = Object.fromEntries(request.headers)
  if (contentType !== undefined) headers['content-type'] ??= contentType
  if (body instanceof Blob) {
    headers['content-length'] = String(body.size)
    return { body: Readable.from(body.stream()), headers }
  }
  const isIterable = typeof body === 'object' && body !== null && Symbol.asyncIterator in body
  return { body: isIterable && !(body instanceof Readable) ? Readable.from(body) : body, headers }
}

function toLazyResponse(response: NodeFetchResponse, request: PreparedRequest, limits: Limits): LazyResponse {
  const { status, statusText, body } = response
  const headers = response.headers.raw()
  // node-fetch tells the lines by name; it does not tell whether one came in two spellings.
  const lines = Object.values(headers).flat().length
  try {
    checkHead({ status, headers, lines }, limits, request)
  } catch (error) {
    body.on('error', () => {}).destroy()
    throw error
  }
  const incoming = incomingBody(body, request, limits.maxResponseSize)
  const empty = request.method === 'HEAD' || NULL_BODY.includes(status)
  const whole = { incoming: empty ? null : incoming, coded: true, limit: limits.maxResponseSize }
  return new LazyResponse(request, { status, statusText, headers }, whole)
}

function incomingBody(body: Readable, request: PreparedRequest, limit: number): IncomingBody {
  const abort = (reason: Error): void => void body.destroy(reason)
  const source = { pause: () => body.pause(), resume: () => body.resume(), abort }
  const incoming = new IncomingBody(source, request, limit)
  const fail = (cause: unknown): void => {
    const { cancellation } = request
    incoming.fail(cancellation.aborted ? cancellation.reason : networkError(cause, request, 'body'))
  }
  body.on('data', (chunk: Buffer) => incoming.push(chunk))
  body.on('end', () => incoming.end())
  body.on('error', fail)
  body.on('close', () =>
    fail(new TruncatedError('The connection was lost in mid-body', { request, phase: 'body' })),
  )
  request.cancellation.onAbort((reason) => void body.destroy(asError(reason)))
  return incoming
}
