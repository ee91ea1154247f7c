import type { EngineName } from '../src/engines/engine.js'
import type { Scheme, Sites } from '../src/sites.js'
import { expect, openLibrary, test } from '../src/test.js'

const crossSiteCookie = 'set-cookie?line=sid=42;%20Path=/;%20SameSite=None;%20Secure'
const ownCookie = 'set-cookie?line=own=1;%20Path=/;%20SameSite=Lax'

/** Two sites in secure contexts: by https, or by plain http on names that are loopback by definition. */
const hosts: Record<Scheme, { a: string; b: string }> = {
  http: { a: 'a.localhost', b: 'b.localhost' },
  https: { a: 'app.test', b: 'api.test' },
}

const sid = { sid: '42' }

/** B's Secure cookie, if the engine accepts it: in WebKitGTK only over https, also on loopback. */
const takenFrom = (scheme: Scheme, engine: EngineName) =>
  engine === 'webkit' && scheme === 'http' ? {} : sid

for (const scheme of ['http', 'https'] as const) {
  const twoSites = (sites: Sites) => ({
    a: sites[scheme].home.at(hosts[scheme].a),
    b: sites[scheme].away.at(hosts[scheme].b),
  })

  test.describe(`from A’s page to site B over ${scheme}`, () => {
    test('a cookie that B set is sent to B', async ({ tab, sites, engineName }) => {
      const { a, b } = twoSites(sites)
      await openLibrary(tab, a)
      const seen = await tab.evaluate(
        async ([b, cookie]) => {
          const session = new sessionFetch.Session({ baseUrl: b })
          const before = await session.get('cookies').json()
          await session.get(cookie)
          const again = await new sessionFetch.Session().get(`${b}cookies`).json()
          return [before, await session.get('cookies').json(), again]
        },
        [b, crossSiteCookie] as const,
      )
      const cookies = takenFrom(scheme, engineName)
      expect(seen).toEqual([{}, cookies, cookies])
    })

    test('a cookie that B set on a redirect is sent with the next hop', async ({
      tab,
      sites,
      engineName,
    }) => {
      const { a, b } = twoSites(sites)
      await openLibrary(tab, a)
      const seen = await tab.evaluate(async (baseUrl) => {
        const params = { url: '/cookies', cookie: 'sid=42; Path=/; SameSite=None; Secure' }
        const response = await new sessionFetch.Session({ baseUrl }).get('redirect-to', { params })
        return [response.url, response.redirected, response.history, await response.json()]
      }, b)
      expect(seen).toEqual([`${b}cookies`, true, [], takenFrom(scheme, engineName)])
    })

    test('headers, params, JSON and auth pass the preflight', async ({ tab, sites }) => {
      const { a, b } = twoSites(sites)
      await openLibrary(tab, a)
      const seen = await tab.evaluate(async (baseUrl) => {
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

    test('a SameSite=Lax cookie of B is not sent with A’s calls', async ({ tab, sites }) => {
      const { a, b } = twoSites(sites)
      await tab.goto(`${b}${ownCookie}`)
      await openLibrary(tab, a)
      const seen = await tab.evaluate((b) => new sessionFetch.Session().get(`${b}cookies`).json(), b)
      expect(seen).toEqual({})
    })

    test('a call may omit credentials', async ({ tab, sites, engineName }) => {
      const { a, b } = twoSites(sites)
      await openLibrary(tab, a)
      const seen = await tab.evaluate(
        async ([b, cookie]) => {
          const session = new sessionFetch.Session({ baseUrl: b })
          await session.get(cookie)
          const left = ['omit', 'same-origin', 'include'] as const
          return Promise.all(left.map((credentials) => session.get('cookies', { credentials }).json()))
        },
        [b, crossSiteCookie] as const,
      )
      expect(seen).toEqual([{}, {}, takenFrom(scheme, engineName)])
    })

    test('a session with baseUrl on A sends B no credentials', async ({ tab, sites }) => {
      const { a, b } = twoSites(sites)
      await openLibrary(tab, a)
      const seen = await tab.evaluate(
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

    test('a site without CORS is a ConnectionError, and a TypeError from fetch', async ({ tab, sites }) => {
      const { a, b } = twoSites(sites)
      await openLibrary(tab, a)
      const seen = await tab.evaluate(async (url) => {
        const session = new sessionFetch.Session()
        const ours = await session.get(url).catch((error: unknown) => error)
        const theirs = await session.fetch(url).catch((error: unknown) => error)
        if (!(ours instanceof sessionFetch.ConnectionError)) throw ours
        return [ours.code, ours.request?.url, ours.cause instanceof TypeError, theirs instanceof TypeError]
      }, `${b}no-cors/json`)
      expect(seen).toEqual(['ERR_CONNECTION', `${b}no-cors/json`, true, true])
    })

    test('session.cookies cannot read B’s cookies', async ({ tab, sites }) => {
      const { a, b } = twoSites(sites)
      await openLibrary(tab, a)
      const seen = await tab.evaluate(async (url) => {
        const { cookies } = new sessionFetch.Session()
        const error = await cookies.getAll({ url }).catch((error: unknown) => error)
        return error instanceof sessionFetch.UnsupportedError
      }, b)
      expect(seen).toBe(true)
    })
  })
}

test.describe('between two hosts of one site, over https', () => {
  test('a cookie for the site is sent to both hosts, a host-only one to its host', async ({ tab, sites }) => {
    const { home, away } = sites.https
    const [app, api] = [home.at('app.shop.test'), away.at('api.shop.test')]
    await openLibrary(tab, app)
    const seen = await tab.evaluate(
      async ([app, api]) => {
        const session = new sessionFetch.Session({ baseUrl: api, origins: [new URL(app).origin] })
        const line = ['site=1; Path=/; Domain=shop.test; SameSite=Strict; Secure', 'own=1; Path=/; HttpOnly']
        await session.get('set-cookie', { params: { line } })
        return [await session.get('cookies').json(), await session.get(`${app}cookies`).json()]
      },
      [app, api] as const,
    )
    expect(seen).toEqual([{ site: '1', own: '1' }, { site: '1' }])
  })
})

test.describe('over plain http with names that are not localhost', () => {
  test('two hosts of one site share no cookies, but A’s page sends B its own', async ({ tab, sites }) => {
    const [app, api] = [sites.http.home.at('app.shop.test'), sites.http.away.at('api.shop.test')]
    await openLibrary(tab, app)
    const seen = await tab.evaluate(
      async ([app, api, cookie]) => {
        const session = new sessionFetch.Session()
        await session.get(`${api}${cookie}`)
        return [await session.get(`${api}cookies`).json(), await session.get(`${app}cookies`).json()]
      },
      [app, api, ownCookie] as const,
    )
    expect(seen).toEqual([{ own: '1' }, {}])
  })

  test('two sites: the browser stores no cookie of B, and returns the response nevertheless', async ({
    tab,
    sites,
  }) => {
    const [app, api] = [sites.http.home.at('app.test'), sites.http.away.at('api.test')]
    await openLibrary(tab, app)
    const seen = await tab.evaluate(
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
