import type { Guard } from './guard.js'
import { ipBytes, sharesPrefix, unmapped } from './ip-bytes.js'

/**
 * IPv4 blocks that are not on the public internet (IANA's special-purpose registry), and the address at which the
 * host of an Azure machine answers, which is a public one in form alone.
 */
const NOT_PUBLIC_4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
].map(block)

/** What of the unicast block is not: protocols such as Teredo, documentation, and 6to4. */
const NOT_PUBLIC_6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map(block)
const UNICAST = block('2000::/3')
/** Translated by NAT64 to the IPv4 address in its last four bytes. */
const NAT64 = block('64:ff9b::/96')
/** Bytes 8 to 11 of an address of ISATAP, which leads to the IPv4 address in its last four (RFC 5214 §6.1). */
const ISATAP = [
  [0x00, 0x00, 0x5e, 0xfe],
  [0x02, 0x00, 0x5e, 0xfe],
]

/**
 * A guard that lets a session reach public addresses alone: no loopback, private, link-local, carrier or
 * reserved ones, however they are written. A proxy's own address is not judged, for its URL is yours; names
 * are resolved and judged before it is asked, but it resolves them once more, itself.
 *
 * @example new Session({ guard: publicOnly() })
 */
export function publicOnly(): Guard {
  return ({ address, proxy }) => proxy !== undefined || isPublic(address)
}

/** Whether an IP address is one of the public internet. What is no address is not. */
export function isPublic(address: string): boolean {
  const bytes = unmapped(ipBytes(address))
  if (bytes.length === 4) return !NOT_PUBLIC_4.some((excluded) => within(bytes, excluded))
  if (within(bytes, NAT64)) return !NOT_PUBLIC_4.some((excluded) => within(bytes.slice(12), excluded))
  return (
    within(bytes, UNICAST) && !NOT_PUBLIC_6.some((excluded) => within(bytes, excluded)) && !isIsatap(bytes)
  )
}

/** Such an address is of one site, whatever its prefix is. */
function isIsatap(bytes: readonly number[]): boolean {
  return ISATAP.some((identifier) => identifier.every((byte, index) => bytes[8 + index] === byte))
}

interface Block {
  readonly bytes: readonly number[]
  readonly bits: number
}

function block(text: string): Block {
  const [address = '', bits] = text.split('/')
  return { bytes: ipBytes(address), bits: Number(bits) }
}

function within(bytes: readonly number[], { bytes: start, bits }: Block): boolean {
  return sharesPrefix(bytes, start, bits)
}
