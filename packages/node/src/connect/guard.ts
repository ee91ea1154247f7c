import { isIP } from 'node:net'
import { ConnectionError, InvalidRequestError } from '@session-fetch/core'
import { atStep } from '../base/connect-step.js'

/** A connection that is about to be opened. */
export interface Dialled {
  /** The URL whose request opens the connection; later requests to its origin may share it. */
  readonly url: string
  /** The IP address that is dialled, or that the proxy is asked to reach. */
  readonly address: string
  /** The proxy whose address this is, without credentials; absent for the URL's own host. */
  readonly proxy?: string
}

/**
 * Decides whether an address may be dialled. `false`, or anything but `true` and nothing, refuses it with a
 * `ConnectionError`; what it throws reaches the caller.
 */
export type Guard = (dialled: Dialled) => boolean | void | Promise<boolean | void>

/** @throws ConnectionError when the guard refuses any of the addresses */
export async function checkGuard(
  guard: Guard,
  where: { url: string; proxy?: string },
  addresses: readonly string[],
): Promise<void> {
  for (const address of addresses) {
    const answer: unknown = await atStep('caller', () => guard({ ...where, address }))
    if (answer === undefined || answer === true) continue
    throw new ConnectionError(`The guard refused the address ${address}`, { retryable: false })
  }
}

/** @throws InvalidRequestError for what is no function */
export function toGuard(guard: unknown): Guard | undefined {
  if (guard === undefined || guard === null) return undefined
  if (typeof guard === 'function') return guard as Guard
  throw new InvalidRequestError('guard must be a function')
}

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
