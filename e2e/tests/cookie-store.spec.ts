import { expect, openLibrary, test } from '../src/test.js'

test.describe('session.cookies', () => {
  test('is the browser’s CookieStore in a secure context', async ({ tab, sites }) => {
    await openLibrary(tab, sites.https.home.at('app.test'))
    const seen = await tab.evaluate(async () => {
      const { cookies } = new sessionFetch.Session()
      await cookies.set('one', '1')
      await cookies.set({ name: 'two', value: '2', path: '/' })
      const before = document.cookie
      const one = await cookies.get('one')
      await cookies.delete('one')
      const left = await cookies.getAll()
      return [before, one?.value, left.map(({ name, value }) => ({ name, value })), document.cookie]
    })
    expect(seen).toEqual(['one=1; two=2', '1', [{ name: 'two', value: '2' }], 'two=2'])
  })

  test('does not return an HttpOnly cookie, which the browser sends nevertheless', async ({ tab, sites }) => {
    const site = sites.https.home.at('app.test')
    await openLibrary(tab, site)
    const seen = await tab.evaluate(async (baseUrl) => {
      const session = new sessionFetch.Session({ baseUrl })
      await session.post('login', { form: { name: 'user', password: 'open sesame' } })
      return [await session.cookies.get('sid'), (await session.get('members')).status]
    }, site)
    expect(seen).toEqual([null, 200])
    expect((await tab.cookies()).map(({ name, httpOnly }) => ({ name, httpOnly }))).toEqual([
      { name: 'sid', httpOnly: true },
    ])
  })

  test('rejects with UnsupportedError if the page has no CookieStore', async ({ tab, sites }) => {
    await openLibrary(tab, sites.http.home.at('app.test'))
    const error = await tab.evaluate(async () => {
      const session = new sessionFetch.Session()
      const outcome = await session.cookies.get('sid').catch((error: unknown) => error)
      return [isSecureContext, outcome instanceof sessionFetch.UnsupportedError, String(outcome)]
    })
    expect(error).toEqual([false, true, expect.stringContaining('https')])
  })
})
