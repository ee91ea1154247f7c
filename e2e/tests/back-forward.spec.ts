import { readFileSync } from 'node:fs'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Tab } from '../src/tab.js'
import { expect, test } from '../src/test.js'

const library = readFileSync(fileURLToPath(import.meta.resolve('session-fetch/session-fetch.js')), 'utf8')

/** A page with a session that on `?busy` has a pending call that never ends. */
const page = `<!doctype html><title>Page</title><script type="module">
  import { Session } from './session-fetch.js'
  const session = new Session({ baseUrl: location.origin, abortOnPageHide: true })
  globalThis.ended = location.search && session.get('hang').then(() => 'answered', ({ name }) => name)
  globalThis.again = () => session.get('text').text()
  addEventListener('pageshow', ({ persisted }) => (globalThis.persisted = persisted))
</script>`

declare global {
  var ended: Promise<string> | ''
  var again: () => Promise<string>
  var persisted: boolean
}

const contents: Record<string, [type: string, body: string]> = {
  '/page': ['text/html', page],
  '/text': ['text/plain', 'again'],
  '/session-fetch.js': ['text/javascript', library],
}

/** A site whose pages may be kept, which those of the contract may not. */
async function startSite(): Promise<{ server: Server; url: string }> {
  const server = createServer(({ url = '' }, response) => {
    const [type, body] = contents[url.replace('?busy', '')] ?? []
    if (type !== undefined) response.writeHead(200, { 'Content-Type': type }).end(body)
    else if (url !== '/hang') response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://localhost:${(server.address() as AddressInfo).port}/` } // TCP has an AddressInfo
}

/** After navigating away and back: whether the page was restored, how the call ended, and a new response. */
async function comeBack(tab: Tab, url: string): Promise<unknown[]> {
  await tab.goto(url)
  await tab.evaluate(() => again())
  await tab.goto(new URL('/text', url).href)
  await tab.evaluate(() => void setTimeout(() => history.back()))
  const isBack = (): Promise<boolean> => tab.evaluate(() => 'persisted' in globalThis).catch(() => false) // the page may go while it is asked
  await expect.poll(isBack).toBe(true)
  return tab.evaluate(async () => [persisted, persisted && (await ended), await again()])
}

/**
 * Expects this of a page that comes back, at one of a few visits: an engine may drop any page,
 * for want of memory or of time, but one that is kept out of its cache is kept out each time.
 */
async function expectBack(tab: Tab, path: string, seen: unknown[]): Promise<void> {
  const { server, url } = await startSite()
  try {
    await expect(async () => expect(await comeBack(tab, `${url}${path}`)).toEqual(seen)).toPass({
      timeout: 20_000,
    })
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

test('a session does not exclude its page from the back/forward cache, and works when the page is restored', async ({
  tab,
}) => {
  await expectBack(tab, 'page', [true, '', 'again'])
})

test('a page that is left during a call is kept without the call, if the engine keeps such pages', async ({
  tab,
  engineName,
}) => {
  const kept = engineName !== 'firefox'
  // WebKit aborts pending requests before a page is hidden.
  const ended = kept && expect.stringMatching(/^(?:Abort|Connection)Error$/)
  await expectBack(tab, 'page?busy', [kept, ended, 'again'])
})
