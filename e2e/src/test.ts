import { test as base } from '@playwright/test'
import { type Authority, createAuthority } from '@session-fetch/test-support/certificates'
import type { Engine, EngineName, EngineOptions } from './engines/engine.js'
import { startEngine } from './engines/start-engine.js'
import { type Sites, startSites } from './sites.js'
import type { Tab } from './tab.js'
import { WebDriverTab } from './webdriver-tab.js'

export { expect } from '@playwright/test'

interface TestFixtures {
  readonly tab: Tab
  readonly webDriverTab: WebDriverTab
}

interface WorkerFixtures {
  /** The engine that the project is for. */
  readonly engineName: EngineName
  readonly authority: Authority
  readonly engine: Engine
  /** The engine again, with its default cookie settings. */
  readonly engineAsItComes: Engine
  readonly sites: Sites
}

/** How long a browser may take to start on a busy machine, in milliseconds. */
const STARTING = 120_000

/** Playwright's `test` with the sites and the project's engine running, started once for each worker. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  engineName: ['chromium', { scope: 'worker', option: true }],

  authority: [
    async ({ engineName }, use) => {
      const authority = await createAuthority(`session-fetch, ${engineName}`)
      await use(authority)
      await authority.close()
    },
    { scope: 'worker' },
  ],

  engine: [
    ({ engineName, authority }, use) => lend(engineName, { authority, thirdPartyCookies: 'allowed' }, use),
    { scope: 'worker', timeout: STARTING },
  ],

  engineAsItComes: [
    ({ engineName, authority }, use) => lend(engineName, { authority, thirdPartyCookies: 'default' }, use),
    { scope: 'worker', timeout: STARTING },
  ],

  sites: [
    async ({ authority }, use) => {
      const sites = await startSites(authority)
      await use(sites)
      await sites.close()
    },
    { scope: 'worker' },
  ],

  /** The browser's tab, without cookies of any site that the test before spoke to. */
  tab: async ({ engine, sites }, use) => {
    await use(engine.tab)
    await engine.tab.forget(sites.visited())
  },

  /** The tab in WebKit, for tests that act as a person does; in the other engines they use Playwright's `page`. */
  webDriverTab: async ({ tab, engineName }, use) => {
    if (!(tab instanceof WebDriverTab))
      throw new Error(`Playwright drives ${engineName}: use its fixture "page"`)
    await use(tab)
  },

  /** Playwright's own fixtures, in the engines that it drives. */
  browser: [
    async ({ engine }, use) => {
      if (!engine.browser) throw new Error(`Playwright does not drive ${engine.name}: use the fixture "tab"`)
      await use(engine.browser)
    },
    { scope: 'worker' },
  ],
})

async function lend(
  name: EngineName,
  options: EngineOptions,
  use: (engine: Engine) => Promise<void>,
): Promise<void> {
  const engine = await startEngine[name](options)
  await use(engine)
  await engine.close()
}

/** Opens the page whose scripts have the whole library as `sessionFetch`. */
export async function openLibrary(tab: Tab, site: string): Promise<void> {
  await tab.goto(`${site}library`)
}
