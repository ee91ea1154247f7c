import { InvalidRequestError } from './errors.js'

/**
 * The value of an option that must be a number of a kind.
 *
 * @param kind As the error names it.
 * @throws InvalidRequestError naming the option, for anything else
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
