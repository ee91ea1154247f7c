import { expect, openLibrary, test } from '../src/test.js'

test.describe('documentCookies', () => {
  for (const scheme of ['http', 'https'] as const) {
    test(`sets, sends, gets and deletes cookies over ${scheme}`, async ({ tab, sites }) => {
      const site = sites[scheme].home.at('app.test')
      await openLibrary(tab, site)
      const seen = await tab.evaluate(async (baseUrl) => {
        const { Session, documentCookies } = sessionFetch
        const session = new Session({ baseUrl, cookies: documentCookies() })
        await session.cookies.set('one', '1')
        await session.cookies.set({ name: 'two', value: 'a=b "c"', sameSite: 'lax', maxAge: 60 })
        const sent = await session.get('cookies').json()
        const one = await session.cookies.get('one')
        await session.cookies.delete('one')
        return [sent, one, await session.cookies.getAll(), await session.get('cookies').json()]
      }, site)
      const two = 'a=b "c"'
      expect(seen).toEqual([
        { one: '1', two },
        { name: 'one', value: '1' },
        [{ name: 'two', value: two }],
        { two },
      ])
    })
  }

  test('deletes an expired cookie immediately', async ({ tab, sites }) => {
    await openLibrary(tab, sites.https.home.at('app.test'))
    const seen = await tab.evaluate(async () => {
      const cookies = sessionFetch.documentCookies()
      await cookies.set('a', '1')
      await cookies.set({ name: 'a', value: '1', maxAge: 0 })
      return cookies.getAll()
    })
    expect(seen).toEqual([])
  })

  test('throws if the browser refuses a cookie', async ({ tab, sites }) => {
    await openLibrary(tab, sites.http.home.at('app.test'))
    const seen = await tab.evaluate(async () => {
      const { InvalidRequestError, documentCookies } = sessionFetch
      const refused = [
        { name: 'a', value: '1', secure: true },
        { name: 'a', value: '1', domain: 'other.test' },
        { name: 'a', value: '1', domain: 'test' },
      ]
      const cookies = documentCookies()
      const errors = refused.map((cookie) => cookies.set(cookie).catch((error: unknown) => error))
      return (await Promise.all(errors)).map((error) => error instanceof InvalidRequestError)
    })
    expect(seen).toEqual([true, true, true])
  })
})

test.describe('session.cookies', () => {
  test('reports changes by the CookieStore’s events', async ({ tab, sites }) => {
    await openLibrary(tab, sites.https.home.at('app.test'))
    const seen = await tab.evaluate(async () => {
      const { cookies } = new sessionFetch.Session()
      const heard: unknown[] = []
      const told = new Promise<void>((resolve) => {
        const listener = ({ changed, deleted }: CookieChangeEvent): void => {
          heard.push([changed.map(({ name, value }) => [name, value]), deleted.map(({ name }) => name)])
          if (deleted.length === 0) return
          cookies.removeEventListener('change', listener)
          resolve()
        }
        cookies.addEventListener('change', listener)
      })
      await cookies.set('a', '1')
      await cookies.delete('a')
      await told
      return heard
    })
    expect(seen).toEqual([
      [[['a', '1']], []],
      [[], ['a']],
    ])
  })
})
