import { InvalidRequestError } from './errors.js'

/** @throws InvalidRequestError for a member of an option that is none of the known ones, which it names */
export function checkMembers(option: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given))
    if (!known.includes(name))
      throw new InvalidRequestError(`${option}.${name} must be one of ${known.join(', ')}`)
}
