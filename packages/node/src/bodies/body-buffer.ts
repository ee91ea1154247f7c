import { isAscii } from 'node:buffer'

/** A body of no more bytes is put into one piece of memory as it comes, unless it is read chunk by chunk. */
const SHORT = 262_144
/** More than this is not made room for because a server announced it. */
const MOST = 16_777_216

/** Copies of the bytes of a body that came, and that nobody has taken yet. Who takes them has them alone. */
export class BodyBuffer {
  /** Where there is one: room for all of the body. There are no chunks then. */
  #room: Buffer | undefined
  #chunks: Uint8Array[] = []
  #size = 0
  #begun = false

  get size(): number {
    return this.#size
  }

  /** @param left How many bytes are yet to come, where that is known. */
  add(chunk: Uint8Array, left: number = Infinity): void {
    const length = chunk.byteLength + left
    if (!this.#begun && length <= SHORT) this.#room = Buffer.allocUnsafe(length)
    this.#begun = true
    if (this.#room) this.#room.set(chunk, this.#size)
    else this.#chunks.push(Buffer.from(chunk))
    this.#size += chunk.byteLength
  }

  /** All bytes will be taken at once, and so many are yet to come: they are put into one piece. */
  gather(left: number): void {
    const length = this.#size + left
    if (this.#room || length > MOST) return
    this.#room = Buffer.allocUnsafe(length)
    copyInto(this.#room, this.#chunks)
    this.#chunks = []
  }

  /** Takes what came first. */
  shift(): Uint8Array | undefined {
    const chunk = this.#takeRoom() ?? this.#chunks.shift()
    if (chunk) this.#size -= chunk.byteLength
    return chunk
  }

  /** Takes all of them. */
  take(): readonly Uint8Array[] {
    const room = this.#takeRoom()
    const chunks = room ? [room] : this.#chunks
    this.#chunks = []
    this.#size = 0
    return chunks
  }

  copy(): BodyBuffer {
    const copy = new BodyBuffer()
    for (const chunk of this.#chunks) copy.add(chunk)
    if (this.#room) copy.add(this.#room.subarray(0, this.#size))
    return copy
  }

  #takeRoom(): Uint8Array | undefined {
    const chunk = this.#room?.subarray(0, this.#size)
    this.#room = undefined
    return chunk
  }
}

/** The chunks as one; a single chunk is given as it is. */
export function concatenated(chunks: readonly Uint8Array[]): Uint8Array {
  const [first, ...more] = chunks
  return first !== undefined && more.length === 0 ? first : Buffer.concat(chunks)
}

const LONG = 1_000_000

/** The chunks as UTF-8 text, without a BOM. */
export function textOf(chunks: readonly Uint8Array[]): string {
  const { buffer, byteOffset, byteLength } = concatenated(chunks)
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  // ASCII is the same text in latin-1, in half the time or less. Not a text so long that V8 would leave it outside of
  // its heap: it counts such memory as pressure, and collects all of the heap again and again.
  if (bytes.length < LONG && isAscii(bytes)) return bytes.toString('latin1')
  const text = bytes.toString('utf8')
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

/** The chunks, which are the caller's alone, as one, in a buffer that holds nothing else. */
export function bytesOf(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const [first, ...more] = chunks
  if (first && more.length === 0) return withOwnBuffer(first)
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0))
  copyInto(bytes, chunks)
  return bytes
}

/** Copies the chunks, one after another, to the beginning of a piece of memory that is long enough. */
function copyInto(bytes: Uint8Array, chunks: readonly Uint8Array[]): void {
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
}

/** A chunk that is the caller's alone, in a buffer that holds nothing else. */
export function withOwnBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array<ArrayBuffer> {
  const isWhole = buffer instanceof ArrayBuffer && byteLength === buffer.byteLength
  return isWhole ? new Uint8Array(buffer) : new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength))
}
