import { type Entries, entriesOf, isScalar } from '../model/check.js'
import { InvalidRequestError } from '../model/errors.js'

export type ParamValue = string | number | bigint | boolean | null | undefined

export type ParamsSource =
  | string
  | URLSearchParams
  | Readonly<Record<string, ParamValue | readonly ParamValue[]>>
  | Iterable<readonly [string, ParamValue]>

/** Merges parameters: the session's, then the call's, which replace the same keys. */
export function mergeParams(
  session: URLSearchParams | undefined,
  call: ParamsSource | null | undefined,
  option = 'params',
): URLSearchParams {
  const merged = new URLSearchParams(call === null ? undefined : session)
  const source: unknown = option === 'params' && typeof call === 'string' ? new URLSearchParams(call) : call
  const entries = entriesOf(option, source as Entries<ParamValue | readonly ParamValue[]>) // throws for text
  const said = entries.filter(([, value]) => value !== undefined)
  for (const [key] of said) merged.delete(key)
  for (const [key, value] of said) for (const text of textsOf(option, key, value)) merged.append(key, text)
  return merged
}

/** Each value as text. */
function textsOf(option: string, key: string, value: ParamValue | readonly ParamValue[]): string[] {
  const values = [value].flat().filter((item) => item !== null && item !== undefined)
  if (values.every(isScalar)) return values.map(String)
  throw new InvalidRequestError(`${option}.${key} must be text, a number, a boolean or a list`)
}
