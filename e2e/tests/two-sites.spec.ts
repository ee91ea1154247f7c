import { byName, expect, openLibrary, test, type Sites } from '../src/test.js'

const crossSiteCookie = 'set-cookie?line=sid=42;%20Path=/;%20SameSite=None;%20Secure'
const ownCookie = 'set-cookie?line=own=1;%20Path=/;%20SameSite=Lax'

/** Two sites, and both hosts are secure contexts though they speak plain http. */
const localhosts = ({ home, away }: Sites) => ({
  a: byName('a.localhost', home),
  b: byName('b.localhost', away),
})

test.describe('from A’s page to site B', () => {
  test('a cookie that B set comes back to B', async ({ page, sites }) => {
    const { a, b } = localhosts(sites)
    await openLibrary(page, a)
    const seen = await page.evaluate(
      async ([b, cookie]) => {
        const session = new sessionFetch.Session({ baseUrl: b })
        const before = await session.get('cookies').json()
        await session.get(cookie)
        const again = await new sessionFetch.Session().get(`${b}cookies`).json()
        return [before, await session.get('cookies').json(), again]
      },
      [b, crossSiteCookie] as const,
    )
    expect(seen).toEqual([{}, { sid: '42' }, { sid: '42' }])
  })

  test('a cookie that B set on a redirect is there at the next hop', async ({ page, sites }) => {
    const { a, b } = localhosts(sites)
    await openLibrary(page, a)
    const seen = await page.evaluate(async (baseUrl) => {
      const params = { url: '/cookies', cookie: 'sid=42; Path=/; SameSite=None; Secure' }
      const response = await new sessionFetch.Session({ baseUrl }).get('redirect-to', { params })
      return [response.url, response.redirected, response.history, await response.json()]
    }, b)
    expect(seen).toEqual([`${b}cookies`, true, [], { sid: '42' }])
  })

  test('headers, params, JSON and auth pass the preflight', async ({ page, sites }) => {
    const { a, b } = localhosts(sites)
    await openLibrary(page, a)
    const seen = await page.evaluate(async (baseUrl) => {
      const session = new sessionFetch.Session({
        baseUrl,
        headers: { 'X-App': 'demo' },
        params: { lang: 'en' },
        auth: ['user', 'secret'],
      })
      const { method, target, headers, body } = await session.put('echo', { json: { a: 1 } }).json<{
        method: string
        target: string
        headers: Record<string, string>
        body: string
      }>()
      return [method, target, headers['x-app'], headers['authorization'], body]
    }, b)
    expect(seen).toEqual(['PUT', '/echo?lang=en', 'demo', `Basic ${btoa('user:secret')}`, '{"a":1}'])
  })

  test('a SameSite=Lax cookie of B stays out of A’s calls', async ({ page, sites }) => {
    const { a, b } = localhosts(sites)
    await page.goto(`${b}${ownCookie}`)
    await openLibrary(page, a)
    const seen = await page.evaluate((b) => new sessionFetch.Session().get(`${b}cookies`).json(), b)
    expect(seen).toEqual({})
  })

  test('a call may leave its credentials out', async ({ page, sites }) => {
    const { a, b } = localhosts(sites)
    await openLibrary(page, a)
    const seen = await page.evaluate(
      async ([b, cookie]) => {
        const session = new sessionFetch.Session({ baseUrl: b })
        await session.get(cookie)
        const left = ['omit', 'same-origin', 'include'] as const
        return Promise.all(left.map((credentials) => session.get('cookies', { credentials }).json()))
      },
      [b, crossSiteCookie] as const,
    )
    expect(seen).toEqual([{}, {}, { sid: '42' }])
  })

  test('a session at home on A sends B none of its credentials', async ({ page, sites }) => {
    const { a, b } = localhosts(sites)
    await openLibrary(page, a)
    const seen = await page.evaluate(
      async ([a, b, cookie]) => {
        await new sessionFetch.Session().get(`${b}${cookie}`)
        const session = new sessionFetch.Session({ baseUrl: a, headers: { 'X-Key': 'secret' } })
        const { headers } = await session.get(`${b}echo`).json<{ headers: Record<string, string> }>()
        return ['cookie' in headers, 'x-key' in headers]
      },
      [a, b, crossSiteCookie] as const,
    )
    expect(seen).toEqual([false, false])
  })

  test('a site without CORS is a ConnectionError, and a TypeError from fetch', async ({ page, sites }) => {
    const { a, b } = localhosts(sites)
    await openLibrary(page, a)
    const seen = await page.evaluate(async (url) => {
      const session = new sessionFetch.Session()
      const ours = await session.get(url).catch((error: unknown) => error)
      const theirs = await session.fetch(url).catch((error: unknown) => error)
      if (!(ours instanceof sessionFetch.ConnectionError)) throw ours
      return [ours.code, ours.request?.url, ours.cause instanceof TypeError, theirs instanceof TypeError]
    }, `${b}no-cors/json`)
    expect(seen).toEqual(['ERR_CONNECTION', `${b}no-cors/json`, true, true])
  })

  test('B’s cookies are out of reach for session.cookies', async ({ page, sites }) => {
    const { a, b } = localhosts(sites)
    await openLibrary(page, a)
    const seen = await page.evaluate(async (url) => {
      const { cookies } = new sessionFetch.Session()
      const error = await cookies.getAll({ url }).catch((error: unknown) => error)
      return error instanceof sessionFetch.UnsupportedError
    }, b)
    expect(seen).toBe(true)
  })
})

test.describe('over plain http with names that are not localhost', () => {
  test('two hosts of one site share no cookies, but A’s page sends B its own', async ({ page, sites }) => {
    const [app, api] = [byName('app.shop.test', sites.home), byName('api.shop.test', sites.away)]
    await openLibrary(page, app)
    const seen = await page.evaluate(
      async ([app, api, cookie]) => {
        const session = new sessionFetch.Session()
        await session.get(`${api}${cookie}`)
        return [await session.get(`${api}cookies`).json(), await session.get(`${app}cookies`).json()]
      },
      [app, api, ownCookie] as const,
    )
    expect(seen).toEqual([{ own: '1' }, {}])
  })

  test('two sites: the browser takes no cookie from B, whose answer comes all the same', async ({
    page,
    sites,
  }) => {
    const [app, api] = [byName('app.test', sites.home), byName('api.test', sites.away)]
    await openLibrary(page, app)
    const seen = await page.evaluate(
      async ([api, ...cookies]) => {
        const session = new sessionFetch.Session({ baseUrl: api })
        const statuses = []
        for (const cookie of cookies) statuses.push((await session.get(cookie)).status)
        return [statuses, await session.get('cookies').json()]
      },
      [api, crossSiteCookie, ownCookie] as const,
    )
    expect(seen).toEqual([[200, 200], {}])
  })
})
