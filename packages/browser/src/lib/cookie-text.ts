import { InvalidRequestError } from '@session-fetch/core'
import type { BrowserCookieInit } from './cookies.js'

/** RFC 6265bis, section 5.6: what ends a cookie, or makes a browser drop the line. */
const TEXT = /^[^\p{Cc};]*$/u
const NAME = /^[^\p{Cc};=]*$/u

/**
 * A cookie as `document.cookie` takes it. Nothing is encoded: what cannot stand there is refused.
 *
 * @param secure What `secure` is where the cookie does not say.
 * @throws InvalidRequestError naming the field that no cookie can hold
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

/** `name=value` as `document.cookie` shows it; a cookie without a name is its value alone. */
export function cookiePair({ name, value }: BrowserCookieInit): string {
  const pair = `${checked('name', name, NAME)}=${checked('value', value, TEXT)}`
  if (pair !== pair.trim() || (name === '' && /^$|[=]/.test(value)))
    throw new InvalidRequestError(
      'cookies: this name and value cannot be told from others in document.cookie',
    )
  return name === '' ? value : pair
}

function expiry({ expires = null }: BrowserCookieInit): string {
  if (expires === null) return ''
  const date = new Date(expires)
  if (Number.isNaN(date.getTime())) throw wrong('expires')
  // It is written to the second, and WebKit keeps what ends in this very one.
  const end = date.getTime() > Date.now() ? date : new Date(0)
  return `Expires=${end.toUTCString()}`
}

function checked(field: keyof BrowserCookieInit, text: unknown, allowed: RegExp): string {
  if (typeof text === 'string' && allowed.test(text)) return text
  throw wrong(field)
}

function wrong(field: keyof BrowserCookieInit): InvalidRequestError {
  return new InvalidRequestError(`cookies: ${field} is nothing that a cookie can hold`)
}
