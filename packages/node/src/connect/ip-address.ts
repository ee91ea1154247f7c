import { isIP } from 'node:net'

/** The 4 or 16 bytes of an IP address; empty if it is not one. A zone, as in `fe80::1%eth0`, is ignored. */
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

/** The 4 bytes of an IPv4 address that is written as IPv6 (`::ffff:a.b.c.d`); any other bytes unchanged. */
export function unmapped(bytes: readonly number[]): readonly number[] {
  const isMapped =
    bytes.length === 16 &&
    bytes.slice(0, 10).every((byte) => byte === 0) &&
    bytes[10] === 255 &&
    bytes[11] === 255
  return isMapped ? bytes.slice(12) : bytes
}

/** The family of an IP address, as `net.BlockList` names it. */
export function addressFamily(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}

function groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}
