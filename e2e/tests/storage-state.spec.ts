import { Session } from 'session-fetch'
import { expect, test } from '../src/test.js'

test.use({ trace: 'retain-on-failure' })

/** Node reaches the sites by address, and by `localhost`; the browser by the same names. */
const hosts = ['127.0.0.1', 'localhost']

test.describe('a storage state', () => {
  for (const host of hosts) {
    test(`carries a log-in from the browser to Node (${host})`, async ({ page, context, sites }) => {
      const site = sites.http.home.at(host)
      await page.goto(`${site}login`)
      await page.locator('[name=name]').fill('user')
      await page.locator('[name=password]').fill('open sesame')
      await page.getByRole('button', { name: 'Log in' }).click()
      await expect(page).toHaveURL(`${site}members`)
      const session = new Session({ baseUrl: site })
      expect((await session.get('members')).status).toBe(403)
      expect(await session.cookies.fromStorageState(await context.storageState())).toEqual({
        stored: 1,
        rejected: [],
      })
      expect(await session.get('members').json()).toEqual({ welcome: 'member' })
      expect(await session.cookies.get('sid')).toMatchObject({
        httpOnly: true,
        sameSite: 'lax',
        domain: null,
      })
      await session.close()
    })

    test(`carries a log-in from Node to the browser (${host})`, async ({ browser, sites }) => {
      const site = sites.http.home.at(host)
      const session = new Session({ baseUrl: site })
      await session.post('login', { form: { name: 'user', password: 'open sesame' } })
      const context = await browser.newContext({ storageState: session.cookies.toStorageState() })
      const page = await context.newPage()
      await page.goto(`${site}members`)
      await expect(page.locator('body')).toContainText('welcome')
      await Promise.all([context.close(), session.close()])
    })
  }

  test('keeps every attribute in both directions', async ({ browser, sites }) => {
    const session = new Session({ baseUrl: sites.http.home.at('localhost') })
    const expires = (Math.floor(Date.now() / 1000) + 3600) * 1000
    await session.cookies.set({ name: 'plain', value: 'a"b=c, d', expires })
    await session.cookies.set({ name: 'up', value: '1', domain: 'shop.test', path: '/x', httpOnly: true })
    await session.cookies.set({
      name: 'none',
      value: '1',
      domain: 'shop.test',
      secure: true,
      sameSite: 'none',
    })
    await session.cookies.set({
      name: 'strict',
      value: '1',
      url: 'http://app.shop.test/',
      sameSite: 'strict',
    })
    const context = await browser.newContext({ storageState: session.cookies.toStorageState() })
    const back = new Session()
    await back.cookies.fromStorageState(await context.storageState())
    const seen = await back.cookies.getAll()
    const sameSite = 'lax' // as browsers call it where a site said nothing
    expect(seen.sort((a, b) => a.name.localeCompare(b.name))).toMatchObject([
      { name: 'none', domain: 'shop.test', path: '/', secure: true, sameSite: 'none', expires: null },
      { name: 'plain', value: 'a"b=c, d', domain: null, expires, sameSite },
      { name: 'strict', domain: null, sameSite: 'strict' },
      { name: 'up', domain: 'shop.test', path: '/x', httpOnly: true, sameSite },
    ])
    await Promise.all([context.close(), session.close(), back.close()])
  })
})
