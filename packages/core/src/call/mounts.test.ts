import { describe, expect, it } from 'vitest'
import { rejection, testSession, thrown } from '../../test/test-session.js'
import { InvalidRequestError } from '../model/errors.js'
import { SessionResponse } from '../response/session-response.js'
import { type Mounts, type Transport, mockTransport, mountedAt, withMount } from './transport.js'

const transport = (text = 'mounted'): Transport => mockTransport(() => new Response(text))

function matches(prefix: string, url: string): boolean {
  return mountedAt(withMount([], prefix, transport()), new URL(url)) !== undefined
}

describe('mountedAt', () => {
  it.each([
    ['https://', 'https://any.test/a', true],
    ['https://', 'http://any.test/a', false],
    ['http://host', 'http://host/', true],
    ['http://host', 'http://host/a?q#f', true],
    ['http://host', 'http://HOST:80/a', true],
    ['http://host', 'http://host.evil.test/', false],
    ['http://host', 'http://host:8080/', false],
    ['http://host', 'http://hosts/', false],
    ['http://host', 'http://me@other/', false],
    ['http://host', 'https://host/', false],
    ['HTTP://HOST', 'http://host/', true],
    ['http://host:80', 'http://host/', true],
    ['http://host:8080', 'http://host:8080/a', true],
    ['http://host/a', 'http://host/a', true],
    ['http://host/a', 'http://host/a/b', true],
    ['http://host/a', 'http://host/a?q', true],
    ['http://host/a', 'http://host/ab', false],
    ['http://host/a', 'http://host/A', false],
    ['http://host/a', 'http://host/a/../b', false],
    ['http://host/a/', 'http://host/a/b', true],
    ['https://*.host.test', 'https://a.host.test/', true],
    ['https://*.host.test', 'https://a.b.host.test/', true],
    ['https://*.host.test', 'https://host.test/', false],
    ['https://*.host.test', 'https://evilhost.test/', false],
    ['https://*.host.test/a', 'https://x.host.test/a/b', true],
    ['https://*.host.test/a', 'https://x.host.test/b', false],
    ['https://bücher.test', 'https://xn--bcher-kva.test/', true],
    ['http://host/straße', 'http://host/straße/a', true],
    ['http://host/a b/', 'http://host/a%20b/c', true],
    ['http://host/ü', 'http://host/u', false],
    ['http://host//a', 'http://a/', false],
    ['app://', 'app://host/a', true],
    ['app://host', 'app://host/a', true],
    ['app://host', 'app://other/a', false],
    ['http+unix://', 'http+unix://x/a', true],
  ])('with %s serve %s: %s', (prefix, url, serves) => {
    expect(matches(prefix, url)).toBe(serves)
  })

  it.each([
    'host',
    '/a',
    '//host',
    'https:',
    '',
    '1http://x',
    'https://a b',
    'https://host:99999',
    'https://*.',
  ])('refuse the prefix %j', (prefix) => {
    expect(thrown(() => testSession().session.mount(prefix, transport()))).toBeInstanceOf(InvalidRequestError)
  })

  it('do not show passwords of a rejected prefix', () => {
    const error = thrown(() => testSession().session.mount('https://me:canary@*x/?token=canary', transport()))
    expect(String(error)).toContain('"https://*x/" cannot be mounted')
    expect(String(error)).not.toContain('canary')
  })

  it('match the longest prefix first, in any order of mounting', () => {
    const [all, host, path] = [transport(), transport(), transport()]
    const added: [string, Transport][] = [
      ['https://api.test', host],
      ['https://', all],
      ['https://api.test/v1', path],
    ]
    const mounts = added.reduce<Mounts>((some, [prefix, mounted]) => withMount(some, prefix, mounted), [])
    const found = ['https://api.test/v1/x', 'https://api.test/v2', 'https://other.test'].map((url) =>
      mountedAt(mounts, new URL(url)),
    )
    expect(found.map((each) => [path, host, all].indexOf(each ?? transport()))).toEqual([0, 1, 2])
  })

  it('replace a transport with the same prefix', () => {
    const second = transport()
    const mounts = withMount(withMount([], 'https://', transport()), 'https://', second)
    expect(mounts.map((mount) => mount.transport)).toEqual([second])
  })
})

describe('Session mount', () => {
  it('serves the URLs below its prefix, also for redirects', async () => {
    const { session, api } = testSession(
      () => new Response(null, { status: 302, headers: { Location: 'https://mock.test/' } }),
    )
    session.mount('https://mock.test', transport())
    expect(await session.get('https://api.test/').text()).toBe('mounted')
    expect(api.calls).toHaveLength(1)
  })

  it('serves custom schemes', async () => {
    const { session } = testSession()
    session.mount('app://', transport())
    const response = await session.get('app://host/a')
    expect([response.url, await response.text()]).toEqual(['app://host/a', 'mounted'])
  })

  it('accepts a transport that returns a plain Response', async () => {
    const { session } = testSession()
    session.mount('https://plain.test', { send: () => Promise.resolve(new Response('plain')) })
    const response = await session.get('https://plain.test')
    expect(response).toBeInstanceOf(SessionResponse)
    expect([response.request.method, response.url]).toEqual(['GET', 'https://plain.test/'])
  })

  it.each(['app://host/', 'file:///etc/hostname', 'data:,x', 'localhost:3000', 'blob:https://api.test/1'])(
    'leaves nobody to serve %s, whose scheme the error names',
    async (url) => {
      const { session, api } = testSession()
      const error = await rejection(session.get(url))
      expect(error).toBeInstanceOf(InvalidRequestError)
      expect(String(error)).toContain(`${new URL(url).protocol} URLs`)
      expect(api.calls).toEqual([])
    },
  )
})

it.each([() => new Response(), {}, null])('Session mount refuses %s for a transport', (given) => {
  const { session } = testSession()
  const error = thrown(() => session.mount('https://api.test', given as unknown as Transport))
  expect(error).toBeInstanceOf(InvalidRequestError)
  expect(String(error)).toContain('`send`')
})

describe('Session transportFor', () => {
  it('finds the transport of a URL, also a relative one', () => {
    const { session, api } = testSession(undefined, { baseUrl: 'https://api.test/v1' })
    const mounted = transport()
    session.mount('https://api.test/v1/mock', mounted)
    expect([
      session.transportFor('mock/a'),
      session.transportFor(new URL('https://api.test/v1/mock')),
    ]).toEqual([mounted, mounted])
    expect(session.transportFor('other')).toBe(api)
  })

  it('resolves relative URLs against the page, as a call does', () => {
    const { session } = testSession(undefined, {}, { pageUrl: () => 'https://page.test/app/' })
    const mounted = transport()
    session.mount('https://page.test/app/api', mounted)
    expect(session.transportFor('api/me')).toBe(mounted)
  })
})
