import { domainToASCII } from 'node:url'
import { type CookieInit, InvalidRequestError, cookieText, own } from '@session-fetch/core'
import type { CookieRecord } from './cookie-record.js'
import { type CookieSite, cookieSite } from './cookie-site.js'

/** Which cookies: of what name, domain or path, and for which URL. */
export interface JarCookieQuery {
  name?: string | undefined
  /** Relative ones are joined to the session's `baseUrl`. `null`: of every URL. Default: `baseUrl`. */
  url?: string | null | undefined
  /** The cookie's own domain, host-only or not. */
  domain?: string | null | undefined
  path?: string | undefined
}

export function toQuery(cookie: string | JarCookieQuery): JarCookieQuery {
  const query = own<JarCookieQuery>(typeof cookie === 'string' ? { name: cookie } : cookie)
  if (typeof query.domain === 'string') query.domain = asDomain(query.domain)
  return query
}

/** A domain as a cookie has it, however it was written. */
function asDomain(text: string): string {
  const domain = text.replace(/^\./, '')
  return domainToASCII(domain) || domain.toLowerCase() // an IPv6 address is no domain
}

export function isNamed(record: CookieRecord, { name, domain, path }: JarCookieQuery): boolean {
  if (name !== undefined && cookieText(record.name) !== name) return false
  if (typeof domain === 'string' && record.domain !== domain) return false
  return path === undefined || cookieText(record.path) === path
}

/** The URL by which a cookie that names its domain may be set. */
export function homeOf({ domain, path = '/' }: Pick<CookieInit, 'domain' | 'path'>): string | undefined {
  if (typeof domain !== 'string') return undefined
  const host = domain.replace(/^\./, '')
  const isIpv6 = /^[^[]*:.*:/.test(host)
  return `https://${isIpv6 ? `[${host}]` : host}${path}`
}

/**
 * The site of a URL that a call named. `undefined`: it named none. `null`: its URL can have no cookies.
 *
 * @throws InvalidRequestError if it is no URL
 */
export function siteOf(
  method: string,
  url: string | null,
  base: string | null,
): CookieSite | null | undefined {
  if (url === null) return undefined
  try {
    return cookieSite(new URL(url, base ?? undefined))
  } catch (cause) {
    throw new InvalidRequestError(`cookies.${method}: url is no URL`, { cause })
  }
}

export function needsUrl(method: string): InvalidRequestError {
  return new InvalidRequestError(`cookies.${method} needs a url, for this session has no baseUrl`)
}
