import type { CookieKeeper } from '@session-fetch/core/adapter'
import type { CookieJar } from 'tough-cookie'
import type { CookieRecord } from '../rules/cookie-record.js'
import type { CookieRejection } from '../rules/rejection.js'
import type { CookieSite } from '../rules/site.js'
import type { JarEvents } from './jar-events.js'
import type { CookieLimits } from './cookie-map.js'

/** The cookies of a session: in memory, or in an external tough-cookie jar. */
export interface Jar extends CookieKeeper {
  readonly events: JarEvents
  /** The same cookies as a tough-cookie jar. */
  readonly jar: CookieJar
  /** The limits of this jar and its copies. */
  readonly limits: CookieLimits
  /** The number of cookies; `null` for an external store. */
  readonly size: number | null
  /** The cookies for a request to the site, in sending order. */
  matching(site: CookieSite): CookieRecord[] | Promise<CookieRecord[]>
  /** All cookies, oldest first. */
  all(): CookieRecord[] | Promise<CookieRecord[]>
  /** All cookies, synchronously. @throws UnsupportedError if the store is asynchronous */
  snapshot(): CookieRecord[]
  /** Stores a cookie that passed the policy. An expired one deletes the cookie that it names. */
  put(record: CookieRecord, trusted: boolean): CookieRejection | null | Promise<CookieRejection | null>
  delete(record: CookieRecord): void | Promise<void>
}
