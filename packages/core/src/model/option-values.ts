import { InvalidRequestError } from './errors.js'
import { own } from './own.js'

/**
 * Checks that an option has known members only.
 *
 * @throws InvalidRequestError naming an unknown member
 */
export function checkMembers(option: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given))
    if (!known.includes(name))
      throw new InvalidRequestError(`${option}.${name} must be one of ${known.join(', ')}`)
}

/**
 * Validates a numeric option.
 *
 * @param kind A description of the expected values, for the error.
 * @throws InvalidRequestError naming the option
 */
export function checkNumber(
  option: string,
  value: unknown,
  kind: string,
  isOfKind: (value: number) => boolean,
): number {
  if (typeof value === 'number' && isOfKind(value)) return value
  throw new InvalidRequestError(`${option} must be ${kind}, not ${String(value)}`)
}

/** Values by name: an object, or pairs if names may repeat. */
export type Entries<T> = Iterable<readonly [string, T]> | Readonly<Record<string, T>>

/**
 * Normalizes to pairs. The source is read once, because it may be an iterator.
 *
 * @throws InvalidRequestError naming the option, for any other value
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
 * Whether a value is a plain object of values by name. A `Date`, a `Promise` or a stream is not: it would be
 * read as an empty object.
 */
export function isRecord(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Symbol.asyncIterator in value) return false
  const prototype: object | null = Object.getPrototypeOf(value)
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return true // of any realm
  return Object.prototype.toString.call(value) === '[object Object]' && Object.keys(value).length > 0
}

/**
 * The own members of an options object; none for `null` and `undefined`.
 *
 * @param suggest Adds a hint to the error, on platforms that have hints.
 * @throws InvalidRequestError naming the option, for any other value
 */
export function optionsOf<T extends object>(
  given: T | null | undefined | false,
  option: string,
  suggest?: (strange: '', known: readonly string[]) => string,
): T {
  if (given === null || given === undefined || isRecord(given)) return own(given)
  throw new InvalidRequestError(`${option} must be an object${suggest?.('', []) ?? ''}`)
}

/** Whether a value converts to text: a string, a number, a bigint or a boolean. */
export function isScalar(value: unknown): value is string | number | bigint | boolean {
  return Object(value) !== value && typeof value !== 'symbol'
}
