import type { Send } from '../call/transport.js'
import { isRecord } from '../model/option-values.js'
import { InvalidRequestError } from '../model/errors.js'
import type { PreparedRequest } from '../request/prepared-request.js'

/** The cookie store of a session. */
export interface CookieKeeper {
  /** The `Cookie` header value for `url`; '' if there are no cookies. */
  headerFor(url: string): string | Promise<string>
  /**
   * Stores the `Set-Cookie` lines of a response from `url`. Invalid lines are ignored.
   *
   * @returns the rejected lines, if any
   */
  capture(lines: readonly string[], url: string): Captured | Promise<Captured>
}

type Captured = readonly string[] | void

/**
 * Adds the cookies for `request.url`, and stores those of the response. Created per call: a cookie of the
 * caller is sent until a response sets or deletes a cookie with its name. With `credentials: 'omit'`, no
 * cookies are added or stored; a `Cookie` header of the caller is still sent.
 */
export function withCookies(send: Send, keeper: CookieKeeper): Send {
  let outdated: ReadonlySet<string> | undefined
  return async (request) => {
    if (request.credentials === 'omit') return send(request)
    const stored = keeper.headerFor(request.url)
    const own = callerPairs(request)?.filter((pair) => !outdated?.has(pair)) ?? null
    const cookie = cookieHeader(typeof stored === 'string' ? stored : await stored, own)
    let sent = request
    if (cookie !== '' || own !== null) {
      sent = request.copy()
      if (cookie === '') sent.headers.delete('Cookie')
      else sent.headers.set('Cookie', cookie)
    }
    const response = await send(sent)
    const lines = response.setCookies
    if (lines.length > 0) {
      try {
        const refused = await keeper.capture(lines, request.url)
        if (own !== null)
          outdated = new Set([...(outdated ?? []), ...changedPairs(lines, own, refused ?? [])])
      } catch (error) {
        await response.discard()
        throw error
      }
    }
    return response.describe({ request })
  }
}

/** The caller's pairs, or `null`: those of the `Cookie` header, then those of the call, which win. */
function callerPairs({ headers, settings }: PreparedRequest): string[] | null {
  const header = headers.get('Cookie')
  const { cookies } = settings
  if (header === null && cookies === '') return null
  return [header ?? '', cookies].flatMap((text) => text.split(/;\s*/)).filter((pair) => pair !== '')
}

/** The jar's pairs and the caller's; the caller's win over the same name. */
function cookieHeader(stored: string, own: readonly string[] | null): string {
  if (own === null || own.length === 0) return stored
  const named = new Map<string, string>()
  for (const pair of own) named.set(nameOf(pair), pair)
  const kept = stored === '' ? [] : stored.split('; ').filter((pair) => !named.has(nameOf(pair)))
  return [...kept, ...named.values()].join('; ')
}

/** The caller's pairs whose names a response set or deleted. */
function changedPairs(
  lines: readonly string[],
  own: readonly string[],
  refused: readonly string[],
): string[] {
  const names = new Set(
    lines.filter((line) => !refused.includes(line)).map((line) => nameOf(line.split(';')[0] ?? '')),
  )
  return own.filter((pair) => names.has(nameOf(pair)))
}

function nameOf(pair: string): string {
  return pair.slice(0, Math.max(pair.indexOf('='), 0)).trim()
}

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** A cookie value on the wire: visible bytes and blanks, except semicolons. */
const VALUE = /^[\t\x20-\x3a\x3c-\x7e\x80-\xff]*$/

/**
 * Serializes cookies as a `Cookie` header value: a binary string of UTF-8.
 *
 * @throws InvalidRequestError naming the cookie whose name or value is invalid
 */
export function cookiePairs(cookies: Readonly<Record<string, string>> | null | undefined): string {
  if (cookies === null || cookies === undefined) return ''
  if (!isRecord(cookies) || Symbol.iterator in cookies) {
    throw new InvalidRequestError('cookies must be an object of values by name')
  }
  return Object.entries(cookies)
    .map(([name, value]) => cookiePair(name, value))
    .join('; ')
}

