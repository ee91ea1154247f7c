import { deepEqual, equal, includes, rejects } from './assert.js'
import { cases, inDevelopment } from './contract-case.js'
import { type Echo, echoed } from './echo.js'

/** Who follows redirects, and how they change the request. */
export const redirects = cases('redirects', {
  'are followed; Node has a history, a browser does not': async ({ open, url, platform }) => {
    const response = await open().get(`${url}redirect/3`)
    deepEqual([response.status, response.url, response.redirected], [200, `${url}echo`, true])
    const hops = response.history.map((hop) => [hop.status, hop.url])
    const inNode = [3, 2, 1].map((left) => [302, `${url}redirect/${left}`])
    deepEqual(hops, platform === 'browser' ? [] : inNode)
  },

  'the response’s request is the last one that the session sent': async ({ open, url, platform }) => {
    const response = await open().get(`${url}redirect/1`)
    equal(response.request.url, platform === 'browser' ? `${url}redirect/1` : `${url}echo`)
  },

  'turn a POST into a GET at 301, 302 and 303, without its body': async ({ open, url }) => {
    const session = open()
    for (const status of [301, 302, 303]) {
      const seen = await session
        .post(`${url}redirect-to?url=/echo&status=${status}`, { json: { a: 1 } })
        .json<Echo>()
      deepEqual([seen.method, seen.body, 'content-type' in seen.headers], ['GET', '', false], `at ${status}`)
    }
  },

  'keep a PUT at 301 and 302, and turn it into a GET at 303': async ({ open, url }) => {
    const session = open()
    for (const [status, method] of [
      [301, 'PUT'],
      [302, 'PUT'],
      [303, 'GET'],
    ]) {
      const seen = await session
        .put(`${url}redirect-to?url=/echo&status=${status}`, { body: 'x' })
        .json<Echo>()
      deepEqual([seen.method, seen.body], [method, method === 'PUT' ? 'x' : ''], `at ${status}`)
    }
  },

  'send the method and body again at 307 and 308': async ({ open, url }) => {
    const session = open()
    for (const status of [307, 308]) {
      const seen = await session
        .post(`${url}redirect-to?url=/echo&status=${status}`, { json: { a: 1 } })
        .json<Echo>()
      deepEqual(
        [seen.method, seen.body, seen.headers['content-type']],
        ['POST', '{"a":1}', 'application/json'],
      )
    }
  },

  'keep HEAD': async ({ open, url }) => {
    const response = await open().head(`${url}redirect-to?url=/echo&status=303`)
    deepEqual([response.url, response.headers.get('X-Method')], [`${url}echo`, 'HEAD'])
  },

  'to the same origin keep headers, params and auth': async ({ open, url }) => {
    const session = open({ headers: { 'X-App': 'demo' }, auth: ['user', 'secret'] })
    const { headers } = await echoed(session, `${url}redirect/2`)
    deepEqual([headers['x-app'], headers['authorization']], ['demo', `Basic ${btoa('user:secret')}`])
  },

  'to another origin drop credentials': async ({ open, url, otherUrl, platform }) => {
    const session = open({ headers: { 'X-Key': 'secret' }, auth: ['user', 'secret'] })
    const target = encodeURIComponent(`${otherUrl}echo`)
    const { headers } = await echoed(session, `${url}redirect-to?url=${target}`)
    equal('authorization' in headers, false, 'Authorization at the other origin')
    // A browser's own redirects carry a page's headers on, once the other origin's preflight agrees.
    equal('x-key' in headers, platform === 'browser', 'X-Key at the other origin')
  },

  'without a Location are the response': async ({ open, url }) => {
    const response = await open().get(`${url}redirect-to?status=302`)
    deepEqual([response.status, response.redirected], [302, false])
  },

  'to another scheme are rejected': async ({ open, url, library, platform }) => {
    const call = open().get(`${url}redirect-to?url=${encodeURIComponent('ftp://127.0.0.1/')}`)
    await rejects(call, platform === 'browser' ? library.ConnectionError : library.InvalidRedirectError)
  },

  'redirect: manual hands the redirect over, of which a page would see nothing': inDevelopment(
    async (context) => {
      const { open, url, library, platform } = context
      const call = open().get(`${url}redirect/1`, { redirect: 'manual' })
      if (platform === 'browser') {
        const error = await rejects(call, library.UnsupportedError)
        return includes(error.message, 'redirect')
      }
      const response = await call
      // The http.Agent transport can only tell the location after resolving it.
      const location = new URL(response.headers.get('Location') ?? '', response.url).href
      deepEqual([response.status, location, response.redirected], [302, `${url}echo`, false])
    },
  ),

  'session.fetch supports redirect: manual, opaque if the platform’s is': async ({ open, url, platform }) => {
    const response = await open().fetch(`${url}redirect/1`, { redirect: 'manual' })
    const opaque = platform === 'browser'
    deepEqual([response.status, response.type], opaque ? [0, 'opaqueredirect'] : [302, 'basic'])
  },

  'redirect: error rejects any redirect': async ({ open, url, library }) => {
    await rejects(open().get(`${url}redirect/1`, { redirect: 'error' }), library.SessionError)
    equal((await open().get(`${url}json`, { redirect: 'error' })).status, 200)
  },

  'are limited to twenty': async ({ open, url, library, platform }) => {
    const session = open()
    equal((await session.get(`${url}redirect/20`)).url, `${url}echo`)
    const call = session.get(`${url}redirect/21`)
    if (platform === 'browser') {
      await rejects(call, library.ConnectionError)
      return
    }
    const error = await rejects(call, library.TooManyRedirectsError)
    deepEqual(
      [error.code, error.response?.status, error.response?.history.length],
      ['ERR_TOO_MANY_REDIRECTS', 302, 20],
    )
  },

  'maxRedirects sets another end, where the session follows them': inDevelopment(
    async ({ open, url, library, platform }) => {
      equal((await open({ maxRedirects: 20 }).get(`${url}redirect/1`)).status, 200)
      const call = Promise.resolve().then(() => open({ maxRedirects: 2 }).get(`${url}redirect/3`))
      const error = await rejects(
        call,
        platform === 'browser' ? library.UnsupportedError : library.TooManyRedirectsError,
      )
      if (platform === 'browser') includes(error.message, 'maxRedirects')
      else equal((await open({ maxRedirects: 2 }).get(`${url}redirect/2`)).status, 200)
    },
  ),
})
