import { InvalidRequestError } from './errors.js'

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
    const pairs = Symbol.iterator in source ? [...source] : Object.entries(source)
    if (pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) return pairs
  }
  throw new InvalidRequestError(`${option} must be an object, or [name, value] pairs`)
}
