import { expect, openLibrary, test } from '../src/test.js'

test.describe('the life of a page', () => {
  test('aborts pending calls with abortOnPageHide, and nothing else', async ({ tab, sites }) => {
    const site = sites.https.home.at('app.test')
    await openLibrary(tab, site)
    const seen = await tab.evaluate(async (baseUrl) => {
      // A frame of the same site: leaving it is leaving a page.
      const frame = document.body.appendChild(document.createElement('iframe'))
      const loaded = new Promise((resolve) => frame.addEventListener('load', resolve))
      frame.src = `${baseUrl}library`
      await loaded
      const inFrame = frame.contentWindow as unknown as typeof globalThis // a window is its own global object
      const { Session } = inFrame.sessionFetch
      const ended = (session: InstanceType<typeof Session>): Promise<string> =>
        session.get(`${baseUrl}hang?id=${crypto.randomUUID()}`).then(
          () => 'went well',
          ({ name }: Error) => name,
        )
      const told = ended(new Session({ abortOnPageHide: true }))
      inFrame.dispatchEvent(new Event('pagehide'))
      const other = new Session()
      const untold = ended(other)
      inFrame.dispatchEvent(new Event('pagehide'))
      await other.close()
      return [await told, await untold]
    }, site)
    expect(seen).toEqual(['AbortError', 'SessionClosedError'])
  })

  for (const kind of ['worker', 'service worker'] as const) {
    test(`is none in a ${kind}, where a session serves all the same`, async ({ tab, sites }) => {
      const site = sites.http.home.at('localhost') // a secure context, and no certificate to trust
      await openLibrary(tab, site)
      const seen = await tab.evaluate(async (kind) => {
        const url = './session-worker.js'
        const { serviceWorker } = navigator
        const registration =
          kind === 'worker' ? null : await serviceWorker.register(url, { type: 'module', scope: './none/' })
        const worker = registration
          ? (registration.installing ?? registration.waiting ?? registration.active)
          : new Worker(url, { type: 'module' })
        const answer = new Promise<{ data: unknown }>((resolve, reject) => {
          ;(registration ? serviceWorker : (worker as Worker)).addEventListener('message', (event) =>
            resolve(event as MessageEvent),
          )
          worker?.addEventListener('error', () => reject(new Error('the worker did not start')))
        })
        serviceWorker.startMessages()
        worker?.postMessage(location.origin, [])
        const { data } = await answer
        await registration?.unregister()
        return data
      }, kind)
      const cookies = kind === 'worker' ? 'UnsupportedError' : ['a']
      expect(seen).toEqual({ sent: 'a=1', header: 'demo', cookies, ended: 'AbortError' })
    })
  }
})
