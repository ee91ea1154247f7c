import type { Socket } from 'node:net'
import { io } from '../base/io.js'
import { asError, connectionLost } from '../base/network-error.js'
import { LARGE, isBytes } from '../bodies/outgoing-body.js'
import { StreamChunks } from '../bodies/stream-chunks.js'
import type { Job, RequestStream } from './job.js'
import { type RequestHead, type ResponseHead, keepAliveHint, requestHead } from './head.js'
import { type ResponseEvents, ResponseReader } from './response-reader.js'
import { type Chunks, Upload } from './upload.js'

/** Blobs up to this size are read into memory at once. */
const SMALL = 1_048_576

/** The connection, as seen by its streams. */
export interface StreamOwner {
  readonly host: string
  readonly keepAlive: number | undefined
  readonly maxHeaderSize: number
  /**
   * The stream has ended.
   *
   * @param reusable Whether the socket can be used again.
   * @param hint The server's keep-alive timeout, in milliseconds.
   */
  onStreamEnd(stream: Http1Stream, reusable: boolean, hint: number | undefined): void
  /** The response is paused until it is read. */
  onPause(): void
}

/** One request and its response on an HTTP/1.1 connection (RFC 9112). */
export class Http1Stream implements RequestStream, ResponseEvents {
  rawHeaders: readonly string[] | null = null
  /** Whether any bytes were received. */
  received = false
  receivedAt: number | undefined
  readonly #job: Job
  readonly #owner: StreamOwner
  readonly socket: Socket
  readonly #reader: ResponseReader
  #hint: number | undefined
  #upload: Upload | undefined
  #over = false

  constructor(job: Job, socket: Socket, owner: StreamOwner) {
    this.#job = job
    this.socket = socket
    this.#owner = owner
    const { method } = job.options
    this.#reader = new ResponseReader(this, { method, maxHeaderSize: owner.maxHeaderSize })
  }

  get left(): number | undefined {
    return this.#reader.left
  }

  pause(): void {
    if (this.#over) return
    this.socket.pause()
    this.#owner.onPause()
  }

  resume(): void {
    if (!this.#over) this.socket.resume()
  }

  /** Keeps the process alive while the request is being sent. */
  unref(): void {
    if (!this.#over && this.#upload === undefined && this.socket.writableLength === 0) this.socket.unref()
  }

  /**
   * Ends the exchange without a complete response.
   *
   * @param unsent Whether nothing was sent, so that the connection can be used again.
   */
  abort(reason: Error, unsent: boolean = false): void {
    if (this.#close(unsent, reason)) this.#job.onResponseError(this, reason)
  }

  /** Sends the request. */
  open(): void {
    try {
      this.#job.onRequestStart(this)
      const { options } = this.#job
      this.#send(requestHead(options, this.#owner.host, this.#owner.keepAlive !== 0))
    } catch (error) {
      this.abort(asError(error), true)
    }
  }

  /** Handles received bytes. */
  read(bytes: Buffer): void {
    this.received = true
    this.receivedAt = io.now()
    try {
      this.#reader.read(bytes)
    } catch (error) {
      this.abort(asError(error))
    }
  }

  /** Handles the end of the server's data. */
  end(): void {
    this.receivedAt = io.now()
    if (!this.#reader.end()) this.abort(connectionLost('The server closed the connection'))
  }

  onHead(head: ResponseHead): void {
    const { status, statusText, headers, raw } = head
    if (status === 101) this.#job.onRequestUpgrade()
    this.rawHeaders = raw
    this.#hint = keepAliveHint(head)
    this.#job.onResponseStart(this, status, headers, statusText)
  }

  onData(data: Buffer): void {
    if (!this.#over) this.#job.onResponseData(this, data)
  }

  onEnd(reusable: boolean): void {
    // if the response ends before the whole request was sent, the server could mistake the rest for the next request, or
    // never read it; TLS updates `writableLength` late
    const isSent = this.#upload === undefined && this.socket.writableLength < LARGE
    if (this.#close(reusable && isSent)) this.#job.onResponseEnd()
  }

  #send({ text, length }: RequestHead): void {
    const { body } = this.#job.options
    const isWhole = isBytes(body)
    const inOne = isWhole && body.length < LARGE // TLS copies to join buffers, which is not worth it above that size
    if (inOne) this.socket.cork()
    this.socket.write(text, 'latin1')
    if (isWhole) this.socket.write(body)
    else if (body !== null) void this.#sendChunks(body, new Upload(this.socket, length))
    if (inOne) this.socket.uncork()
    if (isWhole || body === null) this.#job.onRequestSent()
  }

  async #sendChunks(body: Blob | Chunks, upload: Upload): Promise<void> {
    this.#upload = upload
    try {
      await upload.send(body instanceof Blob ? await chunksOf(body) : body)
      this.#upload = undefined
      this.#job.onRequestSent()
    } catch (error) {
      this.abort(asError(error))
    }
  }

  /** @returns whether it was open before */
  #close(reusable: boolean, reason?: Error): boolean {
    if (this.#over) return false
    this.#over = true
    this.#reader.stop()
    this.#upload?.stop(reason)
    this.socket.resume() // the socket may still be paused although the body is complete
    this.#owner.onStreamEnd(this, reusable, this.#hint)
    return true
  }
}

/** Streams a large blob, so that only the part in transit is in memory. */
async function chunksOf(blob: Blob): Promise<Chunks> {
  return blob.size > SMALL ? new StreamChunks(blob.stream()) : [new Uint8Array(await blob.arrayBuffer())]
}
