import {
  type CookieQuery,
  InvalidRequestError,
  type SessionCookie,
  UnsupportedError,
} from '@session-fetch/core'
import { type BrowserCookieInit, type BrowserCookies, storeArgument } from './cookies.js'

/**
 * Cookies through `document.cookie`, for browsers and pages without a `CookieStore`: it gives access to names and values
 * only, and has no `change` events. As with a `CookieStore`, the defaults of a cookie are `SameSite=Strict` and `Path=/`,
 * and `Secure` on an https page.
 *
 * @throws UnsupportedError from the methods: without a document, for HttpOnly cookies and those of other origins
 * @throws InvalidRequestError from `set`: for an invalid cookie, and for one that the browser rejected
 * @example new Session({ cookies: documentCookies() })
 */
export function documentCookies(): BrowserCookies {
  return {
    get: async (cookie) => found(cookie)[0] ?? null,
    getAll: async (cookie = {}) => found(cookie),
    set: async (cookie: string | BrowserCookieInit, value?: string) => {
      store(storeArgument(cookie, value) as BrowserCookieInit)
    },
    delete: async (cookie) => {
      write({ name: '', ...storeArgument(cookie), value: '', expires: 0 })
    },
    addEventListener: refuseEvents,
    removeEventListener: refuseEvents,
  }
}

function found(cookie: string | CookieQuery): SessionCookie[] {
  const { name } = storeArgument(cookie)
  const pairs = page()
    .cookie.split('; ')
    .filter((pair) => pair !== '')
  return pairs.map(parsePair).filter((one) => name === undefined || one.name === name)
}

function parsePair(pair: string): SessionCookie {
  const equals = pair.indexOf('=')
  return equals < 0
    ? { name: '', value: pair }
    : { name: pair.slice(0, equals), value: pair.slice(equals + 1) }
}

/** Writes a cookie, and reads it back if the page should see it. */
function store(cookie: BrowserCookieInit): void {
  write(cookie)
  const { path = '/', expires = null } = cookie
  const here = `${globalThis.location.pathname}/`.startsWith(path.endsWith('/') ? path : `${path}/`)
  const isVisible = here && (expires === null || Number(expires) > Date.now())
  if (isVisible && !page().cookie.split('; ').includes(cookiePair(cookie)))
    throw new InvalidRequestError(
      'cookies.set: the browser rejected this cookie; check its domain, secure and sameSite',
    )
}

function write(cookie: BrowserCookieInit): void {
  page().cookie = cookieText(cookie, globalThis.location.protocol === 'https:')
}

function page(): Document {
  if (globalThis.document) return globalThis.document
  throw new UnsupportedError('cookies: there is no document; in a worker, use the CookieStore')
}

function refuseEvents(): never {
  throw new UnsupportedError('cookies: document.cookie has no change events; the CookieStore does')
}

/** Characters that end a cookie, or make a browser drop the line (RFC 6265bis, section 5.6). */
const TEXT = /^[^\p{Cc};]*$/u
const NAME = /^[^\p{Cc};=]*$/u

/**
 * Serializes a cookie for `document.cookie`. Nothing is encoded; invalid characters are rejected.
 *
 * @param secure The default of `secure`.
 * @throws InvalidRequestError naming the invalid field
 */
export function cookieText(cookie: BrowserCookieInit, secure: boolean): string {
  const { domain, path = '/', sameSite = 'strict' } = cookie
  const attributes = [
    cookiePair(cookie),
    `Path=${checked('path', path, /^\/[^\p{Cc};]*$/u)}`,
    `SameSite=${checked('sameSite', sameSite, /^(?:strict|lax|none)$/)}`,
    domain ? `Domain=${checked('domain', domain, TEXT)}` : '',
    expiry(cookie),
    (cookie.secure ?? secure) ? 'Secure' : '',
    cookie.partitioned ? 'Partitioned' : '',
  ]
  return attributes.filter((attribute) => attribute !== '').join('; ')
}

/** `name=value` as `document.cookie` shows it; only the value for a cookie without a name. */
function cookiePair({ name, value }: BrowserCookieInit): string {
  const pair = `${checked('name', name, NAME)}=${checked('value', value, TEXT)}`
  if (pair !== pair.trim() || (name === '' && /^$|[=]/.test(value)))
    throw new InvalidRequestError('cookies: this name and value would be ambiguous in document.cookie')
  return name === '' ? value : pair
}

function expiry({ expires = null }: BrowserCookieInit): string {
  if (expires === null) return ''
  const date = new Date(expires)
  if (Number.isNaN(date.getTime())) throw wrong('expires')
  // `Expires` has a resolution of one second, and WebKit keeps a cookie that expires in the current second
  const end = date.getTime() > Date.now() ? date : new Date(0)
  return `Expires=${end.toUTCString()}`
}

function checked(field: keyof BrowserCookieInit, text: unknown, allowed: RegExp): string {
  if (typeof text === 'string' && allowed.test(text)) return text
  throw wrong(field)
}

function wrong(field: keyof BrowserCookieInit): InvalidRequestError {
  return new InvalidRequestError(`cookies: ${field} is not valid in a cookie`)
}
