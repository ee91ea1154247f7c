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
    lookup(hostname, { all: true }, (error, found) => {
      if (error) reject(error)
      else resolve(addressesIn(found))
    })
  })
}

/** A lookup of the caller's that gives addresses, or an error: of a list that holds none, Node's `net` dies. */
export function soundLookup(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, found) => {
      if (error) callback(error, [])
      else fixedLookup(addressesIn(found))(hostname, options, callback)
    })
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
