import { contract } from '@session-fetch/test-support/contract'
import { byName, test } from '../src/test.js'

test.describe('the contract, in a page', () => {
  for (const { name } of contract) {
    test(name, async ({ sites: { contractPage, away } }) => {
      await contractPage.context().clearCookies()
      const input = [name, byName('localhost', away)] as const
      await contractPage.evaluate(([name, otherUrl]) => runContractCase(name, otherUrl), input)
    })
  }
})
