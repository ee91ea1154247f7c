import { InvalidRequestError } from './errors.js'
import { own } from './own.js'

/** What an option gives by name: as an object, or as pairs where a name may repeat. */
export type Entries<T> = Iterable<readonly [string, T]> | Readonly<Record<string, T>>

/**
 * The pairs of either form, read once: whatever gave them may be an iterator.
 *
 * @throws InvalidRequestError naming the option, for anything else
 */
export function entriesOf<T>(
  option: string,
  source: Entries<T> | null | undefined,
): (readonly [string, T])[] {
  if (source === null || source === undefined) return []
  if (typeof source === 'object') {
    const pairs = Symbol.iterator in source ? [...source] : isRecord(source) && Object.entries(source)
    if (pairs && pairs.every(isPair)) return pairs
  }
  throw new InvalidRequestError(`${option} must be an object of values by name, or [name, value] pairs`)
}

function isPair(pair: unknown): boolean {
  return Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string'
}

/**
 * Whether a value is an object that gives values by name. A `Date`, a `Promise` or a stream has none to give, and would
 * be read as an empty one.
 */
export function isRecord(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Symbol.asyncIterator in value) return false
  const prototype: object | null = Object.getPrototypeOf(value)
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return true // of any realm
  return Object.prototype.toString.call(value) === '[object Object]' && Object.keys(value).length > 0
}

/**
 * The own members of an object of options, or of none.
 *
 * @param suggest Says what to write, where the platform can.
 * @throws InvalidRequestError naming the option, for anything else
 */
export function optionsOf<T extends object>(
  given: T | null | undefined | false,
  option: string,
  suggest?: (strange: '', known: readonly string[]) => string,
): T {
  if (given === null || given === undefined || isRecord(given)) return own(given)
  throw new InvalidRequestError(`${option} must be an object${suggest?.('', []) ?? ''}`)
}
