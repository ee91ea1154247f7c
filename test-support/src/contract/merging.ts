import { deepEqual, equal } from './assert.js'
import { cases } from './contract-case.js'
import { echoed } from './echo.js'

/** The merging law for headers, and the care that inputs get. */
export const merging = cases('merging', {
  'session headers are sent with every call': async ({ open, url }) => {
    const session = open({ headers: { 'X-App': 'demo' } })
    const [first, second] = await Promise.all([
      echoed(session, `${url}echo/1`),
      echoed(session, `${url}echo/2`),
    ])
    deepEqual([first.headers['x-app'], second.headers['x-app']], ['demo', 'demo'])
  },

  'a call’s header takes precedence, case-insensitively': async ({ open, url }) => {
    const session = open({ headers: { 'X-App': 'session', 'X-Kept': 'yes' } })
    const seen = await echoed(session, `${url}echo`, { headers: { 'x-app': 'call' } })
    deepEqual([seen.headers['x-app'], seen.headers['x-kept']], ['call', 'yes'])
  },

  'null removes a session header for one call': async ({ open, url }) => {
    const session = open({ headers: { 'X-App': 'demo' } })
    const without = await echoed(session, `${url}echo`, { headers: { 'x-APP': null } })
    const after = await echoed(session, `${url}echo`)
    deepEqual(['x-app' in without.headers, after.headers['x-app']], [false, 'demo'])
  },

  'null as headers, params or hooks removes all of the session’s': async ({ open, url }) => {
    const ran: string[] = []
    const hooks = { request: () => void ran.push('session') }
    const session = open({ headers: { 'X-App': 'demo' }, params: { lang: 'en' }, hooks })
    const seen = await echoed(session, `${url}echo`, { headers: null, params: null, hooks: null })
    deepEqual([seen.headers['x-app'], seen.query, ran], [undefined, [], []])
    equal((await echoed(session, `${url}echo`)).headers['x-app'], 'demo')
  },

  'undefined means not given': async ({ open, url }) => {
    const session = open({ headers: { 'X-App': 'demo' }, params: { lang: 'en' } })
    const init = { headers: { 'X-App': undefined }, params: { lang: undefined } }
    const seen = await echoed(session, `${url}echo`, init)
    deepEqual([seen.headers['x-app'], seen.query], ['demo', [['lang', 'en']]])
  },

  'headers may be a record, pairs or Headers': async ({ open, url }) => {
    const session = open({ headers: [['X-A', 'pairs']] })
    const seen = await echoed(session, `${url}echo`, { headers: new Headers({ 'X-B': 'Headers' }) })
    deepEqual([seen.headers['x-a'], seen.headers['x-b']], ['pairs', 'Headers'])
  },

  'session.headers stays live': async ({ open, url }) => {
    const session = open({ headers: { 'X-Old': '1' } })
    session.headers.set('X-Tenant', '7')
    session.headers.delete('X-Old')
    const { headers } = await echoed(session, `${url}echo`)
    deepEqual([headers['x-tenant'], 'x-old' in headers], ['7', false])
  },

  'arguments of the caller are not modified': async ({ open, url }) => {
    const options = frozen({
      headers: frozen({ 'X-App': 'demo' }),
      params: frozen({ lang: frozen(['en', 'de']) }),
    })
    const headers = new Headers({ 'X-App': 'call' })
    const params = new URLSearchParams({ a: '1' })
    const session = open(options)
    session.headers.set('X-Later', '1')
    session.params.append('later', '1')
    await session.post(`${url}echo`, frozen({ headers, params, json: frozen({ b: 2 }) }))
    deepEqual([[...headers], params.toString()], [[['x-app', 'call']], 'a=1'])
  },

  'two sessions share nothing': async ({ open, url }) => {
    const headers = { 'X-App': 'first' }
    const [first, second] = [open({ headers }), open()]
    first.headers.set('X-More', '1')
    const seen = await echoed(second, `${url}echo`)
    deepEqual(['x-app' in seen.headers, 'x-more' in seen.headers], [false, false])
    equal('X-More' in headers, false)
  },

  'settings are sent to the session origins only': async ({ open, url, otherUrl }) => {
    const session = open({
      baseUrl: url,
      headers: { 'X-Key': 'secret' },
      params: { key: 'secret' },
      auth: ['u', 'p'],
    })
    const [home, away] = [await echoed(session, 'echo'), await echoed(session, `${otherUrl}echo`)]
    deepEqual(
      [home.headers['x-key'], home.query, 'authorization' in home.headers],
      ['secret', [['key', 'secret']], true],
    )
    deepEqual(['x-key' in away.headers, away.query, 'authorization' in away.headers], [false, [], false])
  },

  'without baseUrl and origins, settings are sent to every origin': async ({ open, url, otherUrl }) => {
    const session = open({ headers: { 'X-App': 'demo' } })
    const seen = [await echoed(session, `${url}echo`), await echoed(session, `${otherUrl}echo`)]
    deepEqual(
      seen.map(({ headers }) => headers['x-app']),
      ['demo', 'demo'],
    )
  },
})

function frozen<T extends object>(value: T): T {
  return Object.freeze(value)
}