function cookiePair(name: string, value: string): string {
  if (!NAME.test(name)) throw new InvalidRequestError(`cookies: "${name.slice(0, 40)}" is not a cookie name`)
  const bytes = typeof value === 'string' ? cookieBytes(value) : ';'
  if (VALUE.test(bytes)) return `${name}=${bytes}`
  throw new InvalidRequestError(
    `cookies: the value of "${name}" must be text without semicolons, control characters or lone surrogates`,
  )
}

/** One well-formed non-ASCII UTF-8 sequence, or one invalid byte, in a binary string. */
const SEQUENCE =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g
const BEYOND_ASCII = /[^\0-\x7f]/gu
/** Invalid bytes map to U+DC80…U+DCFF, as in Python's `surrogateescape` (PEP 383). */
const ESCAPES = 0xdc00

/**
 * Decodes the binary string of a cookie as UTF-8. An invalid byte becomes a lone surrogate, which `cookieBytes`
 * encodes as the same byte.
 */
export function cookieText(bytes: string): string {
  return bytes.replace(SEQUENCE, (sequence) => {
    if (sequence.length > 1) return decodeURIComponent(escaped(sequence))
    return String.fromCharCode(ESCAPES + sequence.charCodeAt(0))
  })
}

/** Encodes text as a binary string of UTF-8. Other lone surrogates are kept, and are invalid in cookies. */
export function cookieBytes(text: string): string {
  return text.replace(BEYOND_ASCII, (character) => {
    const code = character.codePointAt(0) ?? 0
    if (code < 0xd800 || code > 0xdfff) return unescaped(encodeURIComponent(character))
    return code >= ESCAPES + 0x80 && code <= ESCAPES + 0xff ? String.fromCharCode(code - ESCAPES) : character
  })
}

/** Whether text contains bytes that are not UTF-8, which other programs would encode differently. */
export function hasRawBytes(text: string): boolean {
  return /[\udc80-\udcff]/u.test(text)
}

/** The answer of an engine, and the class that gave it: tests and polyfills replace `Headers`. */
let probed: { readonly of: typeof Headers; readonly areText: boolean } | undefined

/**
 * Whether this engine's headers hold text, which it reads and sends as UTF-8, as workerd's do. In the standard they hold
 * bytes, and refuse a character beyond them.
 */
export function headersAreText(): boolean {
  if (probed?.of !== Headers) probed = { of: Headers, areText: takes('\u0100') }
  return probed.areText
}

function takes(value: string): boolean {
  try {
    return new Headers([['X-Probe', value]]).has('X-Probe')
  } catch {
    return false
  }
}

/** Bytes as the engine's `Headers` take them: where these hold text, the text; bytes that are not UTF-8 cannot be had. */
export function toHeaderValue(bytes: string): string {
  return headersAreText() ? cookieText(bytes).replace(RAW_BYTE, unescapedByte) : bytes
}

/**
 * The bytes of a value that the engine's `Headers` gave. Where these hold text, it is encoded, unless it is bytes
 * already: text that looks like bytes of UTF-8 is rarer than a value that comes from a session.
 */
export function fromHeaderValue(value: string): string {
  const isText = /[^\0-\xff]/.test(value) || (headersAreText() && hasRawBytes(cookieText(value)))
  return isText ? cookieBytes(value) : value
}

const RAW_BYTE = /[\udc80-\udcff]/gu

function unescapedByte(escape: string): string {
  return String.fromCharCode(escape.charCodeAt(0) - ESCAPES)
}

function escaped(bytes: string): string {
  return bytes.replace(/./gs, (byte) => `%${byte.charCodeAt(0).toString(16)}`)
}

function unescaped(text: string): string {
  return text.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
