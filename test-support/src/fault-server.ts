import { type AddressInfo, type Server, type Socket, createServer } from 'node:net'
import { type TlsOptions, createServer as createTlsServer } from 'node:tls'
import { type RequestReader, type SeenRequest, requestReader } from './read-request.js'

export type { SeenRequest } from './read-request.js'

/** One request on one connection, and the raw socket to answer it on. */
export interface Visit {
  readonly request: SeenRequest
  /** The connection's number on this server, from 0. */
  readonly connection: number
  /** The request's number on its connection, from 0. */
  readonly turn: number
  readonly socket: Socket
  /** Writes bytes as they are; text is latin-1. */
  readonly send: (bytes: string | Uint8Array) => void
  /** Writes the rest and closes the connection gracefully. */
  readonly end: (bytes?: string | Uint8Array) => void
  /** Drops the connection with a RST. */
  readonly reset: () => void
}

/** What a server does with each request. Nothing is sent automatically. */
export type Fault = (visit: Visit) => void

export interface FaultServerOptions {
  /** Speaks TLS with this key and certificate. Default: plain TCP. */
  tls?: TlsOptions
  /** Called for each TCP connection before it has sent anything. */
  onConnection?: (socket: Socket) => void
  /** Plays the fault as soon as the head of a request has arrived, while the body is still being sent. Default: `false`. */
  early?: boolean
}

/** A server that sends raw bytes, so that it can violate any rule. */
export interface FaultServer {
  /** Its address with a trailing slash. */
  readonly url: string
  readonly port: number
  /** The received requests, in order. */
  readonly requests: readonly SeenRequest[]
  /** TCP connections accepted so far. */
  connections(): number
  /** TCP connections open now. */
  open(): number
  /** Resolves when no more than `count` connections are open. */
  whenOpen(count: number): Promise<void>
  /** Resolves when `count` requests have been read. */
  whenRequests(count: number): Promise<void>
  /** Ends every connection and stops listening. */
  close(): Promise<void>
}

/** Starts a server on a free loopback port that answers each request with `fault`. */
export async function startFaultServer(fault: Fault, options: FaultServerOptions = {}): Promise<FaultServer> {
  const state = newState(fault, options)
  const server = options.tls ? createTlsServer(options.tls) : createServer({ noDelay: true })
  server.on('tlsClientError', () => {})
  // Raw connections are what is counted: a TLS one exists before its handshake.
  server.on('connection', (socket: Socket) => track(state, socket))
  server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => serve(state, socket))
  const port = await listen(server)
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}/`,
    port,
    requests: state.requests,
    connections: () => state.accepted,
    open: () => state.sockets.size,
    whenOpen: (count) => when(state, () => state.sockets.size <= count),
    whenRequests: (count) => when(state, () => state.requests.length >= count),
    close: () => close(server, state),
  }
}

/** A response as text: its lines, a blank one, and a body. */
export function head(...lines: string[]): string {
  return `HTTP/1.1 ${lines.join('\r\n')}\r\n\r\n`
}

/** A valid response of known length. */
export function ok(body: string | Uint8Array = 'ok', ...headers: string[]): Buffer {
  const bytes = Buffer.from(body)
  return Buffer.concat([Buffer.from(head('200 OK', `Content-Length: ${bytes.length}`, ...headers)), bytes])
}

interface State {
  readonly fault: Fault
  readonly options: FaultServerOptions
  readonly requests: SeenRequest[]
  readonly sockets: Set<Socket>
  readonly watchers: Set<() => void>
  accepted: number
  served: number
}

function newState(fault: Fault, options: FaultServerOptions): State {
  return { fault, options, requests: [], sockets: new Set(), watchers: new Set(), accepted: 0, served: 0 }
}

function track(state: State, socket: Socket): void {
  state.accepted += 1
  state.sockets.add(socket)
  socket.on('error', () => {})
  socket.on('close', () => {
    state.sockets.delete(socket)
    changed(state)
  })
  state.options.onConnection?.(socket)
}

function serve(state: State, socket: Socket): void {
  const connection = state.served
  state.served += 1
  let turn = 0
  socket.on('error', () => {})
  const read: RequestReader = requestReader(state.options.early ?? false, (request) => {
    state.requests.push(request)
    state.fault({ request, connection, turn, socket, ...speech(socket) })
    turn += 1
    changed(state)
  })
  socket.on('data', read)
}

function bytesOf(bytes: string | Uint8Array): Uint8Array {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
}

function speech(socket: Socket): Pick<Visit, 'send' | 'end' | 'reset'> {
  return {
    send: (bytes) => void socket.write(bytesOf(bytes)),
    end: (bytes = '') => void socket.end(bytesOf(bytes)),
    reset: () => void socket.resetAndDestroy(),
  }
}

function when(state: State, reached: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!reached()) return
      state.watchers.delete(look)
      resolve()
    }
    state.watchers.add(look)
    look()
  })
}

function changed(state: State): void {
  for (const look of state.watchers) look()
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // A server that listens on a TCP port has an AddressInfo; only a pipe's address is a string.
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

function close(server: Server, { sockets }: State): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of sockets) socket.destroy()
  })
}
