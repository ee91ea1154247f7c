import { describe, expect, it } from 'vitest'
import { testSession, thrown } from '../../test/test-session.js'
import type { SessionOptions } from '../call/options.js'
import { InvalidRequestError } from '../model/errors.js'

const API = 'https://api.test/'
const options = (): SessionOptions => ({
  baseUrl: API,
  auth: ['me', 'pw'],
  headers: { 'X-App': '1', Authorization: 'Bearer t', Cookie: 'h=1' },
  params: { lang: 'en' },
  timeout: 50,
})

describe('Session extend', () => {
  it('merges new settings over these', async () => {
    const { session, sent } = testSession(undefined, options())
    await session
      .extend({ headers: { 'x-app': null, 'X-New': '2' }, params: { lang: 'de' }, auth: ['you', 'pw'] })
      .get('a')
    expect(sent().url).toBe('https://api.test/a?lang=de')
    expect([sent().headers.get('X-App'), sent().headers.get('X-New')]).toEqual([null, '2'])
    expect(sent().headers.get('Authorization')).toBe(`Basic ${btoa('you:pw')}`)
    expect(sent().settings.timeouts?.total).toBe(50)
  })

  it('is a snapshot: later changes do not affect the other session', () => {
    const { session } = testSession(undefined, options())
    const child = session.extend()
    session.headers.set('X-App', 'parent')
    child.params.set('lang', 'child')
    child.hooks.request.push(() => {})
    expect([child.headers.get('X-App'), session.params.get('lang'), session.hooks.request]).toEqual([
      '1',
      'en',
      [],
    ])
  })

  it('runs the parent’s hooks before its own', async () => {
    const ran: string[] = []
    const { session } = testSession(undefined, { hooks: { request: () => void ran.push('parent') } })
    await session.extend({ hooks: { request: () => void ran.push('child') } }).get(API)
    expect(ran).toEqual(['parent', 'child'])
  })

  it('shares cookies and mounts', async () => {
    const { session, sent, cookies } = testSession(
      () => new Response('ok', { headers: { 'Set-Cookie': 'a=1' } }),
    )
    session.mount('https://mock.test', { send: () => Promise.resolve(new Response('mounted')) })
    const child = session.extend()
    await child.get(API)
    await session.get(API)
    expect([sent(1).headers.get('Cookie'), cookies.headerFor(API)]).toEqual(['a=1', 'a=1'])
    expect(await child.get('https://mock.test').text()).toBe('mounted')
  })

  it('keeps the credentials of the base with the base', async () => {
    const { session, sent } = testSession(undefined, { baseUrl: 'https://me:pw@api.test/' })
    const child = session.extend()
    await child.get('a')
    expect([child.baseUrl, child.auth, sent().headers.get('Authorization')]).toEqual([
      API,
      null,
      `Basic ${btoa('me:pw')}`,
    ])
  })
})

describe('Session fork', () => {
  it.each([['emtpy'], [''], [true], [{}]])('refuses %j for a jar', (jar) => {
    expect(thrown(() => testSession().session.fork({ jar: jar as never }))).toBeInstanceOf(
      InvalidRequestError,
    )
  })

  it('keeps settings, but nothing that identifies the user', async () => {
    const { session, sent } = testSession(undefined, options())
    await session.fork().get('a')
    expect(sent().url).toBe('https://api.test/a?lang=en')
    expect(Object.fromEntries(sent().headers)).toEqual({ 'x-app': '1' })
  })

  it('drops headers and params with secret names', async () => {
    const { session, sent } = testSession(undefined, {
      baseUrl: API,
      headers: {
        'X-API-Key': 'k',
        'X-Auth-Token': 't',
        'X-CSRF-Token': 'c',
        'X-App': '1',
        'X-Access-Key': 'a',
      },
      params: { access_token: 't', api_key: 'k', passwd: 'p', lang: 'en' },
    })
    await session.fork({ headers: { 'X-Api-Key': 'new' } }).get('a')
    expect(sent().url).toBe('https://api.test/a?lang=en')
    expect(Object.fromEntries(sent().headers)).toEqual({ 'x-api-key': 'new', 'x-app': '1' })
    expect(session.headers.get('X-API-Key')).toBe('k')
  })

  it('keeps no credentials of the base', async () => {
    const { session, sent } = testSession(undefined, { baseUrl: 'https://me:pw@api.test/' })
    await session.fork().get('a')
    expect(sent().headers.has('Authorization')).toBe(false)
  })

  it('accepts auth', async () => {
    const { session, sent } = testSession(undefined, options())
    await session.fork({ auth: ['you', 'pw'] }).get('a')
    expect(sent().headers.get('Authorization')).toBe(`Basic ${btoa('you:pw')}`)
  })

  it.each([
    ['copies the cookies', {}, 1],
    ['begins without cookies', { jar: 'empty' as const }, 0],
  ])('%s, as asked', async (_what, how, copies) => {
    const { session, cookies } = testSession()
    await cookies.set('a', '1')
    const fork = session.fork(how)
    expect(await fork.cookies.getAll()).toHaveLength(copies)
    await fork.cookies.set('b', '2')
    expect(await cookies.getAll()).toHaveLength(1)
  })
})
