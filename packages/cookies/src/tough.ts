import { Cookie, CookieJar, getPublicSuffix, parseDate } from 'tough-cookie'

/** What is needed of tough-cookie. */
export interface Tough {
  readonly Cookie: typeof Cookie
  readonly CookieJar: typeof CookieJar
  readonly getPublicSuffix: typeof getPublicSuffix
  readonly parseDate: typeof parseDate
}

/** In bundles, and wherever `tough-when-needed.ts` cannot be: loaded with this module. */
export const tough: Tough = { Cookie, CookieJar, getPublicSuffix, parseDate }
