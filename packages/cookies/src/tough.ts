import { Cookie, CookieJar, getPublicSuffix, parseDate } from 'tough-cookie'

/** The parts of tough-cookie that are used. */
export interface Tough {
  readonly Cookie: typeof Cookie
  readonly CookieJar: typeof CookieJar
  readonly getPublicSuffix: typeof getPublicSuffix
  readonly parseDate: typeof parseDate
}

/** Used in bundles and other runtimes: loaded with this module. */
export const tough: Tough = { Cookie, CookieJar, getPublicSuffix, parseDate }
