import type { Browser } from '@playwright/test'
import type { Authority } from '@session-fetch/test-support/certificates'
import type { Tab } from '../tab.js'

export type EngineName = 'chromium' | 'firefox' | 'webkit'

/** A running browser. */
export interface Engine {
  readonly name: EngineName
  readonly version: string
  /** Its one tab, which the tests of a worker take turns in: another for each would cost more than the test. */
  readonly tab: Tab
  /** The browser for Playwright's own fixtures. WebKitGTK has none: Playwright cannot drive it. */
  readonly browser: Browser | undefined
  /** Ends the browser and everything that was started for it. */
  close(): Promise<void>
}

/** How a browser is started. */
export interface EngineOptions {
  /** The certificate authority to trust, in addition to the default ones. */
  readonly authority: Authority
  /**
   * Whether cookies may be third-party. `default`: as the browser comes. `allowed`: as upstream's Chromium comes.
   */
  readonly thirdPartyCookies: 'default' | 'allowed'
}
