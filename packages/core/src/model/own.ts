/**
 * Copies the own members of an options object to an object that inherits nothing: each is read once, and members that
 * a program added to `Object.prototype` are not taken for options. Also used for options passed to the platform, which
 * would read missing members from the prototype.
 */
export function own<T extends object>(options: T | null | undefined): T {
  return Object.assign(new Bare() as T, options)
}

/** Fast path, see decision 14: V8 stores an object without any prototype as a dictionary, but not one with an empty one. */
const Bare = /* @__PURE__ */ (() => {
  function Bare(): void {}
  Bare.prototype = Object.freeze(Object.create(null))
  return Bare as unknown as new () => object
})()

/**
 * The init of a `Response`, with every member given: Node copies it to an object that inherits from
 * `Object.prototype`.
 *
 * @param type Its `Content-Type`; `null` for none.
 */
export function responseInit(type: string | null = null): ResponseInit {
  return own({ status: 200, statusText: '', headers: type === null ? {} : { 'Content-Type': type } })
}

/** Whether an object or the class has a member; members added to `Object.prototype` do not count. */
export function has<Name extends string>(object: object, name: Name): object is Record<Name, unknown> {
  return name in object && (object as Members)[name] !== (Object.prototype as Members)[name]
}

type Members = Readonly<Record<string, unknown>>

/** The own members of an options object that are not `undefined`. */
export function defined<T extends object>(options: T | null | undefined): Defined<T> {
  const given = own(options)
  for (const name of Object.keys(given) as (keyof T)[]) if (given[name] === undefined) delete given[name]
  return given as Defined<T>
}

type Defined<T> = { [Name in keyof T]: Exclude<T[Name], undefined> }
