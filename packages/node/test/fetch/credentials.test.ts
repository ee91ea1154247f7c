import { digest } from '@session-fetch/core/digest'
import type { CallOptions, NodeSessionOptions } from '@session-fetch/node'
import { type FaultServer, head } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { WAYS, serve, sessionBy, sessionOver } from '../fault-stage.js'

/** Responds to every request with a different cookie; `/to?…` redirects. */
async function server(): Promise<FaultServer> {
  let count = 0
  return serve(({ request: { target }, send }) => {
    const cookie = `Set-Cookie: c${++count}=${count}`
    const [path, to] = target.split('?')
    if (path !== '/to') return send(head('200 OK', cookie, 'Content-Length: 0'))
    send(head('302 Found', cookie, `Location: ${decodeURIComponent(to ?? '')}`, 'Content-Length: 0'))
  })
}

const to = (url: string, ...more: string[]): string =>
  `to?${encodeURIComponent(more.length === 0 ? url : `${url}${to(...(more as [string]))}`)}`

/** The credentials in each request that a server received. */
const sent = ({ requests }: FaultServer): string[] =>
  requests.map(({ headers }) => [headers['cookie'], headers['authorization']].filter(Boolean).join(' & '))

const USER: CallOptions['auth'] = ['user', 'secret']
const BASIC = `Basic ${Buffer.from('user:secret').toString('base64')}`
const OMIT: CallOptions = { credentials: 'omit' }

describe.each(WAYS)("credentials: 'omit', over %s,", (way) => {
  it.each<[string, NodeSessionOptions, CallOptions]>([
    ['a call', {}, OMIT],
    ['a session', OMIT, {}],
    ['a call, over what its session says', { credentials: 'include' }, OMIT],
    ['a call, and its own auth and cookies', {}, { ...OMIT, auth: USER, cookies: { own: '1' } }],
  ])('said by %s: no cookies are sent or stored, and no auth is sent', async (_who, options, call) => {
    const home = await server()
    const session = sessionBy(way, { auth: USER, ...options })
    await session.get(home.url, { credentials: 'include', auth: null })
    await session.post(home.url + to('/a'), { body: 'a', ...call })
    expect(await session.cookies.getAll({ url: home.url })).toMatchObject([{ name: 'c1' }])
    expect(sent(home)).toEqual(['', '', ''])
  })

  it('applies to a redirect, and its cookies', async () => {
    const [home, other] = [await server(), await server()]
    const session = sessionBy(way)
    await session.cookies.set({ url: other.url, name: 'known', value: '1' })
    await session.get(home.url + to(other.url), OMIT)
    expect([...sent(home), ...sent(other)]).toEqual(['', ''])
    expect(await session.cookies.getAll({ url: home.url })).toMatchObject([{ name: 'known' }])
  })

  it('applies to session.fetch, a Request, a prepared request and a change by a hook', async () => {
    const home = await server()
    const session = sessionBy(way, { auth: USER })
    await session.cookies.set({ url: home.url, name: 'known', value: '1' })
    await session.fetch(home.url, { credentials: 'omit' })
    await session.fetch(new Request(home.url, { credentials: 'omit' }))
    await session.fetch(new Request(home.url), { credentials: 'omit' })
    await session.send(session.prepare('GET', home.url, OMIT))
    await session.get(home.url, {
      hooks: { request: ({ request }) => void (request.credentials = 'omit') },
    })
    expect(sent(home)).toEqual(['', '', '', '', ''])
  })

  it('does not change the caller’s headers, as in fetch', async () => {
    const home = await server()
    const session = sessionBy(way, { auth: USER })
    await session.get(home.url, { ...OMIT, headers: { Cookie: 'own=1', Authorization: 'Token a' } })
    expect(sent(home)).toEqual(['own=1 & Token a'])
  })

  it('sends no credentials of a URL, the base URL’s or the call’s', async () => {
    const home = await server()
    const url = home.url.replace('//', '//user:secret@')
    await sessionBy(way, { baseUrl: url }).get('a', OMIT)
    await sessionBy(way).get(url, OMIT)
    await sessionBy(way).get(url)
    expect(sent(home)).toEqual(['', '', BASIC])
  })

  it('answers no challenge', async () => {
    const challenge = 'WWW-Authenticate: Digest realm="a", nonce="b", qop="auth"'
    const home = await serve(({ send }) => send(head('401 Unauthorized', challenge, 'Content-Length: 0')))
    const session = sessionBy(way, { auth: digest('user', 'secret') })
    expect((await session.get(home.url, OMIT)).status).toBe(401)
    expect(home.requests).toHaveLength(1)
  })
})

describe.each(WAYS)("credentials: 'same-origin', over %s,", (way) => {
  const SAME: CallOptions = { credentials: 'same-origin', auth: USER }

  it('means the origins of baseUrl and origins', async () => {
    const [home, second, other] = [await server(), await server(), await server()]
    const session = sessionBy(way, { baseUrl: home.url, origins: [new URL(second.url).origin] })
    for (const { url } of [home, second, other]) await session.cookies.set({ url, name: 'known', value: '1' })
    for (const { url } of [home, second, other]) await session.get(url, { credentials: 'same-origin' })
    expect([home, second, other].map((each) => sent(each)[0])).toEqual(['known=1', 'known=1; c1=1', ''])
  })

  it('is supported as a setting of the session, and by session.fetch', async () => {
    const [home, other] = [await server(), await server()]
    const session = sessionBy(way, { baseUrl: home.url, credentials: 'same-origin' })
    await session.get('a')
    await session.fetch(other.url)
    await session.fetch(home.url)
    expect([...sent(home), ...sent(other)]).toEqual(['', 'c1=1', ''])
  })

  it('does not send auth of session or call to another origin', async () => {
    const [home, other] = [await server(), await server()]
    const session = sessionBy(way, { baseUrl: home.url })
    await session.get(home.url, SAME)
    await session.get(other.url, SAME)
    expect([...sent(home), ...sent(other)]).toEqual([BASIC, ''])
  })

  it.each<[string, boolean]>([
    ['with a home', true],
    ['without one', false],
  ])('ends where a redirect leaves, and does not return, for a session %s', async (_what, hasHome) => {
    const [home, other] = [await server(), await server()]
    const session = sessionBy(way, hasHome ? { baseUrl: home.url } : {})
    await session.cookies.set({ url: home.url, name: 'known', value: '1' })
    await session.get(home.url + to(other.url, home.url), SAME)
    expect(sent(other)).toEqual([''])
    expect(sent(home)).toEqual([`known=1 & ${BASIC}`, ''])
  })
})

describe("credentials: 'include'", () => {
  it('is the default of a session', async () => {
    const [home, other] = [await server(), await server()]
    const session = sessionOver('sockets', { baseUrl: home.url })
    await session.get('a')
    await session.get(home.url + to(other.url), { credentials: 'include' })
    await session.get(home.url + to(other.url))
    expect([...sent(home), ...sent(other)]).toEqual([
      '',
      'c1=1',
      'c1=1; c2=2',
      'c1=1; c2=2',
      'c1=1; c2=2; c3=3',
    ])
  })
})
