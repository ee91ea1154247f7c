import { TCHAR } from '../base/field-text.js'
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
} from './response-head.js'

/** Whom a reader tells. What they throw goes to whoever gave it the bytes. */
export interface ResponseEvents {
  /** A head has come: that of the response, or of an interim one (1xx) before it. */
  onHead(head: ResponseHead): void
  onData(data: Buffer): void
  /** @param reusable Whether the connection may carry another request. */
  onEnd(reusable: boolean): void
}

interface ReaderOptions {
  /** The request's: a response to `HEAD` has no body. */
  readonly method: string
  /** The most bytes of names and values in a head. */
  readonly maxHeaderSize: number
}

const HEAD_END = '\r\n\r\n'

/**
 * Reads the bytes of one response to one request (RFC 9112), however they are cut. Strict: of what the standard
 * forbids nothing is mended or guessed, for a guess is where two readers part.
 */
export class ResponseReader {
  readonly #events: ResponseEvents
  readonly #method: string
  readonly #maxHeaderSize: number
  #part: 'head' | 'body' | 'chunked' | 'rest' | 'over' = 'head'
  /** The beginning of a head whose end is yet to come, in a buffer that may have room for more. */
  #held: Buffer | undefined
  #heldLength = 0
  #head: ResponseHead | undefined
  /** Bytes of the body that are yet to come. */
  #left = 0
  #chunked: ChunkedBody | undefined

  constructor(events: ResponseEvents, { method, maxHeaderSize }: ReaderOptions) {
    this.#events = events
    this.#method = method
    this.#maxHeaderSize = maxHeaderSize
  }

  /** Bytes of the body that are yet to come, where its length is known. */
  get left(): number | undefined {
    return this.#part === 'body' ? this.#left : undefined
  }

  /**
   * Takes the next bytes, of which nothing is kept.
   *
   * @throws MalformedMessage for bytes that are no response; nothing more may be read then
   */
  read(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length && this.#part !== 'over') at = this.#readFrom(bytes, at)
  }

  /**
   * The server sends no more.
   *
   * @returns whether the response is whole: a body may last until the connection ends
   */
  end(): boolean {
    if (this.#part === 'rest') this.#finish(false)
    return this.#part === 'over'
  }

  /** Nobody wants the rest. */
  stop(): void {
    this.#part = 'over'
  }

  /** @returns where it stopped */
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
    if ((end < 0 ? searched.length : end) - first > this.#mostBytes()) throw headTooLarge()
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

  /** Adds bytes to what is held, and returns all of it. The room doubles, so that each byte is copied a few times at most. */
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

  /** Blanks, colons and line ends are not counted as headers, but limited all the same. */
  #mostBytes(): number {
    return 2 * this.#maxHeaderSize + 4096
  }

  /** @param last Whether no bytes after the head have come yet. */
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

  /** @param clean Whether no bytes came that belong to no response. */
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
/** What may follow a size (RFC 9112 §7.1.1), with blanks around `;` and `=`, and is passed over. */
const EXTENSIONS = new RegExp(
  `^(?:[\\t ]*;[\\t ]*[${TCHAR}]+(?:[\\t ]*=[\\t ]*(?:[${TCHAR}]+|"(?:[\\t !#-[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"))?)*$`,
)
const LONGEST_SIZE_LINE = 4096
const LF = 0x0a

/** A body in the chunked transfer coding, as it comes (RFC 9112 §7.1). */
class ChunkedBody {
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
