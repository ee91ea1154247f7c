import { deepEqual, equal, rejects } from './assert.js'
import { cases } from './contract-case.js'
import { echoed } from './echo.js'

/** Query parameters and the base URL. */
export const params = cases('params', {
  'have four forms': async ({ open, url }) => {
    const session = open()
    const forms = [
      { a: '1', b: '2' },
      [
        ['a', '1'],
        ['b', '2'],
      ] as [string, string][],
      new URLSearchParams('a=1&b=2'),
      'a=1&b=2',
    ]
    for (const form of forms) {
      const seen = await echoed(session, `${url}echo`, { params: form })
      equal(seen.target, '/echo?a=1&b=2')
    }
  },

  'numbers and booleans are converted to text, and a list repeats its key': async ({ open, url }) => {
    const seen = await echoed(open(), `${url}echo`, {
      params: { page: 2, all: true, tag: ['x', 'y z', '&'] },
    })
    deepEqual(seen.query, [
      ['page', '2'],
      ['all', 'true'],
      ['tag', 'x'],
      ['tag', 'y z'],
      ['tag', '&'],
    ])
  },

  'the session’s come first and the call’s replace them by key': async ({ open, url }) => {
    const session = open({ params: { lang: 'en', app: 'demo' } })
    const seen = await echoed(session, `${url}echo`, { params: { lang: 'de', page: 1 } })
    deepEqual(seen.query, [
      ['app', 'demo'],
      ['lang', 'de'],
      ['page', '1'],
    ])
  },

  'keys are case-sensitive': async ({ open, url }) => {
    const seen = await echoed(open({ params: { lang: 'en' } }), `${url}echo`, { params: { Lang: 'de' } })
    deepEqual(seen.query, [
      ['lang', 'en'],
      ['Lang', 'de'],
    ])
  },

  'null removes a session param for one call': async ({ open, url }) => {
    const session = open({ params: { lang: 'en', app: 'demo' } })
    const without = await echoed(session, `${url}echo`, { params: { lang: null } })
    deepEqual([without.query, (await echoed(session, `${url}echo`)).query.length], [[['app', 'demo']], 2])
  },

  'a session param whose key is in the URL is not added': async ({ open, url }) => {
    const seen = await echoed(open({ params: { lang: 'en', app: 'demo' } }), `${url}echo?lang=fr`)
    deepEqual(seen.query, [
      ['lang', 'fr'],
      ['app', 'demo'],
    ])
  },

  'a call’s param is added to the same key in the URL': async ({ open, url }) => {
    const seen = await echoed(open(), `${url}echo?tag=a`, { params: { tag: 'b' } })
    deepEqual(seen.query, [
      ['tag', 'a'],
      ['tag', 'b'],
    ])
  },

  'the URL’s own query is not changed': async ({ open, url }) => {
    const seen = await echoed(open({ params: { lang: 'en' } }), `${url}echo?q=a%20b~c&&d`)
    equal(seen.target, '/echo?q=a%20b~c&&d&lang=en')
  },

  'are added before the fragment': async ({ open, url }) => {
    const seen = await echoed(open(), `${url}echo#part`, { params: { a: 1 } })
    equal(seen.target, '/echo?a=1')
  },

  'session.params stays live': async ({ open, url }) => {
    const session = open({ params: { old: '1' } })
    session.params.append('lang', 'en')
    session.params.delete('old')
    deepEqual((await echoed(session, `${url}echo`)).query, [['lang', 'en']])
  },
})

export const baseUrl = cases('baseUrl', {
  'is resolved by the URL standard, as if it ended in a slash': async ({ open, url }) => {
    const session = open({ baseUrl: `${url}echo/v1` })
    const paths = ['users', './users', '../up', '/echo/root', './']
    const seen = await Promise.all(paths.map((path) => echoed(session, path)))
    deepEqual(
      seen.map(({ target }) => target),
      ['/echo/v1/users', '/echo/v1/users', '/echo/up', '/echo/root', '/echo/v1/'],
    )
  },

  'is used as given for relative URLs without a path': async ({ open, url }) => {
    const seen = []
    for (const base of [`${url}echo/graphql`, `${url}echo/v1/`]) {
      const session = open({ baseUrl: base, params: { lang: 'en' } })
      const targets = ['', '?a=1', '#f', ' ', '?']
      seen.push(...(await Promise.all(targets.map((path) => echoed(session, path)))))
    }
    deepEqual(
      seen.map(({ target }) => target),
      ['/echo/graphql', '/echo/v1/'].flatMap((path) =>
        ['?lang=en', '?a=1&lang=en', '?lang=en', '?lang=en', '?lang=en'].map((query) => path + query),
      ),
    )
  },

  'does not change an absolute URL': async ({ open, url, otherUrl }) => {
    const response = await open({ baseUrl: `${url}echo/` }).get(`${otherUrl}json`)
    equal(response.url, `${otherUrl}json`)
  },

  'may be changed at any time': async ({ open, url }) => {
    const session = open({ baseUrl: `${url}echo/v1` })
    session.baseUrl = `${url}echo/v2`
    equal((await echoed(session, 'users')).path, '/echo/v2/users')
  },

  'is required for a relative URL, except in a page': async ({ open, platform, library }) => {
    const call = open().get('/echo')
    if (platform === 'browser') equal((await call).status, 200)
    else await rejects(call, library.InvalidRequestError)
  },
})
