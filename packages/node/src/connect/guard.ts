import { BlockList } from 'node:net'
import { ConnectionError, InvalidRequestError } from '@session-fetch/core'
import { atStep } from '../base/connect-step.js'
import { addressFamily, ipBytes, unmapped } from './ip-address.js'

/** A connection that is about to be opened. */
export interface Dialled {
  /** The URL whose request opens the connection; later requests to its origin may share it. */
  readonly url: string
  /** The IP address to connect to, or for the proxy to connect to. */
  readonly address: string
  /** The proxy with this address, without credentials; absent if the address belongs to the URL's host. */
  readonly proxy?: string
}

/**
 * Decides whether an address may be connected to. Anything but `true` or `undefined` fails the call with a
 * `ConnectionError`; an error that the guard throws reaches the caller.
 *
 * @example
 * const guard: Guard = ({ address }) => address.startsWith('10.')
 * const session = new Session({ guard })
 */
export type Guard = (dialled: Dialled) => boolean | void | Promise<boolean | void>

/** @throws ConnectionError if the guard refuses any of the addresses */
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

/** @throws InvalidRequestError if it is not a function */
export function toGuard(guard: unknown): Guard | undefined {
  if (guard === undefined || guard === null) return undefined
  if (typeof guard === 'function') return guard as Guard
  throw new InvalidRequestError('guard must be a function')
}

/**
 * Blocks that are not on the public internet (IANA's special-purpose registries), and the address of Azure's host
 * services, which is reachable only from virtual machines although it looks public. The IPv6 blocks are those inside the
 * unicast block: protocols such as Teredo, documentation, and 6to4.
 */
const RESERVED: BlockList = /* @__PURE__ */ blockList(
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
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
)
const UNICAST: BlockList = /* @__PURE__ */ blockList('2000::/3')
/** NAT64 translates these to the IPv4 address in their last four bytes. */
const NAT64: BlockList = /* @__PURE__ */ blockList('64:ff9b::/96')
/** Bytes 8 to 11 of an ISATAP address, which leads to the IPv4 address in its last four (RFC 5214 §6.1). */
const ISATAP = [
  [0x00, 0x00, 0x5e, 0xfe],
  [0x02, 0x00, 0x5e, 0xfe],
]

function blockList(...blocks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const block of blocks) {
    const [address = '', bits] = block.split('/')
    list.addSubnet(address, Number(bits), addressFamily(address))
  }
  return list
}

/**
 * A guard that allows public addresses only: no loopback, private, link-local, carrier-grade NAT or reserved ones, in
 * any notation. The address of a proxy is not checked, because the program chose it. Host names are resolved and checked
 * before a proxy is asked to connect, but the proxy resolves them again itself.
 *
 * @example new Session({ guard: publicOnly() })
 */
export function publicOnly(...none: never[]): Guard {
  if (none.length > 0)
    throw new InvalidRequestError(
      'publicOnly takes no arguments; write guard: publicOnly(), or a guard of your own that calls its result',
    )
  return ({ address, proxy }) => proxy !== undefined || isPublic(address)
}

/** Whether an IP address is on the public internet; `false` for anything that is not an IP address. */
export function isPublic(address: string): boolean {
  const bytes = unmapped(ipBytes(address))
  if (bytes.length === 0) return false
  if (bytes.length === 4) return !RESERVED.check(bytes.join('.'))
  const bare = address.replace(/%.*$/s, '') // BlockList accepts no zone, as in fe80::1%eth0
  if (NAT64.check(bare, 'ipv6')) return !RESERVED.check(bytes.slice(12).join('.'))
  return UNICAST.check(bare, 'ipv6') && !RESERVED.check(bare, 'ipv6') && !isIsatap(bytes)
}

/** ISATAP addresses belong to one site, whatever their prefix is. */
function isIsatap(bytes: readonly number[]): boolean {
  return ISATAP.some((identifier) => identifier.every((byte, index) => bytes[8 + index] === byte))
}
