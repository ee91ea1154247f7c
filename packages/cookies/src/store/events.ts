import { InvalidRequestError, type SessionCookie } from '@session-fetch/core'
import type { JarEvents, WithheldCookies } from '../jar/jar-events.js'
import { toSessionCookie } from '../rules/cookie-record.js'
import type { RejectedCookie } from '../rules/rejection.js'

/** A deleted cookie, without the value as in the standard. */
export type DeletedCookie = Omit<SessionCookie, 'value'> & { value?: undefined }

/**
 * The event of `change`, as in the standard.
 *
 * @example
 * session.cookies.addEventListener('change', ({ changed, deleted }) => {
 *   console.log(changed.map(({ name }) => name), deleted.map(({ name }) => name))
 * })
 */
export interface CookieChangeEvent extends Event {
  /** Cookies that were stored or renewed. */
  readonly changed: readonly SessionCookie[]
  /** Cookies that were deleted, or expired. */
  readonly deleted: readonly DeletedCookie[]
}

/** The event of `rejected`. */
export interface CookieRejectedEvent extends Event, RejectedCookie {}

/** The event of `withheld`. */
export interface CookieWithheldEvent extends Event, WithheldCookies {}

/**
 * The events of `session.cookies` in Node, by name.
 *
 * @example session.cookies.addEventListener('withheld', ({ host, names }) => console.log(host, names))
 */
export interface CookieEventMap {
  /** Cookies were stored or deleted. */
  change: CookieChangeEvent
  /** A `Set-Cookie` line was not stored. */
  rejected: CookieRejectedEvent
  /** Cookies did not fit in the header of a request. */
  withheld: CookieWithheldEvent
}

/** A listener for an event of `session.cookies`. */
export type CookieListener<Type extends keyof CookieEventMap> = (event: CookieEventMap[Type]) => void

/** The changes of one turn of the event loop. */
interface Changes {
  readonly changed: SessionCookie[]
  readonly deleted: DeletedCookie[]
}

const TYPES = ['change', 'rejected', 'withheld']

/** Dispatches the changes of a jar as DOM events. Does nothing until the first listener is added. */
export class CookieEvents {
  readonly #jarEvents: JarEvents
  /** Created for the first listener. */
  #target: EventTarget | undefined
  #changes: Changes | undefined

  constructor(jarEvents: JarEvents) {
    this.#jarEvents = jarEvents
  }

  add(type: string, listener: unknown, options?: boolean | AddEventListenerOptions): void {
    if (!TYPES.includes(type) || Object(listener) !== listener)
      throw new InvalidRequestError(
        `cookies.addEventListener takes one of ${TYPES.join(', ')}, and a function`,
      )
    const target = (this.#target ??= this.#watch(new EventTarget()))
    target.addEventListener(type, listener as EventListener, options) // an object has `handleEvent`
  }

  remove(type: string, listener: unknown, options?: boolean | EventListenerOptions): void {
    this.#target?.removeEventListener(type, listener as EventListener, options) // as above
  }

  #watch(target: EventTarget): EventTarget {
    this.#jarEvents.watch({
      changed: (record) => this.#scheduled(target).changed.push(toSessionCookie(record)),
      renewed: (record) => this.#scheduled(target).changed.push(toSessionCookie(record)),
      deleted: (record) =>
        this.#scheduled(target).deleted.push({ ...toSessionCookie(record), value: undefined }),
      rejected: (cookie) => target.dispatchEvent(Object.assign(new Event('rejected'), cookie)),
      withheld: (cookies) => target.dispatchEvent(Object.assign(new Event('withheld'), cookies)),
    })
    return target
  }

  /** Collects all changes of a turn of the event loop for one event at the end. */
  #scheduled(target: EventTarget): Changes {
    if (this.#changes === undefined) void Promise.resolve().then(() => this.#dispatch(target))
    this.#changes ??= { changed: [], deleted: [] }
    return this.#changes
  }

  #dispatch(target: EventTarget): void {
    const changes = this.#changes
    this.#changes = undefined
    target.dispatchEvent(Object.assign(new Event('change'), changes))
  }
}
