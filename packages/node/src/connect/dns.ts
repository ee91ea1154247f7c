import { ADDRCONFIG, type LookupAddress, lookup as systemLookup } from 'node:dns'
import { type LookupFunction, isIP } from 'node:net'
import { own } from '@session-fetch/core/adapter'
import { checkNames } from '../base/check-names.js'
import { atStep } from '../base/connect-step.js'
import { io } from '../base/io.js'
import { LruMap } from '../base/lru-map.js'

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

export interface CachedLookupOptions {
  /** Milliseconds that an answer is kept. Default: 30 000. */
  ttl?: number | undefined
  /** The most names kept; the one unused longest goes first. Default: 256. */
  limit?: number | undefined
  /** What answers at first. Default: Node's `dns.lookup`. */
  lookup?: LookupFunction | undefined
}

interface Answer {
  readonly addresses: Promise<LookupAddress[]>
  /** On the process' monotonic clock. */
  until: number
}

/**
 * A `lookup` that remembers what names resolve to, and asks once for all who wait for the same name. Failures
 * are not kept.
 *
 * @throws InvalidRequestError for an option that there is not
 * @example new Session({ lookup: cachedLookup({ ttl: 60_000 }) })
 */
export function cachedLookup(options: CachedLookupOptions = {}): LookupFunction {
  checkNames('cachedLookup', options, ['ttl', 'limit', 'lookup'])
  const { ttl = 30_000, limit = 256, lookup = systemLookup } = own(options)
  const answers = new LruMap<string, Answer>(limit)
  const ask = (hostname: string): Answer => {
    const answer = { addresses: addressesOf(hostname, lookup), until: io.now() + ttl }
    answers.set(hostname, answer)
    answer.addresses.catch(() => (answer.until = 0))
    return answer
  }
  return (hostname, options, callback) => {
    const known = answers.get(hostname)
    const { addresses } = known !== undefined && known.until > io.now() ? known : ask(hostname)
    void addresses.then(fixedLookup, failedLookup).then((found) => found(hostname, options, callback))
  }
}

/** A lookup that knows its answer. */
function fixedLookup(addresses: readonly LookupAddress[]): LookupFunction {
  return (hostname, options, callback) => {
    const wanted = addresses.filter(({ family }) => !options.family || family === options.family)
    const [first] = wanted
    if (first === undefined) callback(noAddress(hostname), [])
    else if (options.all) callback(null, wanted)
    else callback(null, first.address, first.family)
  }
}

function failedLookup(error: NodeJS.ErrnoException): LookupFunction {
  return (_hostname, _options, callback) => callback(error, [])
}
