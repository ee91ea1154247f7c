import { describe, expect, it } from 'vitest'
import { testSession, thrown } from '../../test/test-session.js'
import type { CallOptions, SessionOptions } from '../call/options.js'
import { InvalidRequestError } from '../model/errors.js'
import { originsOf, isSameOriginOrUpgrade } from './origins.js'

describe('originsOf', () => {
  it('matches every URL without baseUrl and origins', () => {
    const home = originsOf(null, [])
    expect([home.named, home.has(new URL('https://any.test'))]).toEqual([false, true])
  })

  it.each([
    ['https://api.test/other?q', true],
    ['https://api.test:443/', true],
    ['http://api.test/', false],
    ['https://api.test:8443/', false],
    ['https://sub.api.test/', false],
    ['https://api.test.evil.test/', false],
    ['https://evilapi.test/', false],
  ])('of https://api.test/v1/ has %s: %s', (url, at) => {
    expect(originsOf('https://api.test/v1/', []).has(new URL(url))).toBe(at)
  })

  it.each([
    ['https://*.example.com', 'https://a.example.com/', true],
    ['https://*.example.com', 'https://a.b.example.com/', true],
    ['https://*.example.com', 'https://example.com/', false],
    ['https://*.example.com', 'https://evilexample.com/', false],
    ['https://*.example.com', 'https://a.example.com.evil.test/', false],
    ['https://*.example.com', 'http://a.example.com/', false],
    ['https://*.example.com', 'https://a.example.com:8443/', false],
    ['https://*.example.com:8443', 'https://a.example.com:8443/', true],
    ['HTTPS://*.EXAMPLE.com:443', 'https://a.example.com/', true],
    ['https://*.bücher.test', 'https://a.xn--bcher-kva.test/', true],
    ['https://example.com', 'https://example.com/a', true],
    ['https://example.com/', 'https://example.com/a', true],
    ['https://example.com', 'https://a.example.com/', false],
    ['http://example.com:80', 'http://example.com/', true],
  ])('with the origin %s has %s: %s', (origin, url, at) => {
    const home = originsOf(null, [origin])
    expect([home.named, home.has(new URL(url))]).toEqual([true, at])
  })

  it.each([
    'example.com',
    'https://example.com/path',
    'https://example.com?q',
    'https://me@example.com',
    'https://*',
    'https://*example.com',
    'https://a.*.com',
    'https://*.a/b',
    '*',
    'ftp://example.com',
    '',
  ])('refuses %j as an origin', (origin) => {
    expect(thrown(() => testSession(undefined, { origins: [origin] }))).toBeInstanceOf(InvalidRequestError)
  })

  it('does not show passwords in errors', () => {
    expect(
      String(thrown(() => testSession(undefined, { origins: ['https://me:canary@example.com/x'] }))),
    ).not.toContain('canary')
  })
})

describe('isSameOriginOrUpgrade', () => {
  it.each([
    ['https://api.test/a', 'https://api.test/b', true],
    ['https://api.test/', 'https://api.test:443/', true],
    ['http://api.test/', 'https://api.test/', true],
    ['https://api.test/', 'http://api.test/', false],
    ['http://api.test:80/', 'https://api.test:443/', true],
    ['http://api.test:8080/', 'https://api.test/', false],
    ['http://api.test/', 'https://api.test:8443/', false],
    ['http://api.test/', 'https://sub.api.test/', false],
    ['https://api.test/', 'https://api.test:8443/', false],
    ['https://api.test/', 'https://other.test/', false],
    ['https://api.test/', 'https://api.test./', false],
  ])('from %s to %s: %s', (from, to, stays) => {
    expect(isSameOriginOrUpgrade(new URL(from), new URL(to))).toBe(stays)
  })
})

