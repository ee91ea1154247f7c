import type { EngineName } from '../src/engines/engine.js'
import { cookieMeasures } from '../src/measures/cookie-measures.js'
import { documented } from '../src/measures/documented.js'
import { fetchMeasures } from '../src/measures/fetch-measures.js'
import type { Measure } from '../src/measures/measure.js'
import type { Sites } from '../src/sites.js'
import type { Tab } from '../src/tab.js'
import { expect, test } from '../src/test.js'

const measures = [...cookieMeasures, ...fetchMeasures]

test.describe('docs/browsers.md tells what the engine does:', () => {
  for (const measure of measures.filter(({ asItComes }) => !asItComes)) {
    test(measure.title, ({ tab, engineName, sites }) => compare(measure, { tab, engineName, sites }))
  }
  for (const measure of measures.filter(({ asItComes }) => asItComes)) {
    test(measure.title, ({ engineAsItComes: { tab }, engineName, sites }) =>
      compare(measure, { tab, engineName, sites }),
    )
  }
})

interface Place {
  readonly tab: Tab
  readonly engineName: EngineName
  readonly sites: Sites
}

async function compare(measure: Measure, { tab, engineName, sites }: Place): Promise<void> {
  const measured = await measure.run(tab, sites)
  await tab.forget(sites.visited())
  expect(measured).toBe(documented(measure.title, engineName))
}
