import { describe, expect, it, vi } from 'vitest'
import { CookieMap } from './cookie-map.js'
import { MemoryJar } from './memory-jar.js'

const url = 'https://www.example.com/a/b?q=1'

describe('MemoryJar.capture', () => {
  it('does not parse a line again that changes nothing', () => {
    const jar = new MemoryJar()
    const put = vi.spyOn(jar.map, 'put')
    const lines = ['a=1; Path=/', 'b=2; Path=/; HttpOnly']
    for (let round = 0; round < 5; round += 1) jar.capture(lines, `${url}${round}`)
    expect(put).toHaveBeenCalledTimes(3) // the first line once more, for the second changed the jar after it
    expect([jar.map.revision, jar.headerFor(url)]).toEqual([2, 'a=1; b=2'])
  })

  it.each<[string, (jar: MemoryJar) => unknown]>([
    ['the cookie was deleted', (jar) => jar.map.clear()],
    ['another line changed it', (jar) => jar.capture(['a=2; Path=/'], url)],
    ['the jar was changed directly', (jar) => jar.jar.setCookieSync('a=3; Path=/', url)],
  ])('reads a line again when %s', (_what, change) => {
    const jar = new MemoryJar()
    jar.capture(['a=1; Path=/'], url)
    change(jar)
    jar.capture(['a=1; Path=/'], url)
    expect(jar.headerFor(url)).toBe('a=1')
  })

  it('parses a line again for another URL, also of the same host', () => {
    const jar = new MemoryJar()
    for (const path of ['/x/1', '/y/1', '/x/1']) jar.capture(['a=1'], `https://www.example.com${path}`)
    expect(jar.size).toBe(2)
  })

  it('skips invalid lines and reports the reason without their values', () => {
    const jar = new MemoryJar(new CookieMap({ perDomain: 10 }))
    const told: unknown[] = []
    jar.events.watch({ rejected: (cookie) => told.push(cookie) })
    jar.capture(
      ['bad=secret\x01', '', 'a=1', 'other=secret; Domain=other.test'],
      'https://me:pw@a.test/x?token=1',
    )
    expect(jar.headerFor('https://a.test/')).toBe('a=1')
    expect(told).toEqual([
      { name: 'bad', reason: 'invalid-character', url: 'https://a.test/x' },
      { name: '', reason: 'empty', url: 'https://a.test/x' },
      { name: 'other', reason: 'domain-mismatch', url: 'https://a.test/x' },
    ])
  })
})
