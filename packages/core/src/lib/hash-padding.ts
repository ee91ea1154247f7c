/**
 * A message as MD5 and SHA-2 read it: a 1 bit, zeros, and its length in bits at the end of the last block.
 *
 * @param block The block size in bytes.
 */
export function padMessage(message: Uint8Array, block: 64 | 128, littleEndian: boolean): DataView {
  const size = Math.ceil((message.length + 1 + block / 8) / block) * block
  const bytes = new Uint8Array(size)
  bytes.set(message)
  bytes[message.length] = 0x80
  const padded = new DataView(bytes.buffer)
  padded.setBigUint64(size - 8, BigInt(message.length) * 8n, littleEndian)
  return padded
}
