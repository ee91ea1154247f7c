import { parseDate } from 'tough-cookie'
import type { SameSite } from './cookie-record.js'
import { RecentMap } from '../network/recent-map.js'
import { trimBlanks } from './trim-blanks.js'

/** RFC 6265bis §5.6: bytes of an attribute's value above which the attribute is passed over. */
const MAX_ATTRIBUTE = 1024
/** Longest attributes that are remembered. */
const MAX_REMEMBERED = 256

/** What a cookie says of itself beside its name and value. */
export interface CookieAttributes {
  /** In lower case, without a leading dot. `undefined`: the host that set it. */
  domain: string | undefined
  /** `undefined`: the default path of the URL that set it. */
  path: string | undefined
  /** Seconds from now; beats `expires`. */
  maxAge: number | undefined
  /** Milliseconds since 1970. */
  expires: number | undefined
  secure: boolean
  httpOnly: boolean
  sameSite: SameSite | undefined
  /** Whether it is for the site that a browser's tab shows when it is set, and apart from its namesake. */
  partitioned: boolean
}

/** A site says the same of most of its cookies. What was read once is not read again. */
const KNOWN: RecentMap<string, Readonly<CookieAttributes>> = /* @__PURE__ */ new RecentMap(256)

/** Reads what follows the first semicolon of a `Set-Cookie` line: RFC 6265bis §5.6, from step 6 on. */
export function parseCookieAttributes(text: string): Readonly<CookieAttributes> {
  const known = KNOWN.get(text)
  if (known !== undefined) return known
  const attributes = readAttributes(text)
  if (text.length <= MAX_REMEMBERED) KNOWN.set(text, attributes)
  return attributes
}

/** Of attributes that come twice, the last one that can be read counts. */
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

/** An empty domain, or a lone dot, is none. */
export function domainAttribute(value: string): string | undefined {
  const domain = value.startsWith('.') ? value.slice(1) : value
  return domain === '' ? undefined : domain.toLowerCase()
}

/** Anything but the three words, compared whole, is as good as nothing. */
export function sameSiteAttribute(value: string): SameSite | undefined {
  const word = value.toLowerCase()
  return word === 'strict' || word === 'lax' || word === 'none' ? word : undefined
}

function lastDate(dates: readonly string[]): number | undefined {
  for (let index = dates.length - 1; index >= 0; index -= 1) {
    const date = parseDate(dates[index])
    if (date !== undefined) return date.getTime()
  }
  return undefined
}
