import { contract } from '@session-fetch/test-support/contract'
import { engineFault } from './engine-faults.js'
import type { Scheme, Sites } from './sites.js'
import { expect, test } from './test.js'

/** Where the page is, and the other host that some cases speak to: another site, too. */
const places: Record<Scheme, { page: string; other: string }> = {
  http: { page: '127.0.0.1', other: 'localhost' },
  https: { page: 'app.test', other: 'api.test' },
}

/** Declares the tests of the contract, over http and https, of the build that the page at `path` loads. */
export function testContract(path: string, cases: typeof contract): void {
  for (const scheme of ['http', 'https'] as const) {
    test.describe(`the contract, in the page /${path} over ${scheme}`, () => {
      // One page serves all cases: loading it for each would cost more than the case.
      test.beforeAll(({ engine, sites }) => engine.tab.goto(`${urlsOf(sites, scheme).page}${path}`))

      for (const { name } of cases) {
        test(name, async ({ engine: { tab }, engineName, sites }) => {
          await tab.clearCookies() // no case sets any at the other host
          const input = [name, urlsOf(sites, scheme).other] as const
          const run = tab.evaluate(([name, otherUrl]) => runContractCase(name, otherUrl), input)
          const fault = engineFault(engineName, scheme, name)
          await (fault === undefined ? run : expect(run).rejects.toThrow(fault))
        })
      }
    })
  }
}

function urlsOf(sites: Sites, scheme: Scheme): { page: string; other: string } {
  const { home, away } = sites[scheme]
  return { page: home.at(places[scheme].page), other: away.at(places[scheme].other) }
}
