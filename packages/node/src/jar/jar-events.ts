import type { CookieRecord } from '../rules/cookie-record.js'
import type { RejectedCookie } from '../rules/rejection.js'

/** Cookies that a request did not carry, for its header was full. */
export interface WithheldCookies {
  readonly host: string
  readonly names: readonly string[]
}

interface JarListener {
  changed?(record: CookieRecord): void
  /** The cookie stays as it is, but ends later. */
  renewed?(record: CookieRecord): void
  deleted?(record: CookieRecord): void
  rejected?(cookie: RejectedCookie): void
  withheld?(cookies: WithheldCookies): void
}

/** What happens in a jar, told to whoever watches it. */
export class JarEvents {
  readonly #watchers: Set<JarListener> = new Set()

  /** @returns what ends the watch */
  watch(watcher: JarListener): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
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
