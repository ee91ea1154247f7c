import { InvalidRequestError } from '@session-fetch/core'
import { Cookie, CookieJar, type MemoryCookieStore } from 'tough-cookie'
import { describe, expect, it } from 'vitest'
import { MemoryJar } from './memory-jar.js'

const url = 'https://www.example.com/a/b'

describe('toToughJar', () => {
  it('is a tough-cookie jar over the same cookies', async () => {
    const { jar } = new MemoryJar()
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

  it('calls callbacks as tough-cookie does', async () => {
    const { jar } = new MemoryJar()
    const stored = await new Promise((resolve, reject) => {
      jar.setCookie('a=1', url, (error, cookie) => (error ? reject(error) : resolve(cookie)))
    })
    expect(stored).toMatchObject({ key: 'a', value: '1' })
  })

  it('clones and serializes', async () => {
    const { jar } = new MemoryJar()
    jar.setCookieSync('a=1; Path=/; Max-Age=60', url)
    const clone = await jar.clone()
    clone.setCookieSync('b=2; Path=/', url)
    expect([clone.getCookieStringSync(url), jar.getCookieStringSync(url)]).toEqual(['a=1; b=2', 'a=1'])
    expect(jar.serializeSync()?.cookies).toMatchObject([{ key: 'a', value: '1', domain: 'www.example.com' }])
  })

  const bad: [string, string | Cookie, string][] = [
    ['a prefix', '__host-a=1; Path=/', 'prefix'],
    ['SameSite=None alone', 'a=1; SameSite=None', 'same-site-none'],
    ['a long value', `a=${'x'.repeat(5000)}`, 'too-large'],
    ['a long value in UTF-8', `a=${'\xc3\xbc'.repeat(2048)}`, 'too-large'],
    ['text that is no bytes', 'a=Łódź', 'invalid-character'],
    ['such text in an object', new Cookie({ key: 'a', value: 'Łódź' }), 'invalid-character'],
    ['a line break', new Cookie({ key: 'c', value: '1\r\nX: 1' }), 'invalid-character'],
    ['a second pair', new Cookie({ key: 'd', value: '1; admin=1' }), 'invalid-character'],
    ['another domain', 'a=1; Domain=other.test', 'domain-mismatch'],
    ['a domain that ends in a dot', 'a=1; Domain=example.com.', 'domain-mismatch'],
    ['a public suffix', 'a=1; Domain=com', 'public-suffix'],
    ['Partitioned alone', 'a=1; Partitioned', 'partitioned'],
    ['nothing', '', 'empty'],
    ['a number', 7 as unknown as string, 'malformed'],
  ]

  it.each(bad)('refuses %s with the session’s own reason', async (_what, cookie, reason) => {
    const keeper = new MemoryJar()
    const reasons: string[] = []
    keeper.events.watch({ rejected: (each) => reasons.push(each.reason) })
    const { jar } = keeper
    const error = await jar.setCookie(cookie, url).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toContain(`(${reason})`)
    expect(String(error)).not.toContain('xxx')
    expect(() => jar.setCookieSync(cookie, url)).toThrow(InvalidRequestError)
    expect(await new Promise((resolve) => jar.setCookie(cookie, url, resolve))).toBeInstanceOf(
      InvalidRequestError,
    )
    expect(await jar.setCookie(cookie, url, { ignoreError: true })).toBeUndefined()
    expect([reasons, keeper.size]).toEqual([[reason, reason, reason, reason], 0])
  })

  it.each<[string, string | Cookie, string, string]>([
    ['a cookie of localhost', 'a=1; Domain=localhost', 'http://localhost/', 'a=1'],
    ['a Secure one of this machine', 'a=1; Secure', 'http://127.0.0.1/', 'a=1'],
    ['one of a suffix, for that host', 'a=1; Domain=github.io', 'https://github.io/', 'a=1'],
    ['a nameless one', 'just text', url, 'just text'],
    ['bytes', 'city=z\xc3\xbcrich', url, 'city=z\xc3\xbcrich'],
    ['a tab', 'a=b\tc', url, 'a=b\tc'],
    ['an object', new Cookie({ key: 'a', value: '1', domain: 'example.com', maxAge: 60 }), url, 'a=1'],
    ['one of a host without dots', 'a=1', 'http://intranet/', 'a=1'],
  ])('stores %s, and gives what it stored', async (_what, cookie, at, header) => {
    const keeper = new MemoryJar()
    const { jar } = keeper
    const stored = await jar.setCookie(cookie, at)
    expect(stored).toBeInstanceOf(Cookie)
    expect(JSON.stringify(await jar.getCookies(at))).toBe(JSON.stringify([stored]))
    expect([keeper.headerFor(at), jar.getCookieStringSync(at), await jar.getCookieString(at)]).toEqual([
      header,
      header,
      header,
    ])
  })

  it('returns the header that is sent: its order, limit and Secure cookies', () => {
    const keeper = new MemoryJar()
    const { jar } = keeper
    jar.setCookieSync('parent=1; Path=/; Domain=example.com', url)
    jar.setCookieSync('own=1; Path=/', url)
    jar.setCookieSync('deep=1; Path=/a; Secure', url)
    for (const at of [url, 'http://www.example.com/a', 'https://example.com/', 'ftp://www.example.com/']) {
      expect(jar.getCookieStringSync(at)).toBe(keeper.headerFor(at))
    }
    expect(jar.getCookieStringSync(url)).toBe('deep=1; parent=1; own=1')
    for (let n = 0; n < 20; n += 1) jar.setCookieSync(`long${n}=${'x'.repeat(1000)}; Path=/`, url)
    expect(jar.getCookieStringSync(url)).toBe(keeper.headerFor(url))
  })

  it('supports the options of tough-cookie', async () => {
    const { jar } = new MemoryJar()
    jar.setCookieSync('a=1; Path=/; HttpOnly', url)
    jar.setCookieSync('b=1; Path=/; SameSite=Strict', url)
    jar.setCookieSync('c=1; Path=/deep; SameSite=Lax', url)
    expect(jar.getCookieStringSync(url, { http: false })).toBe('b=1')
    expect(jar.getCookieStringSync(url, { sameSiteContext: 'lax' })).toBe('a=1')
    expect((await jar.getCookies(url, { allPaths: true })).map(({ key }) => key)).toEqual(['c', 'a', 'b'])
    expect(() => jar.setCookieSync('a=2; Path=/', url, { http: false })).toThrow('(http-only)')
    expect(() => jar.setCookieSync('d=1; SameSite=Lax', url, { sameSiteContext: 'none' })).toThrow(
      '(same-site)',
    )
    await expect(jar.getCookies(url, { sameSiteContext: 'odd' as 'lax' })).rejects.toThrow(
      InvalidRequestError,
    )
    await expect(jar.setCookie('a=1', 'no URL')).rejects.toThrow(InvalidRequestError)
  })

  it('does not change Secure cookies over http', () => {
    const keeper = new MemoryJar()
    const { jar } = keeper
    jar.setCookieSync('sid=good; Path=/; Secure', url)
    for (const line of ['sid=evil; Path=/', 'sid=evil; Path=/; Max-Age=0']) {
      expect(() => jar.setCookieSync(line, 'http://www.example.com/')).toThrow('(secure-exists)')
    }
    expect(keeper.headerFor(url)).toBe('sid=good')
    jar.setCookieSync('sid=new; Path=/', url)
    expect(keeper.headerFor(url)).toBe('sid=new')
    jar.setCookieSync('sid=; Path=/; Max-Age=0', url)
    expect(keeper.size).toBe(0)
  })

  it('compares paths without decoding', () => {
    const { jar } = new MemoryJar()
    jar.setCookieSync('a=1; Path=/a%20b', 'https://a.test/')
    jar.setCookieSync('b=1', 'https://a.test/x%2Fy/z')
    expect([
      jar.getCookieStringSync('https://a.test/a%20b/c'),
      jar.getCookieStringSync('https://a.test/x%2Fy/w'),
      jar.getCookieStringSync('https://a.test/x/y/w'),
    ]).toEqual(['a=1', 'b=1', ''])
  })

  it('distinguishes host-only and domain cookies, and keeps their creation time', () => {
    const keeper = new MemoryJar()
    const { jar } = keeper
    jar.setCookieSync('a=host; Path=/', 'https://example.com/')
    jar.setCookieSync('a=domain; Path=/; Domain=example.com', 'https://example.com/')
    jar.setCookieSync('a=host2; Path=/', 'https://example.com/')
    expect(keeper.headerFor('https://example.com/')).toBe('a=host2; a=domain')
  })

  it('finds and removes single cookies', async () => {
    const { jar } = new MemoryJar()
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
