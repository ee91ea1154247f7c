import { Session } from '@session-fetch/node'
import { CookieJar } from 'tough-cookie'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { mocked, redirect, setting } from './mocked.js'

const url = 'https://www.shop.test/'

describe('session.cookies: the hosts they belong to', () => {
  it('are sent to the host that set them, and to subdomains only with a Domain', async () => {
    const { session, sent } = mocked({ [url]: setting('host=1', 'all=2; Domain=shop.test') })
    await session.get(url)
    for (const host of ['www', 'api.www', 'api']) await session.get(`https://${host}.shop.test/x`)
    expect([1, 2, 3].map((index) => sent(index, 'Cookie'))).toEqual(['host=1; all=2', 'all=2', 'all=2'])
  })

  it('are refused for a public suffix and for a sibling domain', async () => {
    const { session } = mocked({ '/': setting('a=1; Domain=co.uk', 'b=1; Domain=other.co.uk') })
    await session.get('https://www.shop.co.uk/')
    expect(await session.cookies.getAll({ url: null })).toEqual([])
  })

  it('of localhost may have Domain=localhost', async () => {
    const { session, sent } = mocked({ '/': setting('a=1; Domain=localhost') })
    await session.get('http://localhost:8000/')
    await session.get('http://localhost:9000/x')
    expect(sent(1, 'Cookie')).toBe('a=1')
  })

  it('marked Secure need https, or loopback', async () => {
    const { session, sent } = mocked({ '/set': setting('a=1; Secure; Path=/') })
    for (const host of ['http://localhost', 'https://shop.test', 'http://plain.test']) {
      await session.get(`${host}/set`)
      await session.get(`${host}/`)
    }
    expect([1, 3, 5].map((index) => sent(index, 'Cookie'))).toEqual(['a=1', 'a=1', null])
  })

  it('meet the requirements of a __Host- or __Secure- prefix', async () => {
    const { session } = mocked({
      '/': setting('__Host-a=1; Secure; Domain=shop.test', '__Secure-b=1', '__Host-c=1; Secure; Path=/'),
    })
    await session.get(url)
    expect((await session.cookies.getAll({ url })).map(({ name }) => name)).toEqual(['__Host-c'])
  })

  it('follow the URL, whatever the Host header says', async () => {
    const { session, sent } = mocked({ '/set': setting('a=1; Path=/') })
    await session.get(`${url}set`, { headers: { Host: 'other.test' } })
    await session.get('https://other.test/')
    await session.get(url)
    expect([sent(1, 'Cookie'), sent(2, 'Cookie')]).toEqual([null, 'a=1'])
  })

  it('of a redirect are sent to its target', async () => {
    const { session, sent } = mocked({ '/1': redirect('/2', 302, 'a=1; Path=/') })
    await session.get(`${url}1`)
    expect(sent(1, 'Cookie')).toBe('a=1')
  })
})

describe('session.cookies: their time', () => {
  it.each([
    ['an Expires with dashes', 'a=; Expires=Thu, 01-Jan-1970 00:00:01 GMT', []],
    ['a Max-Age of 0', 'a=; Max-Age=0', []],
    ['a Max-Age that is not a number, which is ignored', 'a=2; Max-Age=soon', ['a=2']],
    ['an Expires that is not a date, which is ignored', 'a=2; Expires=soon', ['a=2']],
    ['a Max-Age over an Expires', 'a=2; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:01 GMT', ['a=2']],
  ])('follow %s', async (_what, line, left) => {
    const { session } = mocked({ '/1': setting('a=1; Path=/'), '/2': setting(`${line}; Path=/`) })
    await session.get(`${url}1`)
    await session.get(`${url}2`)
    expect((await session.cookies.getAll({ url })).map(({ name, value }) => `${name}=${value}`)).toEqual(left)
  })

  it('have their expiry in milliseconds', async () => {
    const { session } = mocked({ '/': setting('a=1; Max-Age=60', 'b=2') })
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    await session.get(url)
    const [a, b] = [
      await session.cookies.get({ name: 'a', url }),
      await session.cookies.get({ name: 'b', url }),
    ]
    expect(a?.expires).toBe(Date.now() + 60_000)
    expect(b?.expires).toBeNull()
  })
})

