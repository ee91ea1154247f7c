import { InvalidRequestError } from './errors.js'

/**
 * A value as JSON text.
 *
 * @throws InvalidRequestError where `JSON.stringify` would quietly write something else: for `NaN` and
 *   `Infinity` (it writes `null`) and for values that have no JSON (it writes nothing)
 */
export function encodeJson(value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
    // Only a text with "null" in it can hide a number that JSON does not have.
    if (text?.includes('null')) JSON.stringify(value, refuseNonFinite)
  } catch (cause) {
    throw cause instanceof InvalidRequestError
      ? cause
      : new InvalidRequestError('json: the value holds a cycle, a BigInt or a toJSON that throws', { cause })
  }
  if (text === undefined) throw new InvalidRequestError(`json: a ${typeof value} has no JSON`)
  return text
}

function refuseNonFinite(key: string, value: unknown): unknown {
  // A Number object is written as the number in it.
  const isNumber = Object.prototype.toString.call(value) === '[object Number]'
  if (!isNumber || Number.isFinite(Number(value))) return value
  throw new InvalidRequestError(
    `json: ${key === '' ? 'the value' : `"${key}"`} is ${String(value)}, which JSON does not have`,
  )
}
