import { tough } from '#tough'
import { LruMap, isFieldText, trimBlanks } from '@session-fetch/core/adapter'
import type { SameSite } from './cookie-record.js'
import type { CookieRejection } from './rejection.js'

/** RFC 6265bis §5.6: maximum bytes of name and value together. */
const MAX_PAIR = 4096
const PREFIX = /^__(?:secure|host|http|host-http)-/i

/** A cookie as parsed, before it is validated for a site. */
export interface ParsedCookie extends CookieAttributes {
  name: string
  value: string
}

/**
 * Parses a `Set-Cookie` line (RFC 6265bis §5.6). Only spaces and tabs are trimmed, because the last byte of `à` in
 * UTF-8 is whitespace to JavaScript's `trim`.
 */
export function parseSetCookie(line: string): ParsedCookie | CookieRejection {
  if (!isFieldText(line)) return 'invalid-character'
  const semicolon = line.indexOf(';')
  const pair = semicolon < 0 ? line : line.slice(0, semicolon)
  const equals = pair.indexOf('=')
  const name = equals < 0 ? '' : trimBlanks(pair.slice(0, equals))
  const value = trimBlanks(pair.slice(equals + 1))
  const fault = pairFault(name, value)
  if (fault !== null) return fault
  const attributes = parseCookieAttributes(semicolon < 0 ? '' : line.slice(semicolon + 1))
  const { domain, path, maxAge, expires, secure, httpOnly, sameSite, partitioned } = attributes
  return { name, value, domain, path, maxAge, expires, secure, httpOnly, sameSite, partitioned }
}

/** Validates a name and a value from any source. */
export function pairFault(name: string, value: string): CookieRejection | null {
  if (name.length + value.length > MAX_PAIR) return 'too-large'
  if (name !== '') return null
  if (value === '') return 'empty'
  return value.includes('=') || PREFIX.test(value) ? 'nameless' : null
}

/** RFC 6265bis §5.6: maximum bytes of an attribute value; longer attributes are ignored. */
const MAX_ATTRIBUTE = 1024
/** Maximum length of cached attributes. */
const MAX_REMEMBERED = 256

/** The attributes of a cookie. */
interface CookieAttributes {
  /** In lower case, without a leading dot; `undefined` for host-only. */
  domain: string | undefined
  /** `undefined` for the default path of the URL. */
  path: string | undefined
  /** Seconds from now; takes precedence over `expires`. */
  maxAge: number | undefined
  /** Milliseconds since 1970. */
  expires: number | undefined
  secure: boolean
  httpOnly: boolean
  sameSite: SameSite | undefined
  /** Whether it belongs in the partition of the top-level site (CHIPS). */
  partitioned: boolean
}

/** A cache, because a site uses the same attributes for most of its cookies. */
const KNOWN: LruMap<string, Readonly<CookieAttributes>> = /* @__PURE__ */ new LruMap(256)

/** Parses the attributes of a `Set-Cookie` line (RFC 6265bis §5.6, from step 6 on). */
function parseCookieAttributes(text: string): Readonly<CookieAttributes> {
  const known = KNOWN.get(text)
  if (known !== undefined) return known
  const attributes = readAttributes(text)
  if (text.length <= MAX_REMEMBERED) KNOWN.set(text, attributes)
  return attributes
}

/** Of repeated attributes, the last valid one counts. */
function readAttributes(text: string): CookieAttributes {
  const cookie = noAttributes()
  const dates: string[] = []
  for (const attribute of text.split(';')) {
    const equals = attribute.indexOf('=')
    const value = equals < 0 ? '' : trimBlanks(attribute.slice(equals + 1))
    const name = trimBlanks(equals < 0 ? attribute : attribute.slice(0, equals)).toLowerCase()
    if (value.length > MAX_ATTRIBUTE) continue
    if (name === 'expires') dates.push(value)
    else readAttribute(cookie, name, value)
  }
  if (cookie.maxAge === undefined) cookie.expires = lastDate(dates)
  return cookie
}

function noAttributes(): CookieAttributes {
  return {
    domain: undefined,
    path: undefined,
    maxAge: undefined,
    expires: undefined,
    secure: false,
    httpOnly: false,
    sameSite: undefined,
    partitioned: false,
  }
}

function readAttribute(cookie: CookieAttributes, name: string, value: string): void {
  switch (name) {
    case 'path':
      cookie.path = value.startsWith('/') ? value : undefined
      break
    case 'max-age':
      if (/^-?\d+$/.test(value)) cookie.maxAge = Number(value)
      break
    case 'domain':
      cookie.domain = domainAttribute(value)
      break
    case 'secure':
      cookie.secure = true
      break
    case 'httponly':
      cookie.httpOnly = true
      break
    case 'samesite':
      cookie.sameSite = sameSiteAttribute(value)
      break
    case 'partitioned':
      cookie.partitioned = true
      break
    default:
  }
}

/** An empty domain, or a single dot, counts as absent. */
export function domainAttribute(value: string): string | undefined {
  const domain = value.startsWith('.') ? value.slice(1) : value
  return domain === '' ? undefined : domain.toLowerCase()
}

/** Any other value counts as absent. */
export function sameSiteAttribute(value: string): SameSite | undefined {
  const word = value.toLowerCase()
  return word === 'strict' || word === 'lax' || word === 'none' ? word : undefined
}

function lastDate(dates: readonly string[]): number | undefined {
  for (let index = dates.length - 1; index >= 0; index -= 1) {
    const date = tough.parseDate(dates[index])
    if (date !== undefined) return date.getTime()
  }
  return undefined
}
