import { isAscii } from 'node:buffer'

/** The chunks as one; a single chunk is given as it is. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [first, ...more] = chunks
  return first !== undefined && more.length === 0 ? first : Buffer.concat(chunks)
}

const LONG = 1_000_000

/** The chunks as UTF-8 text, without a BOM. */
export function textOf(chunks: readonly Uint8Array[]): string {
  const { buffer, byteOffset, byteLength } = joined(chunks)
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
  if (first && more.length === 0) return alone(first)
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0))
  copyInto(bytes, chunks)
  return bytes
}

/** Copies the chunks, one after another, to the beginning of a piece of memory that is long enough. */
export function copyInto(bytes: Uint8Array, chunks: readonly Uint8Array[]): void {
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
}

/** A chunk that is the caller's alone, in a buffer that holds nothing else. */
export function alone({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array<ArrayBuffer> {
  const isWhole = buffer instanceof ArrayBuffer && byteLength === buffer.byteLength
  return isWhole ? new Uint8Array(buffer) : new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength))
}
