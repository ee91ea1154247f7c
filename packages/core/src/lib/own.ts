/**
 * The own members of an options object, as an object without a prototype: each is read once, and nothing
 * that someone put on `Object.prototype` is ever taken for an option.
 */
export function own<T extends object>(options: T | null | undefined): T {
  return Object.assign(Object.create(null) as T, options)
}
