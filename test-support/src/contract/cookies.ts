import { deepEqual, equal, rejects } from './assert.js'
import { cases, inDevelopment } from './contract-case.js'
import { echoed } from './echo.js'

/** Cookies: the session's own in Node, the browser's in a browser. */
export const cookies = cases('cookies', {
  'set by a site are sent back to it': async ({ open, url }) => {
    const session = open()
    await session.get(`${url}set-cookie?line=sid=42;%20Path=/`)
    deepEqual(await session.get(`${url}cookies`).json(), { sid: '42' })
  },

  'set by a redirect are sent with the next hop': async ({ open, url }) => {
    deepEqual(await open().get(`${url}cookies/set?sid=42&lang=en`).json(), { sid: '42', lang: 'en' })
  },

  'open the members’ page after a log-in': async ({ open, url }) => {
    const session = open({ baseUrl: url })
    equal((await session.get('members')).status, 403)
    const welcome = await session.post('login', { form: { name: 'user', password: 'open sesame' } })
    deepEqual([welcome.url, await welcome.json()], [`${url}members`, { welcome: 'member' }])
    equal((await session.get('members')).status, 200)
  },

  'belong to one session in Node and to the whole browser in a page': async ({ open, url, platform }) => {
    await open().get(`${url}cookies/set?sid=42`)
    const seen = await open().get(`${url}cookies`).json()
    deepEqual(seen, platform === 'browser' ? { sid: '42' } : {})
  },

  'are sent to their path only': async ({ open, url }) => {
    const session = open()
    await session.get(`${url}set-cookie?line=deep=1;%20Path=/echo/deep`)
    const [deep, near] = [
      await echoed(session, `${url}echo/deep/er`),
      await echoed(session, `${url}echo/deeper`),
    ]
    deepEqual([deep.headers['cookie'], 'cookie' in near.headers], ['deep=1', false])
  },

  'are sent to their host only, also on redirects': async ({ open, url, otherUrl }) => {
    const session = open()
    const target = encodeURIComponent(`${otherUrl}cookies`)
    const there = await session
      .get(`${url}redirect-to?url=${target}&cookie=${encodeURIComponent('sid=42; Path=/')}`)
      .json()
    deepEqual([there, await session.get(`${url}cookies`).json()], [{}, { sid: '42' }])
  },

  'are deleted when the site expires them': async ({ open, url }) => {
    const session = open()
    await session.get(`${url}cookies/set?sid=42`)
    await session.get(`${url}set-cookie?line=sid=;%20Path=/;%20Max-Age=0`)
    deepEqual(await session.get(`${url}cookies`).json(), {})
  },

  'can be read by name or all together': async ({ open, url }) => {
    const session = open({ baseUrl: url })
    await session.get('cookies/set?sid=42&lang=en')
    equal((await session.cookies.get('sid'))?.value, '42')
    const all = await session.cookies.getAll()
    deepEqual(all.map(({ name, value }) => `${name}=${value}`).sort(), ['lang=en', 'sid=42'])
    equal(await session.cookies.get('none'), null)
  },

  'can be set and deleted by the caller': async ({ open, url }) => {
    const session = open({ baseUrl: url })
    await session.cookies.set('mine', 'yes')
    await session.cookies.set({ name: 'other', value: '1', path: '/' })
    deepEqual(await session.get('cookies').json(), { mine: 'yes', other: '1' })
    await session.cookies.delete('mine')
    deepEqual(await session.get('cookies').json(), { other: '1' })
  },

  'marked HttpOnly are visible in Node and hidden from a page': async ({ open, url, platform }) => {
    const session = open({ baseUrl: url })
    await session.get('set-cookie?line=sid=42;%20Path=/;%20HttpOnly')
    const cookie = await session.cookies.get('sid')
    equal(cookie?.value, platform === 'browser' ? undefined : '42')
    deepEqual(await session.get('cookies').json(), { sid: '42' })
  },

  'of another origin can be read in Node, but not in a page': async (context) => {
    const { open, url, otherUrl, library, platform } = context
    const question = open({ baseUrl: url }).cookies.get({ name: 'sid', url: otherUrl })
    if (platform === 'browser') await rejects(question, library.UnsupportedError)
    else equal(await question, null)
  },

  'given to one call are sent and forgotten in Node, and refused in a page': inDevelopment(
    async (context) => {
      const { open, url, library, platform } = context
      const session = open()
      await session.get(`${url}cookies/set?sid=jar&kept=1`)
      const call = session.get(`${url}cookies`, { cookies: { sid: 'call' } })
      if (platform === 'browser') await rejects(call, library.UnsupportedError)
      else deepEqual(await call.json(), { sid: 'call', kept: '1' })
      deepEqual(await session.get(`${url}cookies`).json(), { sid: 'jar', kept: '1' })
    },
  ),

  'are not sent with credentials: omit': async ({ open, url }) => {
    const session = open({ baseUrl: url })
    await session.get('cookies/set?sid=42')
    const seen = await session.get('cookies', { credentials: 'omit' }).json()
    deepEqual(seen, {})
  },

  'of a functional call are discarded in Node, and kept by a browser': async ({ library, url, platform }) => {
    await library.get(`${url}cookies/set?sid=42`)
    deepEqual(await library.get(`${url}cookies`).json(), platform === 'browser' ? { sid: '42' } : {})
  },
})
