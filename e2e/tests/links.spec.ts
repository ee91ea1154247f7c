import { expect, openLibrary, test } from '../src/test.js'

test('links, which a page imports, reads the header of a response', async ({ tab, sites }) => {
  const home = sites.https.home.at('app.test')
  await openLibrary(tab, home)
  const next = await tab.evaluate(async (url) => {
    const { get, links } = sessionFetch
    return links(await get(url))['next']?.url
  }, `${home}echo`)
  expect(next).toBe(`${home}echo?page=2`)
})
