import { isStream } from './body.js'
import { InvalidRequestError } from './errors.js'

/**
 * A value as JSON text.
 *
 * @throws InvalidRequestError where `JSON.stringify` would quietly write something else: for `NaN` and
 *   `Infinity` (it writes `null`), for values that have no JSON (it writes nothing), for a `Map`, a `Promise`, a `Blob`
 *   and their like (it writes `{}`), and for bytes and streams, which are bodies
 */
export function encodeJson(value: unknown): string {
  const text = stringify(value)
  if (text === undefined) throw noJson(`a ${typeof value}`)
  if (isStream(value) || (ArrayBuffer.isView(value) && !('toJSON' in value)))
    throw noJson('bytes or a stream')
  // Only a text with one of these in it can hide what JSON does not have.
  if (text.includes('null') || text.includes('{}')) JSON.stringify(value, refuseLost)
  return text
}

function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch (cause) {
    throw noJson('a cycle, a BigInt or a toJSON that throws', cause)
  }
}

function refuseLost(key: string, value: unknown): unknown {
  const type = Object.prototype.toString.call(value).slice(8, -1)
  // A Number object is written as the number in it.
  if (type === 'Number' && !Number.isFinite(Number(value))) throw noJson(`"${key}" is ${String(value)}`)
  const isLost =
    typeof value === 'object' && !/^(?:Object|Array)$/.test(type) && JSON.stringify(value) === '{}'
  if (isLost) throw noJson(`"${key}" is a ${type}`)
  return value
}

function noJson(what: string, cause?: unknown): InvalidRequestError {
  return new InvalidRequestError(`json: ${what}, which JSON does not have`, { cause })
}
