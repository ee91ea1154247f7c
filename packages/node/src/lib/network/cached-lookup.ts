import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { own } from '@session-fetch/core'
import { checkNames } from '../check-names.js'
import { io } from '../io.js'
import { addressesOf, noAddress } from './lookup.js'
import { RecentMap } from './recent-map.js'

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
  const answers = new RecentMap<string, Answer>(limit)
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
