import { expect, test } from '../src/test.js'

test.describe('the self-contained file, by <script type="module"> and no bundler', () => {
  test('works in an engine without FinalizationRegistry', async ({ tab, sites }) => {
    await tab.goto(`${sites.https.home.at('app.test')}contract`)
    const seen = await tab.evaluate(async () => {
      Reflect.deleteProperty(globalThis, 'FinalizationRegistry')
      const url = '/session-fetch.js?without'
      const { Session } = (await import(url)) as typeof sessionFetch
      const session = new Session({ baseUrl: '/', timeout: 60_000 })
      await session.get('text') // which nobody reads
      const text = await session.get('text', { params: { body: 'read' } }).text()
      await session.close()
      return [typeof globalThis.FinalizationRegistry, text]
    })
    expect(seen).toEqual(['undefined', 'read'])
  })

  test('loads no other file and prints nothing on the console', async ({ tab, sites }) => {
    await tab.goto(`${sites.https.home.at('app.test')}library`)
    const seen = await tab.evaluate(() => ({
      loaded: performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
      said,
    }))
    expect(seen).toEqual({ loaded: ['/session-fetch.js'], said: [] })
  })
})
