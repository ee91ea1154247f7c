import { own } from './own.js'

/** Lower-case names whose values are secret. */
const SECRET = /auth|cookie|token|secret|pass|pwd|[cx]srf|session|sig|jwt|(?:key|otp|pin|sid)(?![a-z])/

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

/** Redacts parameters: all values become `[redacted]`, like the query of a URL. */
export function redactParams(params: URLSearchParams): Record<string, string> {
  return Object.fromEntries(Array.from(params.keys(), (name) => [name, '[redacted]']))
}

/** Whether the name of a header or parameter indicates a secret value. */
export function isSecretName(name: string): boolean {
  return SECRET.test(name.toLowerCase())
}

/** Makes untrusted text safe for one line of a log: control characters become spaces. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}

/** Prints a value: the `inspect` that Node, Bun and Deno pass. */
type Inspect = (value: unknown, options?: object) => string

/**
 * Makes `console.log` in Node, Bun and Deno show instances of a class as `Name { … }`, redacted and without reading a body.
 *
 * @param show Returns the content of the braces. Default: `toJSON()`.
 */
export function inspectAsJson<T extends { toJSON(): Record<string, unknown> }>(
  { name, prototype }: { name: string; prototype: T },
  show: (shown: T) => Record<string, unknown> = (shown) => shown.toJSON(),
): void {
  defineInspect<T>(prototype, (shown, print) => `${name} ${print(show(shown))}`)
}

/**
 * Makes `console.log` show instances as another value.
 *
 * @param show Returns the value to show.
 */
export function inspectAs<T extends object>(prototype: T, show: (shown: T) => unknown): void {
  defineInspect<T>(prototype, (shown, print) => {
    const value = show(shown)
    return typeof value === 'string' ? value : print(value)
  })
}

function defineInspect<T extends object>(
  prototype: T,
  text: (shown: T, print: (value: unknown) => string) => string,
): void {
  define(
    prototype,
    'nodejs.util.inspect.custom',
    function (this: T, _depth: number, options: object, inspect: Inspect) {
      return text(this, (value) => inspect(value, options))
    },
  )
  // Deno calls this first, and would otherwise use its own inspector for a response
  define(prototype, 'Deno.customInspect', function (this: T, inspect: Inspect, options: object) {
    return text(this, (value) => inspect(value, options))
  })
  define(prototype, 'edge-runtime.inspect.custom', function (this: T, by: Formatting) {
    return text(this, (value) => by.format(value))
  })
  hideMark(prototype)
}

/** The argument that edge-runtime passes to the function. */
interface Formatting {
  format(value: unknown): string
}

/** workerd marks the prototypes of its own classes, and ignores custom inspection of instances with that mark. */
function hideMark(prototype: object): void {
  const native: object | null = Object.getPrototypeOf(prototype)
  for (const mark of native ? Object.getOwnPropertySymbols(native) : [])
    if (mark.description === 'kResourceTypeInspect')
      Object.defineProperty(prototype, mark, own({ configurable: true, value: undefined }))
}

function define(prototype: object, symbol: string, value: unknown): void {
  Object.defineProperty(prototype, Symbol.for(symbol), own({ configurable: true, value }))
}

/** How many causes of causes are kept. */
const DEPTH = 4
const URLS = /\b[a-z][a-z\d+.-]*:\/\/[^\s"'<>()]+/gi

/**
 * A copy of an engine's error for use as a cause. Engines quote the URL of the request with the query, in messages (Deno)
 * and in members (Bun), so only name, message and code are kept, and URLs are redacted.
 */
export function redactedCause(cause: unknown, url: string, depth: number = DEPTH): Error {
  const given: EngineError = isError(cause) ? cause : { message: String(cause) }
  const { name = 'Error', message, code, cause: inner } = given
  const text = redactText(message || code || 'The fetch failed', url)
  const nested = isError(inner) && depth > 1
  const copy = new Error(text, nested ? { cause: redactedCause(inner, url, depth - 1) } : undefined)
  Object.defineProperty(copy, 'name', { configurable: true, writable: true, value: name })
  return code === undefined ? copy : Object.assign(copy, { code })
}

/** The members of an error that are kept. */
interface EngineError {
  readonly name?: string
  readonly message: string
  readonly code?: string | undefined
  readonly cause?: unknown
}

function isError(cause: unknown): cause is EngineError {
  return cause instanceof Error
}

/** Removes the query and userinfo of URLs, and the query of this one anywhere in the text. */
function redactText(text: string, url: string): string {
  const [, query = ''] = /\?([^#]+)/.exec(url) ?? []
  const shown = text.replace(URLS, redactUrl)
  return query === '' ? shown : shown.replaceAll(query, '')
}
