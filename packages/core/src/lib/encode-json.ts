import { InvalidRequestError } from './errors.js'

/**
 * A value as JSON text.
 *
 * @throws InvalidRequestError where `JSON.stringify` would quietly write something else: for `NaN` and
 *   `Infinity` (it writes `null`) and for values that have no JSON (it writes nothing)
 */
export function encodeJson(value: unknown): string {
  const text = stringify(value)
  if (text === undefined) throw noJson(`a ${typeof value}`)
  // Only a text with "null" in it can hide a number that JSON does not have.
  if (text.includes('null')) JSON.stringify(value, refuseNonFinite)
  return text
}

function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch (cause) {
    throw noJson('a cycle, a BigInt or a toJSON that throws', cause)
  }
}

function refuseNonFinite(key: string, value: unknown): unknown {
  // A Number object is written as the number in it.
  const isNumber = Object.prototype.toString.call(value) === '[object Number]'
  if (!isNumber || Number.isFinite(Number(value))) return value
  throw noJson(`"${key}" is ${String(value)}`)
}

function noJson(what: string, cause?: unknown): InvalidRequestError {
  return new InvalidRequestError(`json: ${what}, which JSON does not have`, { cause })
}
