import { own } from '@session-fetch/core'
import { ADDRCONFIG, type LookupAddress, lookup as systemLookup } from 'node:dns'
import { type LookupFunction, isIP } from 'node:net'
import { atStep } from './connect-step.js'

/** Addresses of the families that this machine has itself, as Node's own `connect` asks; Windows would find nothing. */
const HINTS = process.platform === 'win32' ? 0 : ADDRCONFIG

/** Resolves a name to all its addresses; an address is its own. */
export function addressesOf(
  hostname: string,
  lookup: LookupFunction = systemLookup,
): Promise<LookupAddress[]> {
  const family = isIP(hostname)
  if (family !== 0) return Promise.resolve([{ address: hostname, family }])
  const found = new Promise<LookupAddress[]>((resolve, reject) => {
    lookup(hostname, own({ all: true, hints: HINTS }), (error, found) => {
      if (error) reject(error)
      else resolve(addressesIn(found))
    })
  })
  return atStep('lookup', () => found)
}

/** The addresses in an answer, which may be one or a list, whatever was asked for. What is no address is left out. */
function addressesIn(found: unknown): LookupAddress[] {
  const items = [found].flat() as readonly (string | Partial<LookupAddress> | null | undefined)[]
  return items.flatMap((item) => {
    const address = typeof item === 'string' ? item : item?.address
    const family = typeof address === 'string' ? isIP(address) : 0
    return address === undefined || family === 0 ? [] : [{ address, family }]
  })
}

/** What Node says of a name that has none. */
export function noAddress(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' })
}
