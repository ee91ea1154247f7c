import type { Socket } from 'node:net'
import { asError, connectionLost } from '../base/network-error.js'
import { LARGE, isBytes } from '../bodies/outgoing-body.js'
import { StreamChunks } from '../bodies/stream-chunks.js'
import type { Job, RequestStream } from './job.js'
import { type RequestHead, requestHead } from './request-head.js'
import { type ResponseHead, keepAliveHint } from './response-head.js'
import { type ResponseEvents, ResponseReader } from './response-reader.js'
import { type Chunks, Upload } from './upload.js'

/** A blob of so many bytes is read at once. */
const SMALL = 1_048_576

/** What a connection tells the streams that it carries, and is told by them. */
export interface StreamOwner {
  readonly host: string
  readonly keepAlive: number | undefined
  readonly maxHeaderSize: number
  /**
   * The stream is over.
   *
   * @param reusable Whether the socket may carry another.
   * @param hint For how long the server keeps an idle connection, in milliseconds.
   */
  onStreamEnd(stream: Http1Stream, reusable: boolean, hint: number | undefined): void
  /** The response waits for its reader. */
  onPause(): void
}

/** One request and its response on an HTTP/1.1 connection (RFC 9112). */
export class Http1Stream implements RequestStream, ResponseEvents {
  rawHeaders: readonly string[] | null = null
  /** Whether anything came from the server. */
  heard = false
  readonly #job: Job
  readonly #owner: StreamOwner
  readonly #socket: Socket
  readonly #reader: ResponseReader
  #hint: number | undefined
  #upload: Upload | undefined
  #over = false

  constructor(job: Job, socket: Socket, owner: StreamOwner) {
    this.#job = job
    this.#socket = socket
    this.#owner = owner
    const { method } = job.options
    this.#reader = new ResponseReader(this, { method, maxHeaderSize: owner.maxHeaderSize })
  }

  get left(): number | undefined {
    return this.#reader.left
  }

  pause(): void {
    if (this.#over) return
    this.#socket.pause()
    this.#owner.onPause()
  }

  resume(): void {
    if (!this.#over) this.#socket.resume()
  }

  /** A request that is still being sent keeps the process alive. */
  unref(): void {
    if (!this.#over && this.#upload === undefined && this.#socket.writableLength === 0) this.#socket.unref()
  }

  /**
   * Ends the exchange without a whole response.
   *
   * @param unsent Whether nothing was sent, so that the connection is as good as before.
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

  /** The socket has bytes. */
  read(bytes: Buffer): void {
    this.heard = true
    try {
      this.#reader.read(bytes)
    } catch (error) {
      this.abort(asError(error))
    }
  }

  /** The server sends no more. */
  end(): void {
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
    // An answer before the whole request: what is left of it would be taken for the next one, or never be read.
    // TLS is often late to say that little was sent.
    const isSent = this.#upload === undefined && this.#socket.writableLength < LARGE
    if (this.#close(reusable && isSent)) this.#job.onResponseEnd()
  }

  #send({ text, length }: RequestHead): void {
    const { body } = this.#job.options
    const isWhole = isBytes(body)
    const inOne = isWhole && body.length < LARGE // to join more than that, TLS would copy it
    if (inOne) this.#socket.cork()
    this.#socket.write(text, 'latin1')
    if (isWhole) this.#socket.write(body)
    else if (body !== null) void this.#sendChunks(body, new Upload(this.#socket, length))
    if (inOne) this.#socket.uncork()
  }

  async #sendChunks(body: Blob | Chunks, upload: Upload): Promise<void> {
    this.#upload = upload
    try {
      await upload.send(body instanceof Blob ? await chunksOf(body) : body)
      this.#upload = undefined
    } catch (error) {
      this.abort(asError(error))
    }
  }

  /** @returns whether it was open until now */
  #close(reusable: boolean, reason?: Error): boolean {
    if (this.#over) return false
    this.#over = true
    this.#reader.stop()
    this.#upload?.stop(reason)
    this.#socket.resume() // a body that is whole may have been told to wait all the same
    this.#owner.onStreamEnd(this, reusable, this.#hint)
    return true
  }
}

/** Of a large blob, no more is in memory than is on its way. */
async function chunksOf(blob: Blob): Promise<Chunks> {
  return blob.size > SMALL ? new StreamChunks(blob.stream()) : [new Uint8Array(await blob.arrayBuffer())]
}
