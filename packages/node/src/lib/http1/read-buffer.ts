import type { OnReadOpts } from 'node:net'

/** The most bytes that one read of a socket brings. */
const READ_SIZE = 65_536

/**
 * What a socket reads into, again and again: Node would take fresh memory for each read, and a good part of a small
 * response's time.
 */
export class ReadBuffer implements OnReadOpts {
  /** Told of what comes. The bytes are only lent: the next ones take their place. */
  onData: ((bytes: Buffer) => void) | undefined
  /** What came before anyone listened; the socket is to read no more then, but TLS may have more records at hand. */
  early: Buffer | undefined
  #buffer: Buffer | undefined

  /** Made for the socket that asks for it: some have memory of their own. */
  get buffer(): Buffer {
    this.#buffer ??= Buffer.allocUnsafeSlow(READ_SIZE)
    return this.#buffer
  }

  readonly callback = (length: number): boolean => {
    const bytes = this.buffer.subarray(0, length)
    if (this.onData) this.onData(bytes)
    else this.early = Buffer.concat(this.early ? [this.early, bytes] : [bytes])
    return this.onData !== undefined
  }
}
