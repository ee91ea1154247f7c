import { InvalidRequestError } from './errors.js'

export type ParamValue = string | number | bigint | boolean | null | undefined

export type ParamsSource =
  | string
  | URLSearchParams
  | Readonly<Record<string, ParamValue | readonly ParamValue[]>>
  | Iterable<readonly [string, ParamValue]>

/** Query parameters in order; a key may stand in several of them. */
export type Params = readonly (readonly [key: string, value: string])[]

export interface MergedParams {
  /** The session's, without those the call replaced or removed. */
  session: Params
  call: Params
}

/** The session's params and the call's, kept apart: a key that stands in the URL beats only the session's. */
export function mergeParams(session: Params, call: ParamsSource | null | undefined): MergedParams {
  if (call === undefined || call === null) return { session: call === null ? [] : session, call: [] }
  const said = new Set<string>()
  const params: [string, string][] = []
  for (const [key, value] of paramEntries(call)) {
    if (value === undefined) continue
    said.add(key)
    for (const item of Array.isArray(value) ? (value as readonly ParamValue[]) : [value as ParamValue]) {
      if (item !== null && item !== undefined) params.push([key, paramText(key, item)])
    }
  }
  return { session: session.filter(([key]) => !said.has(key)), call: params }
}

type ParamEntry = readonly [string, ParamValue | readonly ParamValue[]]

function paramEntries(source: ParamsSource): Iterable<ParamEntry> {
  if (typeof source === 'string') return new URLSearchParams(source)
  if (typeof source !== 'object')
    throw new InvalidRequestError('params must be an object, pairs, text or URLSearchParams')
  return Symbol.iterator in source ? pairsOf('params', source) : Object.entries(source)
}

/**
 * What an iterable gives, as pairs.
 *
 * @throws InvalidRequestError for anything in it that is no `[name, value]`
 */
export function pairsOf<T>(option: string, source: Iterable<readonly [string, T]>): (readonly [string, T])[] {
  const pairs = [...source]
  if (pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) return pairs
  throw new InvalidRequestError(`${option}: a list must hold [name, value] pairs`)
}

function paramText(key: string, value: Exclude<ParamValue, null | undefined>): string {
  if (Object(value) !== value) return String(value)
  throw new InvalidRequestError(
    `The param "${key}" is an object; give text, numbers, booleans or lists of those`,
  )
}
