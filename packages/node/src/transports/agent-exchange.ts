import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { type PreparedRequest, ProtocolError, TruncatedError } from '@session-fetch/core'
import { has, isReplayable, own } from '@session-fetch/core/adapter'
import { type ConnectStep, markStep } from '../base/connect-step.js'
import { io, whenSettled } from '../base/io.js'
import { type ExchangePhase, asError, connectionLost, networkError } from '../base/network-error.js'
import { IncomingBody } from '../bodies/incoming-body.js'
import { LazyResponse, bodyOrNull } from '../bodies/lazy-response.js'
import { type Limits, bodyLimits, checkHead, countInterim, parserLimit } from '../bodies/limits.js'
import { LARGE } from '../bodies/outgoing-body.js'
import type { Lease } from '../bodies/connection-reclaimer.js'
import { isStale } from './exchange.js'

/** Headers that node-fetch adds by default, removed unless the request has them. */
const NODE_FETCH_DEFAULTS = ['Accept', 'User-Agent']

/** The number of bytes a socket had received at the end of its last response. */
const received = new WeakMap<Socket, number>()

/** When the first response on one of an agent's connections last ended. */
const freed = new WeakMap<Agent, number>()

/** Resolves when a request that must not be sent twice can be passed to an agent. */
export function whenAgentReady(agent: Agent): Promise<void> {
  return new Promise((resolve) => whenSettled(freed.get(agent), resolve))
}

/** Callbacks of an exchange; only the first outcome is reported. */
interface Outcome {
  readonly resolve: (response: LazyResponse) => void
  readonly reject: (error: unknown) => void
  /** Sends the request again after it was sent on a connection that the server was closing. */
  readonly repeat: () => void
  /** Notified about the connection. */
  readonly lease: Lease
}

/**
 * One request over Node's own `http`, observed from the moment it is passed to the agent, because node-fetch does not
 * report truncated bodies, upgrades or the number of headers.
 */
export class AgentExchange {
  readonly #request: PreparedRequest
  readonly #limits: Limits
  /** Cleared after the first outcome: it references the response, which must not live as long as its connection. */
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
  /** Whether the socket had a response before; `reusedSocket` is false for requests that waited for it. */
  #reused = false

  constructor(request: PreparedRequest, limits: Limits, outcome: Outcome) {
    this.#request = request
    this.#limits = limits
    this.#outcome = outcome
    this.#lease = outcome.lease
  }

  /** A proxy of the agent that passes the request to this exchange first. */
  watch(agent: Agent): Agent {
    this.#agent = agent
    const addRequest = (client: ClientRequest, ...rest: unknown[]): void => {
      this.#observe(client)
      ;(agent as unknown as Requestable).addRequest(client, ...rest) // every agent has it, although the types omit it
    }
    return new Proxy(agent, {
      get: (target, name) => (name === 'addRequest' ? addRequest : Reflect.get(target, name, target)),
    })
  }

