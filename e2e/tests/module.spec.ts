import { expect, test } from '../src/test.js'

test.describe('the self-contained file, by <script type="module"> and no bundler', () => {
  test('logs a person in', async ({ tab, sites }) => {
    await tab.goto(`${sites.https.home.at('app.test')}log-in`)
    const output = expect.poll(() => tab.text('output'))
    await output.toBe("members' page: 403")
    await tab.fill('input[name=name]', 'user')
    await tab.fill('input[name=password]', 'wrong')
    await tab.click('button')
    await output.toBe('no: 403')
    await tab.fill('input[name=password]', 'open sesame')
    await tab.click('button')
    await output.toBe('welcome, member')
  })

  test('loads nothing else and says nothing on the console', async ({ tab, sites }) => {
    await tab.goto(`${sites.https.home.at('app.test')}library`)
    const seen = await tab.evaluate(() => ({
      loaded: performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
      said,
    }))
    expect(seen).toEqual({ loaded: ['/session-fetch.js'], said: [] })
  })
})
