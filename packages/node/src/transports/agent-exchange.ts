import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { type PreparedRequest, ProtocolError, has, isReplayable, own } from '@session-fetch/core'
import { type ConnectStep, markStep } from '../base/connect-step.js'
import { io, whenQuiet } from '../base/io.js'
import { type ExchangePhase, asError, connectionLost, isStale, networkError } from '../base/network-error.js'
import { readableBody } from '../bodies/incoming-body.js'
import { LazyResponse, bodyOrNull } from '../bodies/lazy-response.js'
import { type Limits, bodyLimits, checkHead, countInterim, parserLimit } from '../bodies/limits.js'
import { LARGE } from '../bodies/outgoing-body.js'
import type { Lease } from '../bodies/unread-bodies.js'

/** What node-fetch says where a request says nothing, not even that of itself. */
const UNASKED = ['Accept', 'User-Agent']

/** How many bytes a connection had brought when its last answer was over. */
const received = new WeakMap<Socket, number>()

/** When the first response of one of an agent's connections ended last. */
const freed = new WeakMap<Agent, number>()

/** Resolves when a request that must not be repeated may be given to an agent. */
export function whenAgentQuiet(agent: Agent): Promise<void> {
  return new Promise((resolve) => whenQuiet(freed.get(agent), resolve))
}

/** Whom an exchange tells, once. */
interface Outcome {
  readonly resolve: (response: LazyResponse) => void
  readonly reject: (error: unknown) => void
  /** The request met a connection that the server was just closing, and may be sent again. */
  readonly repeat: (() => void) | undefined
  /** Told of the connection. */
  readonly lease: Lease
}

/**
 * One request over Node's own `http`, watched where its agent is given it. node-fetch tells too little: it
 * passes over bodies that were cut off, upgrades, and how many headers there were.
 */
export class AgentExchange {
  readonly #request: PreparedRequest
  readonly #limits: Limits
  /** Let go of when it has been told: it knows the response, which must not live as long as its connection. */
  #outcome: Outcome | undefined
  #agent: Agent | undefined
  readonly #lease: Lease
  #client: ClientRequest | undefined
  #message: IncomingMessage | undefined
  #upload: Readable | undefined
  #failBody: ((cause: unknown) => void) | undefined
  #phase: ExchangePhase = 'connect'
  #step: ConnectStep = 'connect'
  #interim = 0

  constructor(request: PreparedRequest, limits: Limits, outcome: Outcome) {
    this.#request = request
    this.#limits = limits
    this.#outcome = outcome
    this.#lease = outcome.lease
  }

  /** An agent that shows this exchange the request that it is given, and is `agent` in all else. */
  watch(agent: Agent): Agent {
    this.#agent = agent
    const addRequest = (client: ClientRequest, ...rest: unknown[]): void => {
      this.#follow(client)
      ;(agent as unknown as Requestable).addRequest(client, ...rest) // every agent has it; the types leave it out
    }
    return new Proxy(agent, {
      get: (target, name) => (name === 'addRequest' ? addRequest : Reflect.get(target, name, target)),
    })
  }

