import { inspect } from 'node:util'
import { JarCookies } from '@session-fetch/cookies'
import { InvalidRequestError } from '@session-fetch/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as functional from './functional.js'
import { Session } from './session.js'

const url = 'https://api.test/'
const fetch = vi.fn<(url: string, init: { headers: Headers }) => Promise<Response>>()

beforeEach(() => {
  fetch
    .mockReset()
    .mockImplementation(async () => new Response('ok', { headers: { 'Set-Cookie': 'sid=42; Path=/' } }))
  vi.stubGlobal('fetch', fetch)
})
afterEach(() => vi.unstubAllGlobals())

/** The Cookie header of each request. */
function cookies(): (string | null)[] {
  return fetch.mock.calls.map(([, { headers }]) => headers.get('Cookie'))
}

describe('Session', () => {
  it('keeps cookies, and sends them', async () => {
    const session = new Session({ baseUrl: url })
    await session.get('a')
    await session.get('b')
    expect(cookies()).toEqual([null, 'sid=42'])
    expect(await session.cookies.get('sid')).toMatchObject({ value: '42' })
  })

  it("sends no cookies and no auth with credentials: 'omit'", async () => {
    const session = new Session({ auth: ['user', 'password'] })
    await session.get(url)
    await session.get(url, { credentials: 'omit' })
    expect(cookies()).toEqual([null, null])
    expect(fetch.mock.calls[1]?.[1].headers.has('Authorization')).toBe(false)
  })

  it("takes a tough-cookie jar, or another session's cookies", async () => {
    const { jar } = new JarCookies()
    await new Session({ jar }).get(url)
    expect(await jar.getCookieString(url)).toBe('sid=42')
    const first = new Session()
    await first.get(url)
    await new Session({ jar: first.cookies }).get(url)
    expect(cookies().at(-1)).toBe('sid=42')
  })

  it('shares its jar with extend, copies it with fork, and creates one with jar: empty', async () => {
    const session = new Session({ baseUrl: url })
    await session.get('')
    const [child, copy, empty] = [session.extend(), session.fork(), session.fork({ jar: 'empty' })]
    await session.cookies.set('later', '1')
    for (const one of [child, copy, empty]) await one.get('')
    expect(cookies().slice(1)).toEqual(['sid=42; later=1', 'sid=42', null])
    expect(() => session.extend({ jar: new JarCookies() } as object)).toThrow(InvalidRequestError)
  })

  it('exports and imports', async () => {
    const session = new Session({ baseUrl: url, headers: { 'X-App': 'demo' } })
    await session.get('')
    const copy = await Session.import(await session.export({ cookies: true }))
    expect(await copy.cookies.get('sid')).toMatchObject({ value: '42' })
    expect(copy.headers.get('X-App')).toBe('demo')
  })

  it('shows no secret', () => {
    const session = new Session({ auth: ['user', 'hunter2'], headers: { 'X-Api-Key': 'hunter2' } })
    expect(inspect(session, { depth: 9 }) + JSON.stringify(session)).not.toContain('hunter2')
  })

  it('has links in its responses', async () => {
    fetch.mockImplementation(async () => new Response('', { headers: { Link: '</2>; rel="next"' } }))
    expect((await new Session().get(url)).links['next']?.url).toBe('https://api.test/2')
  })

  it('refuses an unknown option, an invalid jar, and a second object of options', () => {
    expect(() => new Session({ colour: 'red' } as object)).toThrow(InvalidRequestError)
    expect(() => new Session({ jar: {} } as object)).toThrow(InvalidRequestError)
    expect(() => Reflect.construct(Session, [{}, {}])).toThrow(InvalidRequestError)
    expect(new Session({ trustEnv: true } as object)).toBeInstanceOf(Session)
  })
})

describe('get and the other verbs', () => {
  it('forget the cookies of each call', async () => {
    expect(await functional.get(url).text()).toBe('ok')
    expect(await functional.post(url, { json: {} }).text()).toBe('ok')
    expect(cookies()).toEqual([null, null])
  })
})
