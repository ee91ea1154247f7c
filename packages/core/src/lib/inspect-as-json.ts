/** Lets Node's `console.log` show instances as their `toJSON()` does: redacted, and without touching a body. */
export function inspectAsJson(target: {
  name: string
  prototype: { toJSON(): Record<string, unknown> }
}): void {
  const { name, prototype } = target
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), {
    configurable: true,
    value(this: typeof prototype) {
      return { [name]: this.toJSON() }
    },
  })
}
