import { isAscii } from 'node:buffer'

/** Bodies up to this size are collected in one buffer as they arrive, unless they are read chunk by chunk. */
const SHORT = 262_144
/** The maximum size that is allocated in advance because of a `Content-Length`. */
const MAX_ALLOCATION = 16_777_216

/** Buffers received bytes until they are read. The reader owns the returned chunks. Fast path: see decision 14. */
export class BodyBuffer {
  /** One buffer for the whole body; while it is set, `#chunks` is empty. */
  #whole: Buffer | undefined
  #chunks: Uint8Array[] = []
  #size = 0
  #begun = false

  get size(): number {
    return this.#size
  }

  /** @param left The number of bytes still to come, if known. */
  add(chunk: Uint8Array, left: number = Infinity): void {
    const length = chunk.byteLength + left
    if (!this.#begun && length <= SHORT) this.#whole = Buffer.allocUnsafe(length)
    this.#begun = true
    if (this.#whole) this.#whole.set(chunk, this.#size)
    else this.#chunks.push(Buffer.from(chunk))
    this.#size += chunk.byteLength
  }

  /**
   * Collects everything in one buffer from now on. The caller will take all bytes at once, and `left` more are to
   * come.
   */
  gather(left: number): void {
    const length = this.#size + left
    if (this.#whole || length > MAX_ALLOCATION) return
    this.#whole = Buffer.allocUnsafe(length)
    copyInto(this.#whole, this.#chunks)
    this.#chunks = []
  }

  /** Removes and returns the first chunk. */
  shift(): Uint8Array | undefined {
    const chunk = this.#takeWhole() ?? this.#chunks.shift()
    if (chunk) this.#size -= chunk.byteLength
    return chunk
  }

  /** Removes and returns all chunks. */
  take(): readonly Uint8Array[] {
    const whole = this.#takeWhole()
    const chunks = whole ? [whole] : this.#chunks
    this.#chunks = []
    this.#size = 0
    return chunks
  }

  copy(): BodyBuffer {
    const copy = new BodyBuffer()
    for (const chunk of this.#chunks) copy.add(chunk)
    if (this.#whole) copy.add(this.#whole.subarray(0, this.#size))
    return copy
  }

  #takeWhole(): Uint8Array | undefined {
    const chunk = this.#whole?.subarray(0, this.#size)
    this.#whole = undefined
    return chunk
  }
}

/** The chunks as one; a single chunk is not copied. */
export function concatenated(chunks: readonly Uint8Array[]): Uint8Array {
  const [first, ...more] = chunks
  return first !== undefined && more.length === 0 ? first : Buffer.concat(chunks)
}

const LONG = 1_000_000

/** The chunks as UTF-8 text, without a BOM. */
export function textOf(chunks: readonly Uint8Array[]): string {
  const { buffer, byteOffset, byteLength } = concatenated(chunks)
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  // Decoding ASCII as latin-1 takes at most half the time. Not for long texts: V8 would allocate them outside its heap,
  // count them as external memory pressure, and run full garbage collections repeatedly.
  if (bytes.length < LONG && isAscii(bytes)) return bytes.toString('latin1')
  const text = bytes.toString('utf8')
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

/** The chunks as one, in a buffer of exactly that size. The caller must own the chunks. */
export function bytesOf(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const [first, ...more] = chunks
  if (first && more.length === 0) return withOwnBuffer(first)
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0))
  copyInto(bytes, chunks)
  return bytes
}

/** Copies the chunks one after another into a buffer that is large enough. */
function copyInto(bytes: Uint8Array, chunks: readonly Uint8Array[]): void {
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
}

/** A chunk in a buffer of exactly its size. The caller must own the chunk. */
export function withOwnBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array<ArrayBuffer> {
  const isWhole = buffer instanceof ArrayBuffer && byteLength === buffer.byteLength
  return isWhole ? new Uint8Array(buffer) : new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength))
}
