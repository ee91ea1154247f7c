import { TCHAR } from '@session-fetch/core/adapter'
import { MalformedMessage } from '../base/network-error.js'
import {
  CHUNKED,
  type ResponseHead,
  UNTIL_CLOSE,
  bodyLength,
  checkBeginning,
  keepsOpen,
  parseFields,
  parseHead,
} from './head.js'

/** Callbacks of a reader. Their errors are thrown by `read`. */
export interface ResponseEvents {
  /** Called with the final head and with each interim one (1xx) before it. */
  onHead(head: ResponseHead): void
  onData(data: Buffer): void
  /** @param reusable Whether the connection can be used for another request. */
  onEnd(reusable: boolean): void
}

interface ReaderOptions {
  /** The request method: a response to `HEAD` has no body. */
  readonly method: string
  /** Maximum size of a head's names and values, in bytes. */
  readonly maxHeaderSize: number
}

const HEAD_END = '\r\n\r\n'

/**
 * A parser for one response (RFC 9112), fed in chunks of any size. It rejects invalid input, because two lenient parsers
 * could interpret it differently.
 */
export class ResponseReader {
  readonly #events: ResponseEvents
  readonly #method: string
  readonly #maxHeaderSize: number
  #part: 'head' | 'body' | 'chunked' | 'rest' | 'over' = 'head'
  /** The start of an incomplete head, in a buffer that may have spare capacity. */
  #held: Buffer | undefined
  #heldLength = 0
  #head: ResponseHead | undefined
  /** Bytes of the body still to come. */
  #left = 0
  #chunked: ChunkedBody | undefined

  constructor(events: ResponseEvents, { method, maxHeaderSize }: ReaderOptions) {
    this.#events = events
    this.#method = method
    this.#maxHeaderSize = maxHeaderSize
  }

  /** Bytes of the body still to come, if the length is known. */
  get left(): number | undefined {
    return this.#part === 'body' ? this.#left : undefined
  }

  /**
   * Parses the next bytes, and keeps no reference to them.
   *
   * @throws MalformedMessage for an invalid response; `read` must not be called again then
   */
  read(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length && this.#part !== 'over') at = this.#readFrom(bytes, at)
  }

  /**
   * Ends the input.
   *
   * @returns whether the response is complete: a body may last until the connection ends
   */
  end(): boolean {
    if (this.#part === 'rest') this.#finish(false)
    return this.#part === 'over'
  }

  /** Stops parsing. */
  stop(): void {
    this.#part = 'over'
  }

  /** @returns the index up to which it has read */
  #readFrom(bytes: Buffer, at: number): number {
    switch (this.#part) {
      case 'head':
        return this.#readHead(bytes, at)
      case 'chunked':
        return this.#readChunked(bytes, at)
      default:
        return this.#readBody(bytes, at)
    }
  }

  #readHead(bytes: Buffer, start: number): number {
    const known = this.#heldLength
    const searched = this.#held === undefined ? bytes : this.#hold(bytes, start)
    const first = searched === bytes ? start : 0
    const end = searched.indexOf(HEAD_END, Math.max(first, first + known - HEAD_END.length + 1), 'latin1')
    if ((end < 0 ? searched.length : end) - first > this.#maxHeadBytes()) throw headTooLarge()
    if (end < 0) {
      checkBeginning(searched === bytes ? this.#hold(bytes, start) : searched, known)
      return bytes.length
    }
    this.#held = undefined
    this.#heldLength = 0
    const after = end + HEAD_END.length - known
    this.#begin(parseHead(searched.toString('latin1', first, end + 2)), after === bytes.length)
    return after
  }

  /**
   * Appends bytes to the incomplete head, and returns all of it. The capacity doubles, so that each byte is copied
   * only a few times.
   */
  #hold(bytes: Buffer, start: number): Buffer {
    const length = this.#heldLength + bytes.length - start
    if (this.#held === undefined || this.#held.length < length) {
      const larger = Buffer.allocUnsafeSlow(2 * length)
      this.#held?.copy(larger, 0, 0, this.#heldLength)
      this.#held = larger
    }
    bytes.copy(this.#held, this.#heldLength, start)
    this.#heldLength = length
    return this.#held.subarray(0, length)
  }

  /** A higher limit for the whole head, because whitespace, colons and line ends do not count as headers. */
  #maxHeadBytes(): number {
    return 2 * this.#maxHeaderSize + 4096
  }

  /** @param last Whether the input ends with the head. */
  #begin(head: ResponseHead, last: boolean): void {
    const interim = head.status < 200
    const length = interim ? 0 : bodyLength(head, this.#method)
    this.#events.onHead(head)
    if (interim || this.#part === 'over') return
    this.#head = head
    this.#left = length
    if (length === 0) this.#finish(last)
    else this.#part = length === UNTIL_CLOSE ? 'rest' : length === CHUNKED ? 'chunked' : 'body'
    if (length === CHUNKED)
      this.#chunked = new ChunkedBody(this.#maxHeaderSize, (data) => this.#events.onData(data))
  }

  #readChunked(bytes: Buffer, start: number): number {
    const end = this.#chunked?.read(bytes, start) ?? start
    if (this.#chunked?.over) this.#finish(end === bytes.length)
    return end
  }

  #readBody(bytes: Buffer, start: number): number {
    const all = this.#part === 'rest' || bytes.length - start < this.#left
    const end = all ? bytes.length : start + this.#left
    this.#left -= end - start
    this.#events.onData(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end))
    if (!all) this.#finish(end === bytes.length)
    return end
  }

  /** @param clean Whether the input ends with the response. */
  #finish(clean: boolean): void {
    if (this.#part === 'over') return
    this.#part = 'over'
    this.#events.onEnd(clean && this.#head !== undefined && keepsOpen(this.#head))
  }
}

function headTooLarge(): MalformedMessage {
  return new MalformedMessage('the head is too large', 'ERR_HTTP1_HEAD_SIZE')
}

/** Up to 2^52 - 1 bytes. */
const SIZE = /^[0-9A-Fa-f]{1,13}/
/** Chunk extensions (RFC 9112 §7.1.1), with optional whitespace around `;` and `=`. They are ignored. */
const EXTENSIONS = new RegExp(
  `^(?:[\\t ]*;[\\t ]*[${TCHAR}]+(?:[\\t ]*=[\\t ]*(?:[${TCHAR}]+|"(?:[\\t !#-[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"))?)*$`,
)
const LONGEST_SIZE_LINE = 4096
const LF = 0x0a

/** A parser for the chunked transfer coding (RFC 9112 §7.1). */
class ChunkedBody {
  /** Whether the body is complete, trailers included. */
  over = false
  #next: 'size' | 'data' | 'data end' | 'trailers' = 'size'
  /** Bytes of the current chunk still to come. */
  #left = 0
  /** The start of an incomplete line. */
  #line = ''
  #trailers = ''
  readonly #maxTrailers: number
  readonly #onData: (data: Buffer) => void

  /** @param maxTrailers In bytes. Trailers are validated and then ignored. */
  constructor(maxTrailers: number, onData: (data: Buffer) => void) {
    this.#maxTrailers = maxTrailers
    this.#onData = onData
  }

  /**
   * Parses bytes from `start` on. The data of all chunks is compacted in place, so that many small chunks are passed on
   * as one.
   *
   * @returns the index up to which it has read
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
