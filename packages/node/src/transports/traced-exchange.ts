import { type Channel, channel } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { PreparedRequest } from '@session-fetch/core'
import { isBytes } from '../bodies/outgoing-body.js'
import type { OutgoingRequest } from '../bodies/outgoing-request.js'
import type { HeaderRecord } from '../http1/head.js'
import type { RequestStream } from '../http1/job.js'
import { Exchange, type ExchangeEvents, mayResend } from './exchange.js'

/*
 * Publishes to undici's diagnostics channels, so that tools which listen to undici see these requests, too:
 * OpenTelemetry's instrumentation, Sentry, Node's network inspector. undici's docs/docs/api/DiagnosticsChannel.md
 * documents names and shapes.
 */
const create = channel('undici:request:create')
const sendHeaders = channel('undici:client:sendHeaders')
const bodyChunkSent = channel('undici:request:bodyChunkSent')
const bodySent = channel('undici:request:bodySent')
const headers = channel('undici:request:headers')
const bodyChunkReceived = channel('undici:request:bodyChunkReceived')
const trailers = channel('undici:request:trailers')
const failure = channel('undici:request:error')
const requestChannels = [
  create,
  sendHeaders,
  bodyChunkSent,
  bodySent,
  headers,
  bodyChunkReceived,
  trailers,
  failure,
]

const beforeConnect = channel('undici:client:beforeConnect')
const connected = channel('undici:client:connected')
const connectError = channel('undici:client:connectError')

/** Whether one of these channels has a subscriber. */
export function isTraced(): boolean {
  return requestChannels.some(isSubscribed)
}

function isSubscribed({ hasSubscribers }: Channel): boolean {
  return hasSubscribers
}

/** A request as undici's channels show it. Listeners may add headers until it is sent. */
class TracedRequest {
  readonly origin: string
  readonly path: string
  readonly method: string
  /** Name, value, name, value: the list that is sent. */
  readonly headers: string[]
  readonly body: unknown
  readonly idempotent: boolean
  readonly contentLength: number | null
  readonly contentType: string | null
  readonly upgrade = null
  aborted = false
  completed = false

  constructor(request: PreparedRequest, { origin, path, method, headers: sent, body }: OutgoingRequest) {
    this.origin = origin
    this.path = path.startsWith(origin) ? path.slice(origin.length) : path // a proxy gets an absolute URL
    this.method = method
    this.headers = sent
    this.body = body
    this.idempotent = mayResend(request)
    const length = request.headers.get('Content-Length')
    this.contentLength = length === null ? (isBytes(body) ? Buffer.byteLength(body) : null) : Number(length)
    this.contentType = request.headers.get('Content-Type')
  }

  addHeader(name: string, value: string): this {
    this.headers.push(name.toLowerCase(), value)
    return this
  }
}

/** An exchange that publishes its progress to the channels. */
export class TracedExchange extends Exchange {
  readonly #request: TracedRequest

  constructor(request: PreparedRequest, options: OutgoingRequest, events: ExchangeEvents) {
    const shown = new TracedRequest(request, options)
    create.publish({ request: shown })
    super(request, options, {
      ...events,
      reject(error) {
        publishFailure(shown, error)
        events.reject(error)
      },
    })
    this.#request = shown
  }

  override onRequestStart(stream: RequestStream): void {
    super.onRequestStart(stream)
    const request = this.#request
    if (!sendHeaders.hasSubscribers) return
    sendHeaders.publish({ request, headers: linesOf(request), socket: stream.socket })
  }

  override onRequestSent(): void {
    super.onRequestSent()
    const request = this.#request
    const { body } = request
    if (isBytes(body as OutgoingRequest['body'])) bodyChunkSent.publish({ request, chunk: body })
    bodySent.publish({ request })
  }

  override onResponseStart(
    stream: RequestStream,
    status: number,
    fields: HeaderRecord,
    statusText: string = '',
  ): void {
    super.onResponseStart(stream, status, fields, statusText)
    if (status < 200 || !headers.hasSubscribers) return
    const raw = (stream.rawHeaders ?? []).map((text) => Buffer.from(text, 'latin1'))
    headers.publish({ request: this.#request, response: { statusCode: status, headers: raw, statusText } })
  }

  override onResponseData(stream: RequestStream, chunk: Buffer): void {
    if (bodyChunkReceived.hasSubscribers)
      bodyChunkReceived.publish({ request: this.#request, chunk: Buffer.from(chunk) }) // copied, because the buffer is reused
    super.onResponseData(stream, chunk)
  }

  override onResponseEnd(): void {
    const request = this.#request
    super.onResponseEnd()
    if (request.completed || request.aborted) return
    request.completed = true
    trailers.publish({ request, trailers: [] })
  }

  override onResponseError(stream: RequestStream | undefined, cause: Error): void {
    const answered = this.isAnswered
    super.onResponseError(stream, cause)
    if (answered) publishFailure(this.#request, cause) // otherwise the call rejects, or the request is sent again
  }
}

function publishFailure(request: TracedRequest, error: unknown): void {
  if (request.completed || request.aborted) return
  request.aborted = true
  failure.publish({ request, error })
}

function linesOf({ method, path, headers: list }: TracedRequest): string {
  let lines = `${method} ${path} HTTP/1.1\r\n`
  for (let at = 0; at < list.length; at += 2) lines += `${list[at]}: ${list[at + 1]}\r\n`
  return lines
}

/** Opens a socket, and publishes the attempt and the result. */
export async function tracedConnect(
  { url, secure, servername }: { url: URL; secure: boolean; servername: string },
  open: () => Promise<Socket>,
): Promise<Socket> {
  const { host, hostname, protocol } = url
  const port = url.port || (secure ? '443' : '80')
  const params = {
    host,
    hostname,
    protocol,
    port,
    servername: secure ? servername : null,
    localAddress: null,
  }
  const details = { connectParams: params, connector: open }
  beforeConnect.publish({ connectParams: { ...params, version: undefined }, connector: open })
  try {
    const socket = await open()
    const { alpnProtocol } = socket as { alpnProtocol?: string | false }
    const version = alpnProtocol === 'h2' ? 'h2' : 'h1'
    connected.publish({ ...details, connectParams: { ...params, version }, socket })
    return socket
  } catch (error) {
    connectError.publish({ ...details, error })
    throw error
  }
}

/** Whether a channel of connections has a subscriber. */
export function areConnectionsTraced(): boolean {
  return beforeConnect.hasSubscribers || connected.hasSubscribers || connectError.hasSubscribers
}
