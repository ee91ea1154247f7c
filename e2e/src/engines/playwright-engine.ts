import { rm } from 'node:fs/promises'
import type { Browser } from '@playwright/test'
import { PlaywrightTab } from '../playwright-tab.js'
import type { Engine } from './engine.js'

/**
 * A browser that Playwright drives, as an engine.
 *
 * @param home The folder of its profile, which goes when it is closed.
 */
export async function playwrightEngine(
  name: Engine['name'],
  browser: Browser,
  home: string,
): Promise<Engine> {
  return {
    name,
    version: browser.version(),
    tab: new PlaywrightTab(await browser.newPage()),
    browser,
    async close() {
      await browser.close()
      await rm(home, { recursive: true, force: true })
    },
  }
}
