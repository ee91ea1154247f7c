import type { Page } from '@playwright/test'
import { expressionOf, type Json, type Tab, type TabCookie } from './tab.js'

/** A tab of a browser that Playwright drives. */
export class PlaywrightTab implements Tab {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  async goto(url: string): Promise<void> {
    await this.#page.goto(url)
  }

  evaluate<Result>(inPage: (argument: never) => Result | Promise<Result>, argument?: Json): Promise<Result> {
    return this.#page.evaluate<Result>(expressionOf(inPage, argument))
  }

  cookies(): Promise<TabCookie[]> {
    return this.#page.context().cookies(this.#page.url())
  }

  clearCookies(): Promise<void> {
    return this.#page.context().clearCookies()
  }

  /** Playwright takes away every site's. */
  forget(): Promise<void> {
    return this.clearCookies()
  }
}
