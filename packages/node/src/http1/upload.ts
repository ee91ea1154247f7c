import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { InvalidRequestError } from '@session-fetch/core'
import { wrongLength } from '../bodies/outgoing-body.js'
import { StreamChunks } from '../bodies/stream-chunks.js'

type Chunk = Uint8Array | string
export type Chunks = AsyncIterable<Chunk> | Iterable<Chunk>

/** Writes a body to a socket, with back-pressure. */
export class Upload {
  readonly #socket: Socket
  /** In bytes; `null` for chunked transfer coding (RFC 9112 §7.1). */
  readonly #length: number | null
  #sent = 0
  #stopped = false
  #wake: (() => void) | undefined
  #source: Chunks | undefined

  constructor(socket: Socket, length: number | null) {
    this.#socket = socket
    this.#length = length
  }

  /**
   * Sends a body, until the end or until `stop` is called.
   *
   * @throws InvalidRequestError if the length differs from the declared one
   * @throws errors of the body
   */
  async send(body: Chunks): Promise<void> {
    this.#source = body
    for await (const chunk of body) {
      if (this.#stopped) return
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      if (!(bytes instanceof Uint8Array))
        throw new InvalidRequestError('A body must consist of bytes and text')
      if (bytes.byteLength > 0 && !this.#write(bytes)) await this.#drained()
      if (this.#stopped) return
    }
    if (this.#length === null) this.#socket.write('0\r\n\r\n', 'latin1')
    else if (this.#sent < this.#length) throw wrongLength()
  }

  /** Stops sending, and cancels the source if possible. */
  stop(reason: unknown): void {
    this.#stopped = true
    this.#wake?.()
    if (this.#source instanceof StreamChunks) this.#source.cancel(reason)
    else if (this.#source instanceof Readable) this.#source.destroy()
  }

  /** @returns whether the socket accepts more without waiting */
  #write(bytes: Uint8Array): boolean {
    this.#sent += bytes.byteLength
    if (this.#length === null) return writeChunk(this.#socket, bytes)
    if (this.#sent > this.#length) throw wrongLength()
    return this.#socket.write(bytes)
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#socket.off('drain', resolve)
        resolve()
      }
      this.#socket.once('drain', resolve)
    })
  }
}

function writeChunk(socket: Socket, bytes: Uint8Array): boolean {
  socket.cork()
  socket.write(`${bytes.byteLength.toString(16)}\r\n`, 'latin1')
  socket.write(bytes)
  const more = socket.write('\r\n', 'latin1')
  socket.uncork()
  return more
}
