import { isAscii } from 'node:buffer'

/** The chunks as one; a single chunk is given as it is. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [first, ...more] = chunks
  return first !== undefined && more.length === 0 ? first : Buffer.concat(chunks)
}

/** The chunks as UTF-8 text, without a BOM. */
export function textOf(chunks: readonly Uint8Array[]): string {
  const { buffer, byteOffset, byteLength } = joined(chunks)
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  if (isAscii(bytes)) return bytes.toString('latin1') // the same text, in half the time or less
  const text = bytes.toString('utf8')
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

/** A copy of the chunks as one, with a buffer that holds nothing else. */
export function bytesOf(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0))
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}
