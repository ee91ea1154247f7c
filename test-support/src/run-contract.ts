import { afterAll, beforeAll, describe, it } from 'vitest'
import { type ContractServer, startContractServer } from './contract-server.js'
import { type Library, contract, runCase } from './contract.js'

/**
 * Runs the contract suite in Node over one entry: a `describe` of this label with an `it` for each case.
 *
 * @param deviations The cases that fail, by name, and why. Each must fail. Default: none.
 */
export function describeContract(
  label: string,
  library: Library,
  deviations: Readonly<Record<string, string>> = {},
): void {
  const unknown = Object.keys(deviations).filter((name) => !contract.some((one) => one.name === name))
  if (unknown.length > 0) throw new Error(`The contract has no case named ${unknown.join(' or ')}`)
  describe(label, () => {
    let site: ContractServer
    let other: ContractServer
    beforeAll(async () => {
      site = await startContractServer()
      other = await startContractServer()
    })
    afterAll(() => Promise.all([site.close(), other.close()]))

    for (const contractCase of contract) {
      const test = Object.hasOwn(deviations, contractCase.name) ? it.fails : it
      test(contractCase.name, () =>
        runCase(contractCase, { library, platform: 'node', url: site.url, otherUrl: byOtherName(other) }),
      )
    }
  })
}

/** The same machine by another host name: cookies tell hosts apart, not ports. */
function byOtherName({ port }: ContractServer): string {
  return `http://localhost:${port}/`
}
