import { test as base, type Page } from '@playwright/test'
import { startContractServer, type ContractServer } from '@session-fetch/test-support/contract-server'
import { testPages } from './pages.js'

export { expect } from '@playwright/test'

/** Two servers with the same pages, on ports of their own; any host name on loopback reaches them. */
export interface Sites {
  readonly home: ContractServer
  readonly away: ContractServer
  /** The contract's page at `home`, loaded once for all its cases: a page for each would cost more than the case. */
  readonly contractPage: Page
}

/** Playwright's `test` with the two sites running, started once for each worker. */
export const test = base.extend<object, { sites: Sites }>({
  sites: [
    async ({ browser }, use) => {
      const pages = await testPages()
      const [home, away] = await Promise.all([startContractServer({ pages }), startContractServer({ pages })])
      const contractPage = await browser.newPage()
      await contractPage.goto(`${home.url}contract`)
      await use({ home, away, contractPage })
      await Promise.all([contractPage.close(), home.close(), away.close()])
    },
    { scope: 'worker' },
  ],
})

/** The address of a site by another host name, with a trailing slash. */
export function byName(host: string, site: ContractServer): string {
  return `http://${host}:${site.port}/`
}

/** Opens the page whose scripts have the whole library as `sessionFetch`. */
export async function openLibrary(page: Page, site: string): Promise<void> {
  await page.goto(`${site}library`)
}
