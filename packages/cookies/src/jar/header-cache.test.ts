import { afterEach, describe, expect, it, vi } from 'vitest'
import { MemoryJar } from './memory-jar.js'

const url = 'https://www.example.com/a/b?q=1'

function jar(...lines: string[]): MemoryJar {
  const made = new MemoryJar()
  made.capture(lines, url)
  return made
}

afterEach(() => {
  vi.useRealTimers()
})

describe('HeaderCache', () => {
  it('looks up a URL once, regardless of its query', () => {
    const cookies = jar('a=1; Path=/')
    const matching = vi.spyOn(cookies.map, 'matching')
    for (const query of ['', '?1', '?2'])
      expect(cookies.headerFor(`https://www.example.com/x${query}`)).toBe('a=1')
    expect(matching).toHaveBeenCalledTimes(1)
  })

  it('looks up a host once if its cookies apply to all paths', () => {
    const cookies = jar('a=1; Path=/')
    const matching = vi.spyOn(cookies.map, 'matching')
    for (const path of ['1', '2', '3']) cookies.headerFor(`https://www.example.com/${path}`)
    expect(matching).toHaveBeenCalledTimes(1)
  })

  it('distinguishes paths, schemes and hosts if necessary', () => {
    const cookies = jar(
      'a=1; Path=/',
      'deep=1; Path=/a',
      'safe=1; Path=/; Secure',
      'up=1; Path=/; Domain=example.com',
    )
    const headers = [
      'https://www.example.com/a',
      'https://www.example.com/x',
      'http://www.example.com/x',
      'https://example.com/x',
    ]
    for (let round = 0; round < 2; round += 1) {
      expect(headers.map((each) => cookies.headerFor(each))).toEqual([
        'deep=1; a=1; safe=1; up=1',
        'a=1; safe=1; up=1',
        'a=1; up=1',
        'up=1',
      ])
    }
  })

  it('detects a new path on a parent domain', () => {
    const cookies = jar('a=1; Path=/')
    expect([
      cookies.headerFor('https://www.example.com/1'),
      cookies.headerFor('https://www.example.com/2'),
    ]).toEqual(['a=1', 'a=1'])
    cookies.capture(['b=1; Path=/1; Domain=example.com'], 'https://example.com/')
    expect([
      cookies.headerFor('https://www.example.com/1'),
      cookies.headerFor('https://www.example.com/2'),
    ]).toEqual(['b=1; a=1', 'a=1'])
  })

  it.each<[string, (cookies: MemoryJar) => unknown, string]>([
    ['a new cookie', (cookies) => cookies.capture(['b=2; Path=/'], url), 'a=1; b=2'],
    ['another value', (cookies) => cookies.capture(['a=2; Path=/'], url), 'a=2'],
    ['a cookie taken back', (cookies) => cookies.capture(['a=; Path=/; Max-Age=0'], url), ''],
    ['a cookie of a parent', (cookies) => cookies.capture(['b=2; Path=/'], 'https://example.com/'), 'a=1'],
    ['clear', (cookies) => cookies.map.clear(), ''],
    ['jar.setCookieSync', (cookies) => cookies.jar.setCookieSync('b=2; Path=/', url), 'a=1; b=2'],
    ['jar.removeAllCookiesSync', (cookies) => cookies.jar.removeAllCookiesSync(), ''],
    ['jar.store.removeCookie', (cookies) => cookies.jar.store.removeCookie('www.example.com', '/', 'a'), ''],
  ])('forgets at %s', (_what, change, header) => {
    const cookies = jar('a=1; Path=/')
    expect(cookies.headerFor(url)).toBe('a=1')
    change(cookies)
    expect(cookies.headerFor(url)).toBe(header)
  })

  it('expires with the first of its cookies', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 })
    const cookies = jar('a=1; Path=/; Max-Age=10', 'b=2; Path=/; Max-Age=20', 'c=3; Path=/')
    const at = (seconds: number): string => {
      vi.setSystemTime(seconds * 1000)
      return cookies.headerFor(url)
    }
    expect([0, 9.999, 10, 20].map(at)).toEqual(['a=1; b=2; c=3', 'a=1; b=2; c=3', 'b=2; c=3', 'c=3'])
  })

  it('follows a changed expiry', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 })
    const cookies = jar('a=1; Path=/; Max-Age=10')
    expect(cookies.headerFor(url)).toBe('a=1')
    cookies.capture(['a=1; Path=/; Max-Age=20'], url)
    vi.setSystemTime(15_000)
    expect(cookies.headerFor(url)).toBe('a=1')
    cookies.capture(['a=1; Path=/; Max-Age=1'], url)
    vi.setSystemTime(17_000)
    expect(cookies.headerFor(url)).toBe('')
  })

  it('is bounded and correct beyond its capacity', () => {
    const cookies = new MemoryJar()
    const hosts = Array.from({ length: 3000 }, (_, index) => `https://h${index}.test/`)
    for (const [index, host] of hosts.entries()) cookies.capture([`n=${index}`], host)
    for (let round = 0; round < 2; round += 1) {
      expect(hosts.map((host) => cookies.headerFor(host))).toEqual(hosts.map((_, index) => `n=${index}`))
    }
  })
})
