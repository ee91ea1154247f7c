import { deepEqual, equal, includes, ok, rejects } from './assert.js'
import { cases } from './contract-case.js'
import type { Transport } from './library.js'

const answering = (name: string): Transport => ({ send: () => Promise.resolve(new Response(name)) })

/** Transports mounted by URL prefix. */
export const transports = cases('transports', {
  'a mounted transport carries the URLs under its prefix': async ({ open, url }) => {
    const session = open({ headers: { 'X-App': 'demo' } })
    const sent: unknown[] = []
    session.mount('https://api.test/', {
      send(request) {
        sent.push(request.method, request.url, request.headers.get('X-App'))
        return Promise.resolve(Response.json({ from: 'transport' }))
      },
    })
    deepEqual(await session.put('https://api.test/users', { params: { a: 1 } }).json(), { from: 'transport' })
    deepEqual(sent, ['PUT', 'https://api.test/users?a=1', 'demo'])
    equal((await session.get(`${url}json`)).status, 200)
  },

  'its plain Response is converted to a SessionResponse': async ({ open }) => {
    const session = open()
    session.mount('demo://', answering('hello'))
    const response = await session.get('demo://host/path')
    deepEqual([response.url, response.request.method, response.history], ['demo://host/path', 'GET', []])
    ok(response.elapsed >= 0, 'elapsed is a number')
    equal(await response.text(), 'hello')
  },

  'the longest prefix wins': async ({ open }) => {
    const session = open()
    const [wide, narrow] = [answering('wide'), answering('narrow')]
    session.mount('https://api.test/', wide)
    session.mount('https://api.test/v2/', narrow)
    const found = ['https://api.test/v1/x', 'https://api.test/v2/x', 'HTTPS://API.test/v2/'].map((at) =>
      session.transportFor(at),
    )
    deepEqual(
      found.map((transport) => transport === narrow),
      [false, true, true],
    )
    equal(await session.get('https://api.test/v2/users').text(), 'narrow')
  },

  'a prefix ends at a boundary': async ({ open }) => {
    const session = open()
    const mounted = answering('mounted')
    session.mount('http://host.test', mounted)
    session.mount('http://paths.test/api', mounted)
    const inside = [
      'http://host.test/',
      'http://host.test/x',
      'http://host.test?q',
      'http://paths.test/api',
      'http://paths.test/api/x',
    ]
    const outside = [
      'http://host.test.evil/',
      'http://host.test:8080/',
      'http://host.test@evil/',
      'http://paths.test/apis',
      'https://host.test/',
    ]
    for (const at of inside) equal(session.transportFor(at) === mounted, true, at)
    for (const at of outside) equal(session.transportFor(at) === mounted, false, at)
  },

  'a URL without a transport is an error that names its scheme': async ({ open, library }) => {
    const error = await rejects(open().get('gopher://host.test/'), library.SessionError)
    includes(error.message, 'gopher')
  },

  'close closes a mounted transport once': async ({ library }) => {
    const session = new library.Session()
    let closed = 0
    session.mount('demo://', { ...answering('hello'), close: () => void (closed += 1) })
    await session.close()
    await session.close()
    equal(closed, 1)
  },

  'calls in sequence share a connection; a browser manages its own': async ({ open, url, platform }) => {
    const session = open()
    const ids: number[] = []
    for (let call = 0; call < 6; call += 1)
      ids.push((await session.get(`${url}connection`).json<{ id: number }>()).id)
    if (platform === 'browser')
      ok(
        ids.every((id) => id > 0),
        'each call came by a connection',
      )
    else deepEqual(new Set(ids).size, 1, `connections used, of ${ids.join()}`)
  },
})
