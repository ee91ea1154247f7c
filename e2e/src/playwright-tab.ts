import type { Page } from '@playwright/test'
import { expressionOf, type Json, type Tab, type TabCookie, textOf } from './tab.js'

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

  fill(selector: string, text: string): Promise<void> {
    return this.#page.fill(selector, text)
  }

  click(selector: string): Promise<void> {
    return this.#page.click(selector)
  }

  choose(selector: string, path: string): Promise<void> {
    return this.#page.setInputFiles(selector, path)
  }

  text(selector: string): Promise<string> {
    return this.evaluate(textOf, selector)
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
