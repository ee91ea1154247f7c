import { own } from './own.js'

/** The own members of an options object that say something: all that are not `undefined`. */
export function defined<T extends object>(options: T | null | undefined): Defined<T> {
  const said = own(options)
  for (const name of Object.keys(said) as (keyof T)[]) if (said[name] === undefined) delete said[name]
  return said as Defined<T>
}

export type Defined<T> = { [Name in keyof T]: Exclude<T[Name], undefined> }
