import type { OnReadOpts } from 'node:net'

/** The most bytes that one read of a socket brings. */
export const READ_SIZE = 65_536

/**
 * What a socket reads into, again and again: Node would take fresh memory for each read, and a good part of a small
 * response's time.
 */
export class ReadBuffer implements OnReadOpts {
  readonly buffer: Buffer = Buffer.allocUnsafeSlow(READ_SIZE)
  /** Told of what comes. The bytes are only lent: the next ones take their place. */
  onData: ((bytes: Buffer) => void) | undefined
  /** What came before anyone listened; the socket reads no more then. */
  early: Buffer | undefined

  readonly callback = (length: number): boolean => {
    const bytes = this.buffer.subarray(0, length)
    if (this.onData) this.onData(bytes)
    else this.early = Buffer.from(bytes)
    return this.onData !== undefined
  }
}
