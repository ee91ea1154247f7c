import { isIP } from 'node:net'

/** The 4 or 16 bytes of an IP address; none for what is no address. A zone, as in `fe80::1%eth0`, is left out. */
export function ipBytes(address: string): number[] {
  const [bare = ''] = address.split('%')
  if (isIP(bare) === 4) return bare.split('.').map(Number)
  if (isIP(bare) === 0) return []
  // The URL parser writes an IPv4 tail as groups, and every group in hexadecimal.
  const [head = '', tail] = new URL(`http://[${bare}]/`).hostname.slice(1, -1).split('::')
  const front = groups(head)
  const back = groups(tail ?? '')
  const gap = Array.from({ length: 8 - front.length - back.length }, () => 0)
  return [...front, ...gap, ...back].flatMap((group) => [group >> 8, group & 0xff])
}

/** An IPv4 address that is written as an IPv6 one (`::ffff:a.b.c.d`) as itself; any other as it is. */
export function unmapped(bytes: readonly number[]): readonly number[] {
  const isMapped =
    bytes.length === 16 &&
    bytes.slice(0, 10).every((byte) => byte === 0) &&
    bytes[10] === 255 &&
    bytes[11] === 255
  return isMapped ? bytes.slice(12) : bytes
}

/** Whether the first `bits` bits of both are the same, and both are of one family. */
export function sharesPrefix(a: readonly number[], b: readonly number[], bits: number): boolean {
  if (a.length !== b.length || a.length === 0) return false
  return a.every((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - index * 8))
    const mask = (0xff << (8 - kept)) & 0xff
    return (byte & mask) === ((b[index] ?? 0) & mask)
  })
}

function groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}
