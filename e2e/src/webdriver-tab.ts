import { expressionOf, type Json, type Tab, type TabCookie } from './tab.js'
import type { WebDriver } from './webdriver.js'

/** The tab of a browser that is driven by WebDriver. */
export class WebDriverTab implements Tab {
  readonly #driver: WebDriver

  constructor(driver: WebDriver) {
    this.#driver = driver
  }

  async goto(url: string): Promise<void> {
    await this.#driver.post('/url', { url })
  }

  async evaluate<Result>(
    inPage: (argument: never) => Result | Promise<Result>,
    argument?: Json,
  ): Promise<Result> {
    return (await this.#driver.evaluate(expressionOf(inPage, argument))) as Result // the function's own result
  }

  /** Types into the first element that the CSS selector finds, in place of what is there. */
  async fill(selector: string, text: string): Promise<void> {
    const element = await this.#driver.element(selector)
    await this.#driver.post(`${element}/clear`)
    await this.#driver.post(`${element}/value`, { text })
  }

  /** Clicks the first element that the CSS selector finds. */
  async click(selector: string): Promise<void> {
    await this.#driver.post(`${await this.#driver.element(selector)}/click`)
  }

  /** The text of the first element that the CSS selector finds. */
  text(selector: string): Promise<string> {
    return this.evaluate(
      (selector: string) => document.querySelector(selector)?.textContent ?? `nothing at ${selector}`,
      selector,
    )
  }

  async cookies(): Promise<TabCookie[]> {
    return (await this.#driver.get('/cookie')) as TabCookie[] // the standard's "Get All Cookies"
  }

  async clearCookies(): Promise<void> {
    await this.#driver.delete('/cookie')
  }

  /** A driver returns only the cookies of the current page, so each site is visited. */
  async forget(urls: Iterable<string>): Promise<void> {
    for (const url of urls) {
      await this.goto(`${url}json`)
      await this.clearCookies()
    }
  }
}
