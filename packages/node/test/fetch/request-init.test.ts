import { describe, expect, it } from 'vitest'
import { impliedHeaders } from '@session-fetch/core/adapter'
import { InvalidRequestError, type Session, UnsupportedError } from '@session-fetch/node'
import { head, ok } from '@session-fetch/test-support/fault-server'
import { WAYS, serve, sessionBy, sessionOver } from '../fault-stage.js'
import { firstOf } from './cases/fetch-case.js'
import { MEMBERS, outcomeOf } from './cases/init-members.js'

const values = Object.entries(MEMBERS).flatMap(([member, inits]) =>
  Object.entries(inits).map(([value, init]) => [member, value, init] as const),
)

/** `session.get`, or the verb of the init's method, as a fetch. */
function verbOf(session: Session): typeof fetch {
  return async (url, { method = 'GET', ...init } = {}) =>
    session.request(method, url instanceof Request ? url.url : url, init)
}

describe.each(WAYS)('RequestInit as options of a call, over %s', (way) => {
  it.each(values.filter(([, value]) => value !== 'a stream'))(
    '%s: %s is as by session.fetch',
    async (_member, _value, init) => {
      const session = sessionBy(way)
      const [asFetch, asVerb] = [
        await outcomeOf({ fetch: session.fetch, serve }, init),
        await outcomeOf({ fetch: verbOf(session), serve }, init),
      ]
      expect(asVerb.replace(/^(?:InvalidRequest|Unsupported|Connection)Error/, 'TypeError')).toBe(asFetch)
    },
  )

  it('may be settings of the session', async () => {
    const server = await serve(({ send }) => send(ok()))
    const session = sessionBy(way, {
      cache: 'no-store',
      referrer: `${server.url}from`,
      referrerPolicy: 'origin',
    })
    await session.get(server.url)
    await session.get(server.url, { cache: 'default', referrer: '' })
    await session.get(server.url, { cache: null as never, referrer: null as never })
    expect(server.requests.map(({ headers }) => [headers['cache-control'], headers['referer']])).toEqual([
      ['no-cache', server.url],
      [undefined, undefined],
      [undefined, undefined],
    ])
  })
})

describe.each(WAYS.slice(0, 3))('session.get with a RequestInit, over %s,', (way) => {
  it.each([
    ['integrity', { integrity: 'sha256-AAAA' }],
    ['cache', { cache: 'only-if-cached' } as const],
    ['dispatcher', { platform: { dispatcher: { dispatch: () => true } } }],
  ])('%s is refused, be it passed over elsewhere', async (name, call) => {
    const server = await serve(({ send }) => send(ok()))
    for (const unsupported of ['error', 'ignore'] as const) {
      const refused = sessionBy(way, { unsupported }).get(server.url, call)
      await expect(refused).rejects.toThrow(UnsupportedError)
      await expect(refused).rejects.toThrow(name)
    }
    expect(server.requests).toEqual([])
  })

  it('keeps a Referer and a Cache-Control header of the caller', async () => {
    const server = await serve(({ send }) => send(ok()))
    const headers = { Referer: 'http://from.test/a?b', 'Cache-Control': 'max-age=5', Pragma: 'x' }
    await sessionBy(way).get(server.url, { referrer: server.url, cache: 'reload', headers })
    expect(firstOf(server).headers).toMatchObject({
      referer: 'http://from.test/a?b',
      'cache-control': 'max-age=5',
      pragma: 'x',
    })
  })
})

describe('RequestInit: a word that a member does not have', () => {
  it.each(['cache', 'credentials', 'mode', 'redirect', 'referrerPolicy', 'priority'] as const)(
    'is refused for %s, said by a call, a session, its setting or a hook, and named',
    async (name) => {
      const server = await serve(({ send }) => send(ok()))
      const word = { [name]: 'never' }
      const hook = ({ request }: { request: object }): void => void Object.assign(request, word)
      for (const call of [
        () => sessionOver('sockets').get(server.url, word),
        async () => sessionOver('sockets', word).get(server.url),
        async () => Object.assign(sessionOver('sockets'), word).get(server.url),
        () => sessionOver('sockets').get(server.url, { hooks: { request: hook } }),
      ]) {
        await expect(call()).rejects.toThrow(InvalidRequestError)
        await expect(call()).rejects.toThrow(`${name} must be one of '`)
      }
      expect(server.requests).toEqual([])
    },
  )
})

describe('referrer: the header Referer', () => {
  const FROM = 'https://user:secret@from.test/a?b#c'
  const WHOLE = 'https://from.test/a?b'
  const ORIGIN = 'https://from.test/'

  /** https://w3c.github.io/webappsec-referrer-policy/#referrer-policies */
  it.each<[ReferrerPolicy, same: string | null, cross: string | null, down: string | null]>([
    ['', WHOLE, ORIGIN, null],
    ['no-referrer', null, null, null],
    ['no-referrer-when-downgrade', WHOLE, WHOLE, null],
    ['same-origin', WHOLE, null, null],
    ['origin', ORIGIN, ORIGIN, ORIGIN],
    ['strict-origin', ORIGIN, ORIGIN, null],
    ['origin-when-cross-origin', WHOLE, ORIGIN, ORIGIN],
    ['strict-origin-when-cross-origin', WHOLE, ORIGIN, null],
    ['unsafe-url', WHOLE, WHOLE, WHOLE],
  ])('by the policy %j', (referrerPolicy, ...expected) => {
    const session = sessionOver('sockets')
    const urls = ['https://from.test/x', 'https://other.test/', 'http://from.test/']
    const referers = urls.map((url) => {
      const implied = impliedHeaders(session.prepare('GET', url, { referrer: FROM, referrerPolicy }))
      return implied[0] === 'referer' ? implied[1] : null
    })
    expect(referers).toEqual(expected)
  })

  it.each([
    ['data:text/plain,x', null],
    ['about:blank', null],
    ['file:///etc/passwd', null],
    [`${WHOLE}${'x'.repeat(5000)}`, ORIGIN],
    ['http://127.0.0.1:1/a', 'http://127.0.0.1:1/'],
  ])('of %.30s', (referrer, expected) => {
    const request = sessionOver('sockets').prepare('GET', 'https://from.test/', { referrer })
    expect(impliedHeaders(request)[1] ?? null).toBe(expected)
  })

  it('is computed from the referrer for each hop', async () => {
    const other = await serve(({ send }) => send(ok()))
    const server = await serve(({ send }) =>
      send(head('302 Found', `Location: ${other.url}`, 'Content-Length: 0')),
    )
    await sessionOver('sockets').get(server.url, { referrer: `${server.url}a?secret` })
    expect(firstOf(server).headers['referer']).toBe(`${server.url}a?secret`)
    expect(firstOf(other).headers['referer']).toBe(server.url)
  })
})
