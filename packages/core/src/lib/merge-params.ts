import { entriesOf } from './entries-of.js'
import { InvalidRequestError } from './errors.js'
import { isScalar } from './is-scalar.js'

export type ParamValue = string | number | bigint | boolean | null | undefined

export type ParamsSource =
  | string
  | URLSearchParams
  | Readonly<Record<string, ParamValue | readonly ParamValue[]>>
  | Iterable<readonly [string, ParamValue]>

/** Query parameters in order; a key may stand in several of them. */
export type Params = readonly (readonly [key: string, value: string])[]

/** The session's params, and the call's after them, which replace those of the same key. */
export function mergeParams(session: Params, call: ParamsSource | null | undefined): Params {
  if (call === undefined) return session
  if (call === null) return []
  const source = typeof call === 'string' ? new URLSearchParams(call) : call
  const entries = entriesOf<ParamValue | readonly ParamValue[]>('params', source)
  const said = entries.filter(([, value]) => value !== undefined)
  const isSaid = new Set(said.map(([key]) => key))
  return [
    ...session.filter(([key]) => !isSaid.has(key)),
    ...said.flatMap(([key, value]) => textsOf(key, value)),
  ]
}

/** A param for each value that is one. */
function textsOf(key: string, value: ParamValue | readonly ParamValue[]): Params {
  const values = [value].flat().filter((item) => item !== null && item !== undefined)
  if (values.every(isScalar)) return values.map((item) => [key, String(item)])
  throw new InvalidRequestError(`The param "${key}" must be text, a number, a boolean or a list`)
}