  /** node-fetch has an answer, or the caller gave up. What was told before stands. */
  settle(tell: (outcome: Outcome) => void): void {
    this.#lease.connected()
    if (this.#outcome) tell(this.#outcome)
    this.#outcome = undefined // not before: where telling throws, the call is to fail with what was thrown
  }

  /** It failed; the first reason stands. */
  fail(cause: unknown): void {
    const { cancellation } = this.#request
    const error = cancellation.aborted ? cancellation.reason : networkError(cause, this.#request, this.#phase)
    this.settle(({ reject }) => reject(error))
    this.#failBody?.(error)
  }

  /**
   * A body that fails ends the request; one that nobody takes any more is let go of.
   *
   * @throws what it failed with before: node-fetch would wait for its end for ever
   */
  sends(body: Readable): void {
    if (body.destroyed) throw body.errored ?? destroyed()
    this.#upload = body
    body.on('error', (error: NodeJS.ErrnoException) => {
      // A file's, say, which is none of the network's.
      this.#end(error.errno === undefined ? error : markStep('caller', error))
    })
    body.on('close', () => {
      if (!body.readableEnded && !this.#client?.destroyed) this.#end(destroyed())
    })
  }

  #follow(client: ClientRequest): void {
    this.#client = client
    // The count is ours to limit: Node leaves the lines over it out.
    Object.assign(client, { maxHeaderSize: parserLimit(this.#limits), maxHeadersCount: 0 })
    for (const name of UNASKED) if (!this.#request.headers.has(name)) client.removeHeader(name)
    client.once('close', () => this.#upload?.destroy())
    client.once('socket', (socket: Socket) => this.#connecting(socket))
    client.on('information', ({ statusCode }) => {
      this.#attempt(() =>
        countInterim(++this.#interim, { status: statusCode, limits: this.#limits, request: this.#request }),
      )
    })
    client.once('upgrade', (_message, socket: Socket) => {
      socket.destroy()
      this.#end(
        new ProtocolError('The server switched protocols unasked', {
          request: this.#request,
          phase: 'headers',
        }),
      )
    })
    client.once('response', (message) => this.#attempt(() => this.#answer(message)))
    client.on('error', (cause) => this.#failed(cause, client))
  }

  #connecting(socket: Socket): void {
    this.#lease.connected()
    const connected = (): void => void (this.#phase = 'headers')
    if (received.has(socket) && received.get(socket) !== socket.bytesRead)
      return this.#rejectUnsolicited(socket)
    if (!socket.connecting && !socket.destroyed) return connected()
    socket.once('lookup', (error: Error | null) => error && markStep('lookup', error))
    if (!has(socket, 'encrypted')) return void socket.once('connect', connected)
    socket.once('connect', () => (this.#step = 'tls')).once('secureConnect', connected)
  }

  /** Bytes came while nobody had asked for any: what comes next may answer another. Nothing was sent yet. */
  #rejectUnsolicited(socket: Socket): void {
    if (this.#outcome?.repeat && isReplayable(this.#request.body)) this.settle(({ repeat }) => repeat?.())
    socket.destroy(connectionLost('The server spoke unasked'))
  }

  #failed(cause: NodeJS.ErrnoException, client: ClientRequest): void {
    if (this.#message?.complete) return drain(this.#message)
    this.#mark(cause)
    const stale = client.reusedSocket && this.#phase === 'headers' && isStale(cause, this.#request)
    if (stale && this.#outcome?.repeat) this.settle(({ repeat }) => repeat?.())
    else this.fail(cause)
  }

  /** Remembers what was being done. What has no system call may be the caller's, once that has been told. */
  #mark(cause: NodeJS.ErrnoException): void {
    const connecting = this.#phase === 'connect'
    if (cause.syscall !== undefined || (connecting && this.#outcome))
      markStep(connecting ? this.#step : 'connect', cause)
  }

  #answer(message: IncomingMessage): void {
    const { statusCode: status = 0, statusMessage: statusText = '', headersDistinct: headers } = message
    const [request, limits] = [this.#request, this.#limits]
    // node-fetch is left with an empty stream, for the body is read here.
    Object.defineProperty(message, 'pipe', own({ value: (into: unknown) => into }))
    this.#message = message
    checkHead({ status, headers, raw: message.rawHeaders }, limits, request)
    this.#phase = 'body'
    const { socket } = message
    message.once('end', () => {
      if (this.#agent && this.#client?.shouldKeepAlive && !received.has(socket))
        freed.set(this.#agent, io.now())
      received.set(socket, socket.bytesRead)
      this.#stopSending()
    })
    const most = bodyLimits(request, limits)
    const { incoming, fail } = readableBody(message, request, most.size)
    this.#failBody = fail
    this.#lease.answered(incoming)
    const body = { incoming: bodyOrNull(incoming, request.method, status), limits: most }
    this.settle(({ resolve }) => resolve(new LazyResponse(request, { status, statusText, headers }, body)))
  }

  /** The answer is whole before the request: `http` sends the rest no more, and would keep the socket for it. */
  #stopSending(): void {
    const client = this.#client
    if (client && (!client.writableEnded || client.writableLength >= LARGE)) client.destroy()
  }

  /** Does what may find fault with the server. */
  #attempt(look: () => void): void {
    try {
      look()
    } catch (error) {
      this.#end(error)
    }
  }

  #end(error: unknown): void {
    this.fail(error)
    this.#client?.destroy(asError(error))
  }
}

/** Bytes after a whole answer cost its connection, not the answer, though `http` would drop what is not yet read. */
function drain(message: IncomingMessage): void {
  while (message.read() !== null);
}

/** As a connection of our own says it. */
function destroyed(): Error {
  return Object.assign(new Error('The body was destroyed'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })
}

interface Requestable {
  addRequest(client: ClientRequest, ...rest: unknown[]): void
}