describe('Session defaults', () => {
  const options: SessionOptions = {
    auth: ['me', 'pw'],
    headers: {
      'X-Api-Key': 'k',
      Cookie: 'a=1',
      Accept: 'a/b',
      'Accept-Language': 'de',
      'User-Agent': 'demo',
    },
    params: { key: 'k' },
    credentials: 'include',
    cache: 'no-store',
  }

  it('are sent to any origin without baseUrl and origins', async () => {
    const { session, sent } = testSession(undefined, options)
    await session.get('https://any.test/')
    expect(sent().url).toBe('https://any.test/?key=k')
    expect(sent().headers.get('X-Api-Key')).toBe('k')
    expect(sent().headers.get('Authorization')).toBe(`Basic ${btoa('me:pw')}`)
    expect(sent().credentials).toBe('include')
  })

  it.each([
    ['baseUrl', { baseUrl: 'https://api.test' }, 'https://api.test/a'],
    ['origins', { origins: ['https://*.api.test'] }, 'https://eu.api.test/a'],
  ])('go home where %s names it', async (_what, home, url) => {
    const { session, sent } = testSession(undefined, { ...options, ...home })
    await session.get(url)
    expect(sent().url).toBe(`${url}?key=k`)
    expect(sent().headers.get('X-Api-Key')).toBe('k')
    expect(sent().headers.has('Authorization')).toBe(true)
    expect(sent().credentials).toBe('include')
  })

  it.each([
    ['another host', 'https://other.test/a'],
    ['another port', 'https://api.test:8443/a'],
    ['http', 'http://api.test/a'],
    ['a host below', 'https://sub.api.test/a'],
  ])('are not sent on a call to %s', async (_what, url) => {
    const { session, sent } = testSession(undefined, { ...options, baseUrl: 'https://api.test' })
    await session.get(url)
    expect(sent().url).toBe(url)
    expect(Object.fromEntries(sent().headers)).toEqual({
      accept: 'a/b',
      'accept-language': 'de',
      'user-agent': 'demo',
    })
    expect(sent().credentials).toBeUndefined()
    expect(sent().cache).toBe('no-store')
  })

  it('keep the call’s own options for another host', async () => {
    const { session, sent } = testSession(undefined, { ...options, baseUrl: 'https://api.test' })
    await session.get('https://other.test/', {
      headers: { 'X-Mine': '1' },
      params: { q: '1' },
      auth: ['you', 'pw'],
      credentials: 'include',
    })
    expect(sent().url).toBe('https://other.test/?q=1')
    expect(sent().headers.get('X-Mine')).toBe('1')
    expect(sent().headers.get('Authorization')).toBe(`Basic ${btoa('you:pw')}`)
    expect(sent().credentials).toBe('include')
  })

  it('accept one origin instead of a list', () => {
    const { session } = testSession(undefined, { origins: 'https://a.test' as unknown as string[] })
    expect(session.origins).toEqual(['https://a.test'])
    expect(session.home.has(new URL('https://a.test/x'))).toBe(true)
  })

  it('follow baseUrl and origins as they change', async () => {
    const { session, sent } = testSession(undefined, { ...options, baseUrl: 'https://api.test' })
    session.origins = ['https://other.test']
    await session.get('https://other.test/')
    session.origins = []
    await session.get('https://other.test/')
    session.baseUrl = 'https://other.test'
    await session.get('https://other.test/')
    expect([0, 1, 2].map((index) => sent(index).headers.has('X-Api-Key'))).toEqual([true, false, true])
  })

  it('send the credentials of baseUrl to its origin only', async () => {
    const { session, sent } = testSession(undefined, {
      baseUrl: 'https://me:pw@api.test/',
      origins: ['https://b.test'],
    })
    expect(session.baseUrl).toBe('https://api.test/')
    await session.get('a')
    await session.get('https://b.test/')
    session.baseUrl = 'https://you:pw@other.test/'
    await session.get('a')
    expect([0, 1, 2].map((index) => sent(index).headers.get('Authorization'))).toEqual([
      `Basic ${btoa('me:pw')}`,
      null,
      `Basic ${btoa('you:pw')}`,
    ])
  })

  it('are stripped from a prepared request that is sent to another origin', async () => {
    const { session, sent } = testSession(undefined, { ...options, baseUrl: 'https://api.test' })
    const request = session.prepare('GET', 'a')
    request.url = 'https://evil.test/'
    await session.send(request)
    expect(sent().headers.has('Authorization')).toBe(false)
  })

  it('are stripped from a copy for another origin that a hook returns', async () => {
    const { session, sent } = testSession(undefined, { ...options, baseUrl: 'https://api.test' })
    const astray = (url: string): CallOptions => ({
      hooks: { request: ({ request }) => request.copy({ url }) },
    })
    await session.get('a', astray('https://evil.test/'))
    expect([sent().url, sent().headers.has('Authorization')]).toEqual(['https://evil.test/', false])
    for (const url of ['/relative', 'https://me:pw@evil.test/'])
      await expect(session.get('a', astray(url))).rejects.toThrow(InvalidRequestError)
  })
})
