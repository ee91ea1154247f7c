import { own } from './own.js'

/** Names whose values are never shown, in lower case. */
const SECRET = /auth|cookie|token|secret|passw|(?:api|access).?key|csrf|xsrf|session|signature/

/**
 * A URL that may be shown: no userinfo, no query, no fragment. Works on text that is no URL, too.
 *
 * @example redactUrl('https://me:pw@api.test/a?token=1#x') // 'https://api.test/a'
 */
export function redactUrl(url: string): string {
  return url.replace(/[?#].*/s, '').replace(/^([a-z][a-z\d+.-]*:\/\/)?[^/\\]*@/i, '$1')
}

/** Headers as they may be shown: the values of secret ones are `[redacted]`, and no URL in any has a query. */
export function redactHeaders(headers: Headers): Record<string, string> {
  const shown = [...headers].map(([name, value]) => [
    name,
    SECRET.test(name) ? '[redacted]' : redactUrl(value),
  ])
  return Object.fromEntries(shown) as Record<string, string> // each row above is a pair of strings
}

/** Whether the name of a header or param says that its value is secret. */
export function isSecretName(name: string): boolean {
  return SECRET.test(name.toLowerCase())
}

/** Text from a peer or a caller made safe for one line of a log: control characters become spaces. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}

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
