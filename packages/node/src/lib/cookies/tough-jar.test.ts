import { Cookie, CookieJar, type MemoryCookieStore } from 'tough-cookie'
import { describe, expect, it } from 'vitest'
import { MapJar } from './map-jar.js'

const url = 'https://www.example.com/a/b'

describe('toughJar', () => {
  it('is a tough-cookie jar over the same cookies', async () => {
    const { jar } = new MapJar()
    expect(jar).toBeInstanceOf(CookieJar)
    await jar.setCookie('a=1; Path=/; Max-Age=60', url)
    jar.setCookieSync('b=2; Domain=example.com', url)
    expect([await jar.getCookieString(url), jar.getCookieStringSync('https://example.com/a/')]).toEqual([
      'b=2; a=1',
      'b=2',
    ])
    expect((await jar.getCookies(url)).map((cookie) => cookie.key)).toEqual(['b', 'a'])
    expect(jar.getSetCookieStringsSync('https://example.com/a/')).toEqual([
      'b=2; Domain=example.com; Path=/a',
    ])
    await jar.removeAllCookies()
    expect(jar.getCookieStringSync(url)).toBe('')
  })

  it('calls back as tough-cookie does', async () => {
    const { jar } = new MapJar()
    const stored = await new Promise((resolve, reject) => {
      jar.setCookie('a=1', url, (error, cookie) => (error ? reject(error) : resolve(cookie)))
    })
    expect(stored).toMatchObject({ key: 'a', value: '1' })
  })

  it('clones and serializes', async () => {
    const { jar } = new MapJar()
    jar.setCookieSync('a=1; Path=/; Max-Age=60', url)
    const clone = await jar.clone()
    clone.setCookieSync('b=2; Path=/', url)
    expect([clone.getCookieStringSync(url), jar.getCookieStringSync(url)]).toEqual(['a=1; b=2', 'a=1'])
    expect(jar.serializeSync()?.cookies).toMatchObject([{ key: 'a', value: '1', domain: 'www.example.com' }])
  })

  it('judges what it is given by our rules, and throws nothing for them', () => {
    const keeper = new MapJar()
    const reasons: string[] = []
    keeper.news.watch({ rejected: ({ reason }) => reasons.push(reason) })
    const { jar } = keeper
    jar.setCookieSync('__host-a=1; Path=/', url)
    jar.setCookieSync('a=1; SameSite=None', url)
    jar.setCookieSync(`b=${'x'.repeat(5000)}`, url)
    jar.setCookieSync(new Cookie({ key: 'c', value: '1\r\nX: 1' }), url)
    jar.setCookieSync(new Cookie({ key: 'd', value: '1; admin=1' }), url)
    expect(reasons).toEqual([
      'prefix',
      'same-site-none',
      'too-large',
      'invalid-character',
      'invalid-character',
    ])
    expect(keeper.size).toBe(0)
  })

  it('leaves Secure cookies alone over http', () => {
    const keeper = new MapJar()
    const { jar } = keeper
    jar.setCookieSync('sid=good; Path=/; Secure', url)
    jar.setCookieSync('sid=evil; Path=/', 'http://www.example.com/')
    jar.setCookieSync('sid=evil; Path=/; Max-Age=0', 'http://www.example.com/')
    expect(keeper.headerFor(url)).toBe('sid=good')
    jar.setCookieSync('sid=new; Path=/', url)
    expect(keeper.headerFor(url)).toBe('sid=new')
    jar.setCookieSync('sid=; Path=/; Max-Age=0', url)
    expect(keeper.size).toBe(0)
  })

  it('compares paths as they are written', () => {
    const { jar } = new MapJar()
    jar.setCookieSync('a=1; Path=/a%20b', 'https://a.test/')
    jar.setCookieSync('b=1', 'https://a.test/x%2Fy/z')
    expect([
      jar.getCookieStringSync('https://a.test/a%20b/c'),
      jar.getCookieStringSync('https://a.test/x%2Fy/w'),
      jar.getCookieStringSync('https://a.test/x/y/w'),
    ]).toEqual(['a=1', 'b=1', ''])
  })

  it('keeps the cookies of a host and of its domain apart, and the time they were created', () => {
    const keeper = new MapJar()
    const { jar } = keeper
    jar.setCookieSync('a=host; Path=/', 'https://example.com/')
    jar.setCookieSync('a=domain; Path=/; Domain=example.com', 'https://example.com/')
    jar.setCookieSync('a=host2; Path=/', 'https://example.com/')
    expect(keeper.headerFor('https://example.com/')).toBe('a=host2; a=domain')
  })

  it('finds and removes single cookies', async () => {
    const { jar } = new MapJar()
    for (const line of ['a=1; Path=/', 'b=1; Path=/x', 'c=1; Path=/x']) jar.setCookieSync(line, url)
    const { store } = jar
    expect((await store.findCookie('www.example.com', '/', 'a'))?.value).toBe('1')
    expect(await store.findCookie('www.example.com', '/', 'b')).toBeUndefined()
    await store.removeCookie('www.example.com', '/', 'a')
    await store.removeCookies('www.example.com', '/x')
    expect(await store.getAllCookies()).toEqual([])
    expect((store as MemoryCookieStore).synchronous).toBe(true)
  })
})