describe('session.cookies', () => {
  const filled = async (): Promise<Session> => {
    const { session } = mocked(
      { '/': setting('a=root; Path=/', 'a=deep; Path=/deep', 'b=2; Path=/') },
      { baseUrl: url },
    )
    await session.get('')
    await session.cookies.set({ name: 'a', value: 'other', url: 'https://other.test/' })
    return session
  }

  it('get returns the one that a request would send first, if a name exists twice', async () => {
    const session = await filled()
    expect((await session.cookies.get('a'))?.value).toBe('root')
    expect((await session.cookies.get({ name: 'a', url: `${url}deep/er` }))?.value).toBe('deep')
    expect((await session.cookies.get({ name: 'a', url: 'https://other.test/' }))?.value).toBe('other')
    expect(await session.cookies.get('none')).toBeNull()
  })

  it('getAll filters by URL, domain and path, or returns all', async () => {
    const session = await filled()
    const values = async (query: object): Promise<string[]> =>
      (await session.cookies.getAll(query)).map(({ value }) => value)
    expect(await values({ url: `${url}deep/` })).toEqual(['deep', 'root', '2'])
    expect(await values({ url: null, domain: 'other.test' })).toEqual(['other'])
    expect(await values({ url: null, path: '/deep' })).toEqual(['deep'])
    expect(await values({ url: null })).toHaveLength(4)
  })

  it('set accepts all attributes of a cookie', async () => {
    const session = new Session({ baseUrl: url })
    const cookie = {
      name: 'a',
      value: '1',
      domain: 'shop.test',
      path: '/p',
      secure: true,
      httpOnly: true,
      sameSite: 'lax',
    } as const
    await session.cookies.set(cookie)
    expect(await session.cookies.getAll({ url: null })).toMatchObject([cookie])
  })

  it('set rejects an invalid cookie, and names the field', async () => {
    const session = new Session({ baseUrl: url })
    await expect(session.cookies.set('a b;', '1')).rejects.toThrow('name')
    await expect(session.cookies.set('a', '1;2')).rejects.toThrow('value')
    await expect(session.cookies.set({ name: 'a', value: '1', domain: 'evil.test', url })).rejects.toThrow(
      'domain',
    )
  })

  it('are found for a baseUrl without a trailing slash as for one with it', async () => {
    const session = new Session({ baseUrl: 'https://api.test/v1' })
    await session.cookies.set({ name: 'sid', value: '1', path: '/v1/' })
    expect((await session.cookies.get('sid'))?.value).toBe('1')
    expect((await session.cookies.get({ name: 'sid', url: 'users' }))?.value).toBe('1')
    expect(session.baseUrl).toBe('https://api.test/v1')
  })

  it('set and delete need a URL if the session has no baseUrl', async () => {
    const session = new Session()
    await expect(session.cookies.set('a', '1')).rejects.toThrow('url')
    await expect(session.cookies.delete('a')).rejects.toThrow('url')
  })

  it('delete removes one name, for one path or all, and ignores missing cookies', async () => {
    const session = await filled()
    await session.cookies.delete({ name: 'a', url: `${url}deep/`, path: '/deep' })
    expect(await session.cookies.getAll({ url: null })).toHaveLength(3)
    await session.cookies.delete('none')
    session.baseUrl = null
    await session.cookies.delete({ name: 'a', url: null })
    expect((await session.cookies.getAll({ url: null })).map(({ name }) => name)).toEqual(['b'])
    await session.cookies.clear()
    expect(await session.cookies.getAll({ url: null })).toEqual([])
  })

  it('a list of cookies can be imported into another session', async () => {
    const [from, to] = [await filled(), new Session({ baseUrl: url })]
    for (const { name, value, path = '/' } of await from.cookies.getAll())
      await to.cookies.set({ name, value, path })
    expect(await to.cookies.getAll()).toHaveLength(2)
  })

  it('fork copies them, extend shares them', async () => {
    const session = await filled()
    const [fork, child] = [session.fork(), session.extend()]
    await session.cookies.clear()
    expect([await fork.cookies.getAll(), await child.cookies.getAll()]).toEqual([expect.any(Array), []])
    expect(await fork.cookies.getAll()).toHaveLength(2)
  })

  it('a tough-cookie jar is used unchanged', async () => {
    const jar = new CookieJar()
    const { session } = mocked({ '/': setting('a=1; Path=/') }, { jar })
    await session.get(url)
    expect([session.cookies.jar, await jar.getCookieString(url)]).toEqual([jar, 'a=1'])
  })

  it('stores the session’s cookies, and not those of a call', async () => {
    const { session, sent } = mocked({ '/': setting('a=1; Path=/') })
    await session.get(url)
    await session.get(`${url}x`, { cookies: { a: '2', c: '3' } })
    await session.get(`${url}x`)
    expect([sent(1, 'Cookie'), sent(2, 'Cookie')]).toEqual(['a=2; c=3', 'a=1'])
  })
})
