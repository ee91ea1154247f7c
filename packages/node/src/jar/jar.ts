import type { CookieKeeper } from '@session-fetch/core/adapter'
import type { CookieJar } from 'tough-cookie'
import type { CookieRecord } from '../rules/cookie-record.js'
import type { CookieRejection } from '../rules/rejection.js'
import type { CookieSite } from '../rules/site.js'
import type { JarEvents } from './jar-events.js'
import type { CookieLimits } from './cookie-map.js'

/** What keeps a session's cookies: a map of our own, or a tough-cookie jar over any store. */
export interface Jar extends CookieKeeper {
  readonly events: JarEvents
  /** The same cookies as a tough-cookie jar. */
  readonly jar: CookieJar
  /** How many cookies it, or a copy of it, may hold. */
  readonly limits: CookieLimits
  /** How many cookies there are; `null` where only the store knows. */
  readonly size: number | null
  /** What a request to the site would send, in that order. */
  matching(site: CookieSite): CookieRecord[] | Promise<CookieRecord[]>
  /** Every cookie, the oldest first. */
  all(): CookieRecord[] | Promise<CookieRecord[]>
  /** Every cookie, at once. @throws UnsupportedError if the store is asynchronous */
  snapshot(): CookieRecord[]
  /** Stores what the policy let in. A cookie that has ended deletes the one it names. */
  put(record: CookieRecord, trusted: boolean): CookieRejection | null | Promise<CookieRejection | null>
  delete(record: CookieRecord): void | Promise<void>
}
