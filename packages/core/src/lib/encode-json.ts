import { InvalidRequestError } from './errors.js'

/**
 * A value as JSON text.
 *
 * @throws InvalidRequestError where `JSON.stringify` would quietly write something else: for `NaN` and
 *   `Infinity` (it writes `null`) and for values that have no JSON (it writes nothing)
 */
export function encodeJson(value: unknown): string {
  const text = stringify(value)
  if (text === undefined) throw new InvalidRequestError(`json: a ${typeof value} has no JSON`)
  // Only a text with "null" in it can hide a number that JSON does not have.
  if (text.includes('null')) JSON.stringify(value, refuseNonFinite)
  return text
}

function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch (cause) {
    throw new InvalidRequestError(
      'json: the value has no JSON; it holds a cycle, a BigInt or a toJSON that throws',
      {
        cause,
      },
    )
  }
}

function refuseNonFinite(key: string, value: unknown): unknown {
  // A Number object is written as the number in it.
  const isNumber = Object.prototype.toString.call(value) === '[object Number]'
  if (!isNumber || Number.isFinite(Number(value))) return value
  throw new InvalidRequestError(
    `json: ${key === '' ? 'the value' : `"${key}"`} is ${String(value)}, which JSON does not have`,
  )
}
