import { expect, test } from '../src/test.js'

test.describe('the self-contained file, by <script type="module"> and no bundler', () => {
  test('loads nothing else and says nothing on the console', async ({ tab, sites }) => {
    await tab.goto(`${sites.https.home.at('app.test')}library`)
    const seen = await tab.evaluate(() => ({
      loaded: performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
      said,
    }))
    expect(seen).toEqual({ loaded: ['/session-fetch.js'], said: [] })
  })
})