  /** Reports an outcome, unless one was reported before. */
  settle(report: (outcome: Outcome) => void): void {
    this.#lease.connected()
    if (this.#outcome) report(this.#outcome)
    this.#outcome = undefined // after the report, so that an error thrown by it fails the call
  }

  /** Fails the exchange with its first error. */
  fail(cause: unknown): void {
    const { cancellation } = this.#request
    const error = cancellation.aborted ? cancellation.reason : networkError(cause, this.#request, this.#phase)
    this.settle(({ reject }) => reject(error))
    this.#failBody?.(error)
  }

  /**
   * Watches the request body: its failure ends the request, and it is destroyed with the request.
   *
   * @throws the error of a body that has already failed, for which node-fetch would wait forever
   */
  watchUpload(body: Readable): void {
    if (body.destroyed) throw body.errored ?? destroyed()
    this.#upload = body
    body.on('error', (error: NodeJS.ErrnoException) => {
      // an error of a file, for example, rather than of the network
      this.#end(error.errno === undefined ? error : markStep('caller', error))
    })
    body.on('close', () => {
      if (!body.readableEnded && !this.#client?.destroyed) this.#end(destroyed())
    })
  }

  #observe(client: ClientRequest): void {
    this.#client = client
    // 0, because Node silently drops lines above the limit; checkHead counts them
    Object.assign(client, { maxHeaderSize: parserLimit(this.#limits), maxHeadersCount: 0 })
    for (const name of NODE_FETCH_DEFAULTS) if (!this.#request.headers.has(name)) client.removeHeader(name)
    client.once('close', () => this.#upload?.destroy())
    client.once('socket', (socket: Socket) => this.#connecting(socket))
    client.on('information', ({ statusCode }) => {
      this.#guarded(() =>
        countInterim(++this.#interim, { status: statusCode, limits: this.#limits, request: this.#request }),
      )
    })
    client.once('upgrade', (_message, socket: Socket) => {
      socket.destroy()
      this.#end(
        new ProtocolError('The server switched protocols although no upgrade was requested', {
          request: this.#request,
          phase: 'headers',
        }),
      )
    })
    client.once('response', (message) => this.#guarded(() => this.#respond(message)))
    client.on('error', (cause) => this.#failed(cause, client))
  }

  #connecting(socket: Socket): void {
    this.#lease.connected()
    const connected = (): void => void (this.#phase = 'headers')
    this.#reused = received.has(socket)
    if (this.#reused && received.get(socket) !== socket.bytesRead) return this.#rejectUnsolicited(socket)
    if (!socket.connecting && !socket.destroyed) return connected()
    socket.once('lookup', (error: Error | null) => error && markStep('lookup', error))
    if (!has(socket, 'encrypted')) return void socket.once('connect', connected)
    socket.once('connect', () => (this.#step = 'tls')).once('secureConnect', connected)
  }

  /**
   * Closes a connection with unsolicited bytes, which could be mistaken for the response. Nothing was sent yet.
   */
  #rejectUnsolicited(socket: Socket): void {
    if (this.#outcome?.repeat && isReplayable(this.#request.body)) this.settle(({ repeat }) => repeat?.())
    socket.destroy(connectionLost('Unsolicited data on an idle connection'))
  }

  #failed(cause: NodeJS.ErrnoException, client: ClientRequest): void {
    if (this.#message?.complete) return drain(this.#message)
    this.#recordStep(cause)
    // if the socket was lost before it got the request, the phase is still 'connect'
    const stale =
      (client.reusedSocket || this.#reused) && this.#phase !== 'body' && isStale(cause, this.#request)
    if (stale && this.#outcome?.repeat) this.settle(({ repeat }) => repeat?.())
    else this.fail(cause)
  }

  /** Records the step of a failure. After the outcome, an error without a system call may be the caller's. */
  #recordStep(cause: NodeJS.ErrnoException): void {
    const connecting = this.#phase === 'connect'
    if (cause.syscall !== undefined || (connecting && this.#outcome))
      markStep(connecting ? this.#step : 'connect', cause)
  }

  #respond(message: IncomingMessage): void {
    const { statusCode: status = 0, statusMessage: statusText = '', headersDistinct: headers } = message
    const [request, limits] = [this.#request, this.#limits]
    // node-fetch gets no data, because the body is read here
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

  /** Destroys the request if the response is complete first: `http` stops sending the rest, but keeps the socket. */
  #stopSending(): void {
    const client = this.#client
    if (client && (!client.writableEnded || client.writableLength >= LARGE)) client.destroy()
  }

  /** Runs a check of the server's response. */
  #guarded(look: () => void): void {
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

/**
 * Reads the rest of a complete response before `http` drops it because of extra bytes, which only end the connection.
 */
function drain(message: IncomingMessage): void {
  while (message.read() !== null);
}

/** The same error as on connections of the session's pool. */
function destroyed(): Error {
  return Object.assign(new Error('The body was destroyed'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })
}

/** A Node stream as a body, and a function that fails it. */
interface ReadableBody {
  readonly incoming: IncomingBody
  readonly fail: (cause: unknown) => void
}

/** Reads a body from a Node stream: an `http` message, or a mock in its place. */
export function readableBody(body: Readable, request: PreparedRequest, limit: number): ReadableBody {
  const abort = (reason: Error): void => void body.destroy(reason)
  const source = { pause: () => body.pause(), resume: () => body.resume(), abort }
  const incoming = new IncomingBody(source, request, limit)
  const { cancellation } = request
  const fail = (cause: unknown): void =>
    incoming.fail(cancellation.aborted ? cancellation.reason : networkError(cause, request, 'body'))
  const cutOff = (): void =>
    fail(
      new TruncatedError('The connection was lost while the body was received', { request, phase: 'body' }),
    )
  body.on('data', (chunk: Buffer) => incoming.push(chunk))
  body.on('end', () => incoming.end())
  body.on('error', fail)
  body.on('close', cutOff)
  if (body.destroyed) cutOff()
  cancellation.onAbort((reason) => {
    incoming.stop(reason)
    body.destroy(asError(reason))
  })
  return { incoming, fail }
}

interface Requestable {
  addRequest(client: ClientRequest, ...rest: unknown[]): void
}
