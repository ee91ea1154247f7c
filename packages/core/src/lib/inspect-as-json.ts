import { own } from './own.js'

/** Lets `console.log` of Node, Bun and Deno show instances as their `toJSON()` does: redacted, and without touching a body. */
export function inspectAsJson(target: {
  name: string
  prototype: { toJSON(): Record<string, unknown> }
}): void {
  const { name, prototype } = target
  inspectAs<typeof prototype>(prototype, (shown) => ({ [name]: shown.toJSON() }))
}

/**
 * Lets `console.log` show instances as something else.
 *
 * @param show Gives what is shown in their place.
 */
export function inspectAs<T extends object>(prototype: T, show: (shown: T) => unknown): void {
  define(prototype, 'nodejs.util.inspect.custom', function (this: T) {
    return show(this)
  })
  // Deno asks here first, for text, and else shows a response by an inspector of its own.
  define(prototype, 'Deno.customInspect', function (this: T, inspect: (value: unknown) => string) {
    return inspect(show(this))
  })
}

function define(prototype: object, symbol: string, value: unknown): void {
  Object.defineProperty(prototype, Symbol.for(symbol), own({ configurable: true, value }))
}
