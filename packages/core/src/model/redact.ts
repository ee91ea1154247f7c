import { own } from './own.js'

/** Lower-case names whose values are secret. */
const SECRET = /auth|cookie|token|secret|passw|(?:api|access).?key|csrf|xsrf|session|signature/

/**
 * Redacts a URL: no userinfo, query or fragment. Also works on text that is not a URL.
 *
 * @example redactUrl('https://me:pw@api.test/a?token=1#x') // 'https://api.test/a'
 */
export function redactUrl(url: string): string {
  return url.replace(/[?#].*/s, '').replace(/^([a-z][a-z\d+.-]*:\/\/)?[^/\\]*@/i, '$1')
}

/** Redacts headers: secret values become `[redacted]`, and URLs lose their query. */
export function redactHeaders(headers: Headers): Record<string, string> {
  const shown = [...headers].map(([name, value]) => [
    name,
    SECRET.test(name) ? '[redacted]' : redactUrl(value),
  ])
  return Object.fromEntries(shown) as Record<string, string> // each row above is a pair of strings
}

/** Whether the name of a header or parameter indicates a secret value. */
export function isSecretName(name: string): boolean {
  return SECRET.test(name.toLowerCase())
}

/** Makes untrusted text safe for one line of a log: control characters become spaces. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}

/** Makes `console.log` in Node, Bun and Deno show `toJSON()`: redacted, and without reading a body. */
export function inspectAsJson(target: {
  name: string
  prototype: { toJSON(): Record<string, unknown> }
}): void {
  const { name, prototype } = target
  inspectAs<typeof prototype>(prototype, (shown) => ({ [name]: shown.toJSON() }))
}

/**
 * Makes `console.log` show instances as another value.
 *
 * @param show Returns the value to show.
 */
export function inspectAs<T extends object>(prototype: T, show: (shown: T) => unknown): void {
  define(prototype, 'nodejs.util.inspect.custom', function (this: T) {
    return show(this)
  })
  // Deno calls this first, and would otherwise use its own inspector for a response
  define(prototype, 'Deno.customInspect', function (this: T, inspect: (value: unknown) => string) {
    return inspect(show(this))
  })
}

function define(prototype: object, symbol: string, value: unknown): void {
  Object.defineProperty(prototype, Symbol.for(symbol), own({ configurable: true, value }))
}
