import { describe, expect, it } from 'vitest'
import { testSession, thrown } from '../../test/test-session.js'
import { InvalidRequestError } from '../model/errors.js'
import { exportSession, importedOptions } from '../session/export.js'
import { resolveBase, resolveUrl } from './url.js'

const BASE = 'https://api.test/v1/'

describe('resolveUrl', () => {
  it.each([
    ['users', 'https://api.test/v1/users'],
    ['./users', 'https://api.test/v1/users'],
    ['/users', 'https://api.test/users'],
    ['../users', 'https://api.test/users'],
    ['?q=1', 'https://api.test/v1/?q=1'],
    ['', 'https://api.test/v1/'],
    ['#f', 'https://api.test/v1/#f'],
    ['https:users', 'https://api.test/v1/users'],
    ['https://other.test', 'https://other.test/'],
  ])('joins %j to the base as %s', (input, expected) => {
    expect(resolveUrl(input, BASE).url.href).toBe(expected)
  })

  it('takes a URL object', () => {
    expect(resolveUrl(new URL('https://api.test/a'), null)).toEqual({
      url: new URL('https://api.test/a'),
      credentials: null,
    })
  })

  it('does not change the URL object it is given', () => {
    const given = new URL('https://me:pw@api.test/')
    resolveUrl(given, null)
    expect(given.href).toBe('https://me:pw@api.test/')
  })

  it.each([
    ['https://bücher.test/ä?ö', 'https://xn--bcher-kva.test/%C3%A4?%C3%B6'],
    ['https://EXAMPLE.test:443/', 'https://example.test/'],
    ['http://127.1/', 'http://127.0.0.1/'],
    ['https://ａpi.test', 'https://api.test/'],
    [' https://api.test/a\t', 'https://api.test/a'],
    ['https://api.test/a/../b', 'https://api.test/b'],
  ])('reads %j as %s', (input, expected) => {
    expect(resolveUrl(input, null).url.href).toBe(expected)
  })

  it.each([
    ['https://me:pw@api.test/', ['me', 'pw']],
    ['https://me@api.test/', ['me', '']],
    ['https://:pw@api.test/', ['', 'pw']],
    ['https://u%40x:p%3A%2F%25@api.test/', ['u@x', 'p:/%']],
    ['https://ü:ö@api.test/', ['ü', 'ö']],
    ['https://me:100%@api.test/', ['me', '100%']],
  ])('takes the credentials out of %j', (input, credentials) => {
    const target = resolveUrl(input, null)
    expect(target.credentials).toEqual(credentials)
    expect(target.url.href).toBe('https://api.test/')
  })

  it.each([
    ['users', /"users" is not a valid URL; it needs https:\/\/ or a baseUrl/],
    ['api.test/users', /it needs https:\/\//],
    ['/users', /"\/users".*or a baseUrl/],
    ['', /not a valid URL/],
    ['https://', /not a valid URL/],
    ['https://a b/', /not a valid URL/],
    ['https://api.test:99999/', /not a valid URL/],
    ['https://*.api.test/', /not a valid URL/],
    ['https://.api.test/', /not a valid URL/],
  ])('refuses %j with a hint', (input, message) => {
    const error = thrown(() => resolveUrl(input, null))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toMatch(message)
  })

  it.each([
    'https://me:canary@api.test:99999/',
    'https://me:can/ary@api.test/',
    'https://me:can#ary@api.test',
    'https://me:can?ary@api.test',
    '//me:canary@api.test/',
    'https://x y/?canary',
  ])('shows no secret of %j when it refuses it', (input) => {
    expect(String(thrown(() => resolveUrl(input, null)))).not.toMatch(/canary|:can/)
  })
})

describe('resolveBase', () => {
  it.each([
    ['https://api.test', 'https://api.test/'],
    ['https://api.test/v1', 'https://api.test/v1/'],
    ['https://api.test/v1/', 'https://api.test/v1/'],
    ['https://api.test/v1?q=1#f', 'https://api.test/v1/'],
  ])('ends %s with a slash: %s', (input, expected) => {
    expect(resolveBase(input, null).url.href).toBe(expected)
  })

  it.each(['ftp://api.test', 'file:///etc/', 'api.test', 'data:,x'])('refuses %s', (input) => {
    expect(thrown(() => testSession(undefined, { baseUrl: input }))).toBeInstanceOf(InvalidRequestError)
  })

  it('joins a relative base to the page', () => {
    expect(resolveBase('/api', 'https://page.test/app/index.html').url.href).toBe('https://page.test/api/')
  })
})

describe('Session URLs', () => {
  it.each([
    ['', 'https://api.test/graphql'],
    [' \n', 'https://api.test/graphql'],
    ['?a=1', 'https://api.test/graphql?a=1'],
    ['\t?a=1#f', 'https://api.test/graphql?a=1#f'],
    ['#f', 'https://api.test/graphql#f'],
    ['x', 'https://api.test/graphql/x'],
    ['.', 'https://api.test/graphql/'],
    ['./', 'https://api.test/graphql/'],
    ['./?a=1', 'https://api.test/graphql/?a=1'],
    ['..', 'https://api.test/'],
    ['/', 'https://api.test/'],
    ['\u00a0', 'https://api.test/graphql/%C2%A0'],
  ])('send %j below a base without a slash to %s', async (url, expected) => {
    const { session, sent } = testSession(undefined, { baseUrl: 'https://me:pw@api.test/graphql?old=1#old' })
    const imported = importedOptions(await exportSession(session, { secrets: true }), {})
    const again = testSession(undefined, imported)
    await session.post(url)
    await session.extend().extend().post(url)
    await session.fork().fork().post(url)
    await session.fetch(url, { method: 'POST' })
    await again.session.post(url)
    expect([0, 1, 2, 3].map((call) => sent(call).url)).toEqual(Array(4).fill(expected))
    expect(again.sent().url).toBe(expected)
    expect(again.sent().headers.get('Authorization')).toBe(`Basic ${btoa('me:pw')}`)
  })

  it('keep the trailing slash of a base', async () => {
    const { session, sent } = testSession(undefined, { baseUrl: 'https://api.test/v1/' })
    await session.extend().get('')
    session.baseUrl = 'https://api.test'
    await session.get('')
    expect([sent(0).url, sent(1).url]).toEqual(['https://api.test/v1/', 'https://api.test/'])
  })

  it.each([
    '//evil.test',
    '\\\\evil.test',
    '/\\evil.test',
    '\\/evil.test',
    ' //evil.test',
    '\t//evil.test',
    'HTTPS://evil.test',
    'https:\\\\evil.test',
    'http:evil.test',
    '//me:pw@evil.test',
    'https://api.test@evil.test/',
    'https://api.test.evil.test',
  ])('takes no defaults to where %j leads', async (url) => {
    const { session, sent } = testSession(undefined, {
      baseUrl: 'https://api.test/v1/',
      auth: ['me', 'canary'],
      headers: { 'X-Api-Key': 'canary' },
      params: { key: 'canary' },
    })
    await session.get(url)
    expect(new URL(sent().url).hostname).toMatch(/evil\.test$/)
    expect(sent().url).not.toContain('canary')
    expect(sent().headers.get('X-Api-Key')).toBeNull()
    expect(sent().headers.get('Authorization') ?? '').not.toContain(btoa('me:canary'))
  })

  it('resolves https: without slashes against the base', async () => {
    const { session, sent } = testSession(undefined, {
      baseUrl: 'https://api.test/v1/',
      headers: { 'X-App': '1' },
    })
    await session.get('https:evil')
    expect(sent().url).toBe('https://api.test/v1/evil')
    expect(sent().headers.get('X-App')).toBe('1')
  })

  it('is relative to the page without a baseUrl', async () => {
    const { session, sent } = testSession(undefined, {}, { pageUrl: () => 'https://page.test/app/' })
    await session.get('me')
    expect(sent().url).toBe('https://page.test/app/me')
  })

  it('does not show the userinfo of a URL, and sends it as Basic', async () => {
    const { session, sent } = testSession()
    const response = await session.get('https://u%40x:p@api.test/a')
    expect(sent().headers.get('Authorization')).toBe(`Basic ${btoa('u@x:p')}`)
    expect([sent().url, response.url, response.request.url]).toEqual(Array(3).fill('https://api.test/a'))
  })
})
