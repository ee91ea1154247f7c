import { InvalidRequestError } from '@session-fetch/core'
import { isRecord } from '@session-fetch/core/adapter'

/** @throws InvalidRequestError unless `given` is a plain object with known members only; the message lists them */
export function checkNames(option: string, given: object, known: readonly string[]): void {
  if (!isRecord(given)) throw new InvalidRequestError(`${option} takes an object of ${known.join(', ')}`)
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown === undefined) return
  const name = unknown.slice(0, 40)
  throw new InvalidRequestError(`${option} has no member "${name}"; its members are ${known.join(', ')}`)
}
