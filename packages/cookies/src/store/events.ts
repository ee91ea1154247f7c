import type { SessionCookie } from '@session-fetch/core'
import type { JarEvents, WithheldCookies } from '../jar/jar-events.js'
import { toSessionCookie } from '../rules/cookie-record.js'
import type { RejectedCookie } from '../rules/rejection.js'

/** A deleted cookie, without its value as in the standard. */
export type DeletedCookie = Omit<SessionCookie, 'value'> & { value?: undefined }

/** The event of `change`, as in the standard. */
export interface CookieChangeEvent extends Event {
  readonly changed: readonly SessionCookie[]
  readonly deleted: readonly DeletedCookie[]
}

/** The event of `rejected`. */
export interface CookieRejectedEvent extends Event, RejectedCookie {}

/** The event of `withheld`. */
export interface CookieWithheldEvent extends Event, WithheldCookies {}

/** The events of `session.cookies` in Node, by name. */
export interface CookieEventMap {
  change: CookieChangeEvent
  rejected: CookieRejectedEvent
  withheld: CookieWithheldEvent
}

/** A listener for an event of `session.cookies`. */
export type CookieListener<Type extends keyof CookieEventMap> = (event: CookieEventMap[Type]) => void

/** Dispatches the changes of a jar as DOM events. Does nothing until the first listener is added. */
export class CookieEvents {
  readonly #news: JarEvents
  readonly #target: EventTarget = new EventTarget()
  #watching = false
  #changed: SessionCookie[] = []
  #deleted: DeletedCookie[] = []

  constructor(news: JarEvents) {
    this.#news = news
  }

  add(type: string, listener: unknown, options?: boolean | AddEventListenerOptions): void {
    this.#watch()
    this.#target.addEventListener(type, listener as EventListener, options) // EventTarget validates the listener
  }

  remove(type: string, listener: unknown, options?: boolean | EventListenerOptions): void {
    this.#target.removeEventListener(type, listener as EventListener, options) // as above
  }

  #watch(): void {
    if (this.#watching) return
    this.#watching = true
    this.#news.watch({
      changed: (record) => this.#scheduled().#changed.push(toSessionCookie(record)),
      renewed: (record) => this.#scheduled().#changed.push(toSessionCookie(record)),
      deleted: (record) => this.#scheduled().#deleted.push({ ...toSessionCookie(record), value: undefined }),
      rejected: (cookie) => this.#target.dispatchEvent(Object.assign(new Event('rejected'), cookie)),
      withheld: (cookies) => this.#target.dispatchEvent(Object.assign(new Event('withheld'), cookies)),
    })
  }

  /** Collects all changes of a turn for one event after it. */
  #scheduled(): this {
    if (this.#changed.length + this.#deleted.length === 0) void Promise.resolve().then(() => this.#dispatch())
    return this
  }

  #dispatch(): void {
    const [changed, deleted] = [this.#changed, this.#deleted]
    this.#changed = []
    this.#deleted = []
    this.#target.dispatchEvent(Object.assign(new Event('change'), { changed, deleted }))
  }
}
