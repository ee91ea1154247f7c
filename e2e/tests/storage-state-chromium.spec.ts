import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileCookieJar, Session } from 'session-fetch'
import { expect, test } from '../src/test.js'

test.use({ trace: 'retain-on-failure' })

test.describe('the storage state of a browser that servers gave cookies', () => {
  /** Lines that a server may send; bytes above ASCII are written literally. */
  const lines = [
    'sid=1; Path=/; HttpOnly',
    'lasting=1; Path=/; Max-Age=3600',
    'city=z\xc3\xbcrich; Path=/; Max-Age=3600',
    'both=own; Path=/; Secure',
    'both=part; Path=/; Secure; Partitioned; Max-Age=3600',
    'nameless; Path=/',
    'quoted="a b, c"; Path=/; SameSite=Strict',
    'domain=1; Path=/; Domain=localhost',
    'dotted=1; Path=/; Domain=localhost.',
  ]
  const embedded = 'both=foreign; Path=/; Secure; SameSite=None; Partitioned'
  let server: Server
  let port = 0
  let folder = ''

  test.beforeEach(async () => {
    server = createServer(answer)
    await new Promise<void>((resolve) => {
      server.listen(0, resolve)
    })
    ;({ port } = server.address() as AddressInfo)
    folder = await mkdtemp(join(tmpdir(), 'storage-state-'))
  })

  test.afterEach(async () => {
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true })
  })

  /** `/set` sets the lines, `/frame` what a page of another site gets in a frame, any other page shows its cookies. */
  function answer({ url, headers }: IncomingMessage, response: ServerResponse): void {
    if (url === '/set') response.setHeader('Set-Cookie', lines)
    if (url === '/frame') response.setHeader('Set-Cookie', embedded)
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    const frame = `<iframe src="http://127.0.0.1:${port}/frame"></iframe>`
    // Bytes: with text for a body, Node would write the head as UTF-8, too.
    response.end(Buffer.from(url === '/set' ? frame : (headers.cookie ?? ''), 'latin1'))
  }

  test('is imported and exported without changing its meaning', async ({ browser, context, page }) => {
    const home = `http://localhost:${port}/`
    const path = join(folder, 'auth.json')
    await page.goto(`${home}set`, { waitUntil: 'load' })
    await page.evaluate(() => localStorage.setItem('kept', 'here'))
    const shown = await (await page.goto(home))?.body()
    const sent = 'sid=1; lasting=1; city=zürich; both=own; both=part; nameless; quoted="a b, c"; domain=1'
    expect(shown?.toString()).toBe(sent)
    await context.storageState({ path })

    const jar = await FileCookieJar.open(path)
    expect(jar.rejected.map(({ name, reason }) => [name, reason])).toEqual([['both', 'partitioned']])
    const session = new Session({ baseUrl: home, jar })
    expect((await session.get('').text()).split('; ').sort()).toEqual(sent.split('; ').sort())
    expect(await session.get(`http://127.0.0.1:${port}/`).text()).toBe('')
    expect(await session.cookies.get('city')).toMatchObject({ value: 'zürich' })
    await session.cookies.set({ name: 'city', value: 'Łódź', maxAge: 3600 })
    await session.cookies.set({ name: 'both', value: 'newer', secure: true, partitioned: true, maxAge: 3600 })
    await session.cookies.set({ name: 'sid', value: '2', httpOnly: true })
    await session.close()

    const again = await browser.newContext({ storageState: path })
    const other = await again.newPage()
    const now = (await (await other.goto(home))?.body())?.toString() ?? ''
    const changed = sent
      .replace('zürich', 'Łódź')
      .replace('both=part', 'both=newer')
      .replace('sid=1', 'sid=2')
    expect(now.split('; ').sort()).toEqual(changed.split('; ').sort())
    expect(await other.evaluate(() => localStorage.getItem('kept'))).toBe('here')
    expect(await readFile(path, 'utf8')).toContain('"foreign"')
    await again.close()
  })

  test('is created from a session’s cookies, including its own partition', async ({ browser }) => {
    const home = `http://localhost:${port}/`
    const session = new Session({ baseUrl: home })
    await session.get('set').text()
    const sent = await session.get('').text()
    const context = await browser.newContext({ storageState: session.cookies.toStorageState() })
    const page = await context.newPage()
    const shown = (await (await page.goto(home))?.body())?.toString() ?? ''
    expect(shown.split('; ').sort()).toEqual(sent.split('; ').sort())
    expect(shown).toContain('both=own; both=part')
    await Promise.all([context.close(), session.close()])
  })
})
