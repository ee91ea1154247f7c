import { deepEqual, equal } from './assert.js'
import { cases } from './contract-case.js'
import { echoed } from './echo.js'

const basic = (user: string, password: string): string =>
  `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${user}:${password}`)))}`

/** Credentials that the session adds. */
export const auth = cases('auth', {
  'a pair is Basic, in UTF-8': async ({ open, url }) => {
    const seen = await echoed(open({ auth: ['jürgen', 'päss:word'] }), `${url}echo`)
    equal(seen.headers['authorization'], basic('jürgen', 'päss:word'))
  },

  'gives access to a protected page': async ({ open, url }) => {
    const session = open({ auth: ['user', 'secret'] })
    deepEqual(await session.get(`${url}basic-auth/user/secret`).json(), { authenticated: true, user: 'user' })
    equal((await session.get(`${url}basic-auth/user/other`)).status, 401)
  },

  'stays live': async ({ open, url }) => {
    const session = open()
    session.auth = ['late', 'comer']
    equal((await echoed(session, `${url}echo`)).headers['authorization'], basic('late', 'comer'))
    session.auth = null
    equal('authorization' in (await echoed(session, `${url}echo`)).headers, false)
  },

  'of a call takes precedence, and null removes the session’s': async ({ open, url }) => {
    const session = open({ auth: ['session', '1'] })
    const [other, none] = [
      await echoed(session, `${url}echo`, { auth: ['call', '2'] }),
      await echoed(session, `${url}echo`, { auth: null }),
    ]
    deepEqual([other.headers['authorization'], 'authorization' in none.headers], [basic('call', '2'), false])
  },

  'a call’s Authorization header takes precedence over the session’s auth': async ({ open, url }) => {
    const session = open({ auth: ['session', '1'] })
    const seen = await echoed(session, `${url}echo`, { headers: { authorization: 'Bearer mine' } })
    equal(seen.headers['authorization'], 'Bearer mine')
  },

  'auth takes precedence over an Authorization header in the same call': async ({ open, url }) => {
    const init = { auth: ['call', '2'] as [string, string], headers: { Authorization: 'Bearer mine' } }
    equal((await echoed(open(), `${url}echo`, init)).headers['authorization'], basic('call', '2'))
  },
})
