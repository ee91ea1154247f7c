import type { Send } from '../call/transport.js'
import { isRecord } from '../model/check.js'
import { cookieBytes } from '../model/cookie-text.js'
import { InvalidRequestError } from '../model/errors.js'
import type { PreparedRequest } from '../request/prepared-request.js'

/** What a session needs of a cookie store: what to send to a URL, and where to put what it answered. */
export interface CookieKeeper {
  /** The `Cookie` header for a request to `url`; empty when there is none. */
  headerFor(url: string): string | Promise<string>
  /**
   * Stores the `Set-Cookie` lines that `url` answered with. A line that is no cookie is passed over.
   *
   * @returns the lines that were refused, if any
   */
  capture(lines: readonly string[], url: string): Captured | Promise<Captured>
}

type Captured = readonly string[] | void

/**
 * Attaches the cookies that `request.url` may get, and stores the ones it sends back. Made anew for each call: what its
 * caller said of a cookie holds until a response sets or deletes that one. A request with
 * `credentials: 'omit'` gets none and stores none; a `Cookie` header that the caller wrote is sent all the same.
 */
export function withCookies(send: Send, keeper: CookieKeeper): Send {
  let outdated: ReadonlySet<string> | undefined
  return async (request) => {
    if (request.credentials === 'omit') return send(request)
    const stored = keeper.headerFor(request.url)
    const said = saidIn(request)?.filter((pair) => !outdated?.has(pair)) ?? null
    const cookie = cookieHeader(typeof stored === 'string' ? stored : await stored, said)
    let sent = request
    if (cookie !== '' || said !== null) {
      sent = request.copy()
      if (cookie === '') sent.headers.delete('Cookie')
      else sent.headers.set('Cookie', cookie)
    }
    const response = await send(sent)
    const lines = response.setCookies
    if (lines.length > 0) {
      try {
        const refused = await keeper.capture(lines, request.url)
        if (said !== null) outdated = new Set([...(outdated ?? []), ...changedBy(lines, said, refused ?? [])])
      } catch (error) {
        await response.discard()
        throw error
      }
    }
    return response.describe({ request })
  }
}

/** The pairs of the caller's own, or `null` for none: those of its header, then the call's, of which the last counts. */
function saidIn({ headers, settings }: PreparedRequest): string[] | null {
  const header = headers.get('Cookie')
  const { cookies } = settings
  if (header === null && cookies === '') return null
  return [header ?? '', cookies].flatMap((text) => text.split(/;\s*/)).filter((pair) => pair !== '')
}

/** The jar's pairs, and the caller's, which beat the jar's of the same name. */
function cookieHeader(stored: string, said: readonly string[] | null): string {
  if (said === null || said.length === 0) return stored
  const named = new Map<string, string>()
  for (const pair of said) named.set(nameOf(pair), pair)
  const kept = stored === '' ? [] : stored.split('; ').filter((pair) => !named.has(nameOf(pair)))
  return [...kept, ...named.values()].join('; ')
}

/** The caller's pairs whose names a response has set or deleted. */
function changedBy(lines: readonly string[], said: readonly string[], refused: readonly string[]): string[] {
  const names = new Set(
    lines.filter((line) => !refused.includes(line)).map((line) => nameOf(line.split(';')[0] ?? '')),
  )
  return said.filter((pair) => names.has(nameOf(pair)))
}

function nameOf(pair: string): string {
  return pair.slice(0, Math.max(pair.indexOf('='), 0)).trim()
}

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** What a cookie's value may hold on the wire: bytes that are visible, and blanks; no semicolon. */
const VALUE = /^[\t\x20-\x3a\x3c-\x7e\x80-\xff]*$/

/**
 * Cookies by name as a `Cookie` header writes them: in UTF-8, one character a byte.
 *
 * @throws InvalidRequestError naming the cookie whose name or value cannot be written
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
