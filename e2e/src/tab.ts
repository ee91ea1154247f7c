/** Values that a page's scripts and a test can exchange. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/** A cookie as the browser itself lists it. */
export interface TabCookie {
  readonly name: string
  readonly value: string
  readonly httpOnly: boolean
}

/**
 * One tab of a real browser, for the tests that run code in a page: they are the same in every engine. Tests that act
 * as a person does use Playwright's `page`, and in WebKit the `WebDriverTab`.
 */
export interface Tab {
  /** Loads a page, module scripts included. */
  goto(url: string): Promise<void>
  /**
   * Runs a function in the page and resolves with its JSON. The function is sent as text: all that it needs
   * stands in itself, in its argument, or in the page.
   */
  evaluate<Result>(inPage: () => Result | Promise<Result>): Promise<Result>
  evaluate<Result, Argument extends Json>(
    inPage: (argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result>
  /** The cookies of the page's host. */
  cookies(): Promise<TabCookie[]>
  /** Takes away the cookies of the page's host. */
  clearCookies(): Promise<void>
  /** Takes away the cookies of all these sites, and may leave the page for it. */
  forget(urls: Iterable<string>): Promise<void>
}

/** A call of the function with the argument, as an expression for the page. */
export function expressionOf(inPage: (argument: never) => unknown, argument: Json | undefined): string {
  return `(${String(inPage)})(${JSON.stringify(argument)})`
}
