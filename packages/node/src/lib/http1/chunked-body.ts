import { MalformedMessage } from './malformed.js'
import { parseFields } from './response-head.js'

/** Up to 2^52 - 1 bytes. */
const SIZE = /^[0-9A-Fa-f]{1,13}/
/** What may follow a size (RFC 9112 §7.1.1), with blanks around `;` and `=`, and is passed over. */
const EXTENSIONS =
  /^(?:[\t ]*;[\t ]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:[\t ]*=[\t ]*(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"))?)*$/
const LONGEST_SIZE_LINE = 4096
const LF = 0x0a

/** A body in the chunked transfer coding, as it comes (RFC 9112 §7.1). */
export class ChunkedBody {
  /** Whether its last byte, that of the trailers, was read. */
  over = false
  #next: 'size' | 'data' | 'data end' | 'trailers' = 'size'
  /** Bytes of the chunk that are yet to come. */
  #left = 0
  /** The beginning of a line whose end is yet to come. */
  #line = ''
  #trailers = ''
  readonly #maxTrailers: number
  readonly #onData: (data: Buffer) => void

  /** @param maxTrailers In bytes. Trailers are checked, and passed over. */
  constructor(maxTrailers: number, onData: (data: Buffer) => void) {
    this.#maxTrailers = maxTrailers
    this.#onData = onData
  }

  /**
   * Takes the bytes from `start` on. Their data is moved together in place, so that many small chunks are no more
   * work for a reader than one.
   *
   * @returns where the body's end, or that of the bytes, was reached
   * @throws MalformedMessage for anything that RFC 9112 does not allow
   */
  read(bytes: Buffer, start: number): number {
    let at = start
    const data = { from: start, to: start }
    try {
      while (at < bytes.length && !this.over)
        at = this.#next === 'data' ? this.#data(bytes, at, data) : this.#text(bytes, at)
      return at
    } finally {
      if (data.to > data.from) this.#onData(bytes.subarray(data.from, data.to))
    }
  }

  #data(bytes: Buffer, start: number, data: { from: number; to: number }): number {
    const end = Math.min(start + this.#left, bytes.length)
    this.#left -= end - start
    if (this.#left === 0) this.#next = 'data end'
    if (data.to === data.from) data.from = data.to = start
    if (data.to < start) bytes.copyWithin(data.to, start, end)
    data.to += end - start
    return end
  }

  #text(bytes: Buffer, start: number): number {
    const lf = bytes.indexOf(LF, start)
    const end = lf < 0 ? bytes.length : lf + 1
    this.#line += bytes.toString('latin1', start, end)
    const limit = this.#next === 'trailers' ? this.#maxTrailers - this.#trailers.length : LONGEST_SIZE_LINE
    if (this.#line.length > limit) throw tooLong(this.#next)
    if (lf < 0) return end
    const line = this.#line
    this.#line = ''
    if (!line.endsWith('\r\n')) throw new MalformedMessage('a line end in the chunked body')
    this.#take(line)
    return end
  }

  #take(line: string): void {
    if (this.#next === 'size') this.#begin(line)
    else if (this.#next === 'trailers') this.#trail(line)
    else if (line === '\r\n') this.#next = 'size'
    else throw new MalformedMessage('the end of a chunk')
  }

  #begin(line: string): void {
    const [size = ''] = SIZE.exec(line) ?? []
    if (size === '' || !EXTENSIONS.test(line.slice(size.length, -2)))
      throw new MalformedMessage('the size of a chunk')
    this.#left = Number.parseInt(size, 16)
    this.#next = this.#left === 0 ? 'trailers' : 'data'
  }

  #trail(line: string): void {
    this.over = line === '\r\n'
    if (this.over) parseFields(this.#trailers, 0)
    else this.#trailers += line
  }
}

function tooLong(part: string): MalformedMessage {
  if (part === 'trailers') return new MalformedMessage('too many trailers', 'ERR_HTTP1_HEAD_SIZE')
  return new MalformedMessage('the size of a chunk')
}
