import type { CookieRecord } from '../rules/cookie-record.js'
import type { RejectedCookie } from '../rules/rejection.js'

/** Cookies that were not sent because the header was full. */
export interface WithheldCookies {
  readonly host: string
  readonly names: readonly string[]
}

interface JarListener {
  changed?(record: CookieRecord): void
  /** Only the expiry was extended. */
  renewed?(record: CookieRecord): void
  deleted?(record: CookieRecord): void
  rejected?(cookie: RejectedCookie): void
  withheld?(cookies: WithheldCookies): void
}

const NONE: readonly never[] = []

/** Reports the changes of a jar to its listeners. */
export class JarEvents {
  /** A shared empty list, because few jars have listeners. */
  #watchers: readonly JarListener[] = NONE

  /** @returns a function that removes the listener */
  watch(watcher: JarListener): () => void {
    this.#watchers = [...this.#watchers, watcher]
    return () => {
      this.#watchers = this.#watchers.filter((other) => other !== watcher)
    }
  }

  changed(record: CookieRecord): void {
    for (const watcher of this.#watchers) watcher.changed?.(record)
  }

  renewed(record: CookieRecord): void {
    for (const watcher of this.#watchers) watcher.renewed?.(record)
  }

  deleted(record: CookieRecord): void {
    for (const watcher of this.#watchers) watcher.deleted?.(record)
  }

  withheld(cookies: WithheldCookies): void {
    for (const watcher of this.#watchers) watcher.withheld?.(cookies)
  }

  rejected(cookie: RejectedCookie): void {
    for (const watcher of this.#watchers) watcher.rejected?.(cookie)
  }
}
