import { ADDRCONFIG, type LookupAddress, lookup as systemLookup } from 'node:dns'
import { type LookupFunction, isIP } from 'node:net'
import { InvalidRequestError } from '@session-fetch/core'
import { LruMap, checkNumber, own } from '@session-fetch/core/adapter'
import { checkNames } from '../base/check-names.js'
import { atStep } from '../base/connect-step.js'
import { io } from '../base/io.js'

/**
 * Restricts lookups to address families that this machine has, as in Node's `net.connect`. Not on Windows, where lookups
 * with this flag find nothing.
 */
const HINTS = process.platform === 'win32' ? 0 : ADDRCONFIG

/** Resolves a host name to all its addresses. An IP address resolves to itself. */
export function addressesOf(
  hostname: string,
  lookup: LookupFunction = systemLookup,
): Promise<LookupAddress[]> {
  const family = isIP(hostname)
  if (family !== 0) return Promise.resolve([{ address: hostname, family }])
  const found = new Promise<LookupAddress[]>((resolve, reject) => {
    const done: Parameters<LookupFunction>[2] = (error, found) => {
      if (error) reject(error)
      else resolve(addressesIn(found))
    }
    lookUpWithHints(lookup, hostname, done)
  })
  return atStep('lookup', () => found)
}

/** Omits the hints if the engine's lookup rejects them, as workerd's does. */
function lookUpWithHints(
  lookup: LookupFunction,
  hostname: string,
  done: Parameters<LookupFunction>[2],
): void {
  try {
    lookup(hostname, own({ all: true, hints: HINTS }), done)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_OPTION_NOT_IMPLEMENTED') throw error
    lookup(hostname, own({ all: true }), done)
  }
}

/**
 * The addresses in a lookup's result, which may be one or a list regardless of `all`. Invalid addresses are dropped.
 */
function addressesIn(found: unknown): LookupAddress[] {
  const items = [found].flat() as readonly (string | Partial<LookupAddress> | null | undefined)[]
  return items.flatMap((item) => {
    const address = typeof item === 'string' ? item : item?.address
    const family = typeof address === 'string' ? isIP(address) : 0
    return address === undefined || family === 0 ? [] : [{ address, family }]
  })
}

/** The error with which Node reports a name without addresses. */
export function noAddress(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' })
}

/** Options of `cachedLookup`. */
export interface CachedLookupOptions {
  /** How long a result is cached, in milliseconds. Default: 30 000. */
  ttl?: number | undefined
  /** The number of names to cache; the least recently used are dropped. Default: 256. */
  limit?: number | undefined
  /** The lookup to cache. Default: Node's `dns.lookup`. */
  lookup?: LookupFunction | undefined
}

interface Answer {
  readonly addresses: Promise<LookupAddress[]>
  /** Monotonic time in milliseconds. */
  until: number
}

/**
 * A `lookup` with a cache. Concurrent lookups of a name share one query; failures are not cached.
 *
 * @throws InvalidRequestError for an unknown option
 * @example new Session({ lookup: cachedLookup({ ttl: 60_000 }) })
 */
export function cachedLookup(options: CachedLookupOptions = {}): LookupFunction {
  checkNames('cachedLookup', options, ['ttl', 'limit', 'lookup'])
  const { ttl = 30_000, limit = 256, lookup = systemLookup } = own(options)
  checkNumber('cachedLookup.ttl', ttl, 'milliseconds of 0 or more', (ms) => ms >= 0)
  checkNumber('cachedLookup.limit', limit, 'a whole number above 0', (names) => names > 0 && names % 1 === 0)
  if (typeof lookup !== 'function')
    throw new InvalidRequestError("cachedLookup.lookup must be a function like Node's dns.lookup")
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

/** A lookup with a fixed result. */
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
