import { expect, openLibrary, test } from '../src/test.js'

/** What `pages/log-in-flow.js` tells of a person's way in; `cookies` is how many its script can see. */
const inside = { before: 403, refused: 403, after: 200, sent: ['/echo?lang=en', 'demo'] }

test.describe('a person logs in from', () => {
  test('a worker', async ({ tab, sites }) => {
    const site = sites.https.home.at('app.test')
    await openLibrary(tab, site)
    const told = await tab.evaluate(async (site) => {
      const worker = new Worker('log-in-flow.js', { type: 'module' })
      const { port1, port2 } = new MessageChannel()
      worker.postMessage(site, [port2])
      const told = await nextMessage(port1)
      worker.terminate()
      return told
    }, site)
    expect(told).toEqual({ ...inside, cookies: 'UnsupportedError' })
  })

  test('a shared worker', async ({ tab, sites }) => {
    const site = sites.https.home.at('app.test')
    await openLibrary(tab, site)
    const told = await tab.evaluate((site) => {
      const { port } = new SharedWorker('log-in-flow.js', { type: 'module' })
      const { port1, port2 } = new MessageChannel()
      port.postMessage(site, [port2])
      return nextMessage(port1)
    }, site)
    expect(told).toEqual({ ...inside, cookies: 'UnsupportedError' })
  })

  test('a service worker', async ({ tab, sites }) => {
    const site = sites.https.home.at('app.test')
    await openLibrary(tab, site)
    const told = await tab.evaluate(async (site) => {
      const registration = await navigator.serviceWorker.register('log-in-flow.js', { type: 'module' })
      const { active } = await navigator.serviceWorker.ready
      const { port1, port2 } = new MessageChannel()
      active?.postMessage(site, [port2])
      const told = await nextMessage(port1)
      await registration.unregister()
      return told
    }, site)
    expect(told).toEqual({ ...inside, cookies: 0 })
  })

  test('a frame', async ({ tab, sites }) => {
    const site = sites.https.home.at('app.test')
    await openLibrary(tab, site)
    const told = await tab.evaluate((site) => askFrame(`${site}frame`, site), site)
    expect(told).toEqual({ ...inside, cookies: 0 })
  })

  test('a frame of another host of the site', async ({ tab, sites }) => {
    const [app, api] = [sites.https.home.at('app.shop.test'), sites.https.away.at('api.shop.test')]
    await openLibrary(tab, app)
    const told = await tab.evaluate((api) => askFrame(`${api}frame`, api), api)
    expect(told).toEqual({ ...inside, cookies: 0 })
  })
})

test('a frame of another site gets no SameSite=Lax cookie, so the log-in fails', async ({ tab, sites }) => {
  const [app, api] = [sites.https.home.at('app.test'), sites.https.away.at('api.test')]
  await openLibrary(tab, app)
  const told = await tab.evaluate((api) => askFrame(`${api}frame`, api), api)
  expect(told).toEqual({ ...inside, after: 403, cookies: 0 })
})
