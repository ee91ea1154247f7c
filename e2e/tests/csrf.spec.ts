import { expect, openLibrary, test } from '../src/test.js'

test.describe('csrf', () => {
  test('sends a cookie’s token to the page’s own site only', async ({ tab, sites }) => {
    const [home, away] = [sites.https.home.at('app.test'), sites.https.away.at('api.test')]
    await openLibrary(tab, home)
    const seen = await tab.evaluate(
      async ([home, away]) => {
        const { Session, csrf, laravel } = sessionFetch
        const session = new Session({ csrf: csrf(laravel) })
        await session.get(`${home}set-cookie?line=${encodeURIComponent('XSRF-TOKEN=a%3D; Path=/')}`)
        const calls = [
          session.get(`${home}echo`),
          session.post(`${home}echo`),
          session.fetch(`${home}echo`, { method: 'DELETE' }),
          session.post(`${home}echo`, { headers: { 'X-XSRF-TOKEN': 'mine' } }),
          session.post(`${away}echo`),
        ]
        const seen = await Promise.all(calls.map(async (call) => (await call).json()))
        return seen.map(({ headers }) => headers['x-xsrf-token'] ?? null)
      },
      [home, away] as const,
    )
    expect(seen).toEqual([null, 'a=', 'a=', 'mine', null])
  })

  test('sends a cookie’s token of the page to another host in origins', async ({ tab, sites }) => {
    const [app, api] = [sites.https.home.at('app.shop.test'), sites.https.away.at('api.shop.test')]
    await openLibrary(tab, app)
    const seen = await tab.evaluate(async (baseUrl) => {
      const { Session, csrf, django } = sessionFetch
      document.cookie = 'csrftoken=abc; Domain=shop.test; Path=/; Secure'
      const session = new Session({ baseUrl, csrf: csrf(django) })
      const { headers } = await session.post('echo').json<{ headers: Record<string, string> }>()
      return headers['x-csrftoken'] ?? null
    }, api)
    expect(seen).toBe('abc')
  })

  test('reads a <meta> for each request, also over http', async ({ tab, sites }) => {
    await openLibrary(tab, sites.http.home.at('app.test'))
    const seen = await tab.evaluate(async () => {
      const { Session, csrf, rails } = sessionFetch
      const session = new Session({ baseUrl: location.origin, csrf: csrf(rails) })
      const meta = document.head.appendChild(document.createElement('meta'))
      meta.name = 'csrf-token'
      const tokens = []
      for (const content of ['one', 'two']) {
        meta.content = content
        const { headers } = await session.post('echo').json<{ headers: Record<string, string> }>()
        tokens.push(headers['x-csrf-token'] ?? null)
      }
      return tokens
    })
    expect(seen).toEqual(['one', 'two'])
  })
})
