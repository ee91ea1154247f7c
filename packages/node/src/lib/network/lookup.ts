import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import { type LookupFunction, isIP } from 'node:net'

/** Resolves a name to all its addresses; an address is its own. */
export function addressesOf(
  hostname: string,
  lookup: LookupFunction = systemLookup,
): Promise<LookupAddress[]> {
  const family = isIP(hostname)
  if (family !== 0) return Promise.resolve([{ address: hostname, family }])
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error, found, family) => {
      if (error) reject(error)
      else if (typeof found === 'string') resolve([{ address: found, family: family ?? isIP(found) }])
      else resolve(found)
    })
  })
}

/** A lookup that knows its answer: the connection goes to an address that has been looked at. */
export function fixedLookup(addresses: readonly LookupAddress[]): LookupFunction {
  return (hostname, options, callback) => {
    const wanted = addresses.filter(({ family }) => !options.family || family === options.family)
    const [first] = wanted
    if (first === undefined) callback(noAddress(hostname), [])
    else if (options.all) callback(null, wanted)
    else callback(null, first.address, first.family)
  }
}

function noAddress(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' })
}
