import { describe, expect, it } from 'vitest'
import type { CookieRecord } from '../rules/cookie-record.js'
import { admitCookie } from '../rules/policy.js'
import { parseSetCookie } from '../rules/set-cookie.js'
import { cookieSite } from '../rules/site.js'
import { CookieMap } from './cookie-map.js'

function record(line: string, url = 'https://example.com/', now = 0): CookieRecord {
  const site = cookieSite(url)
  const parsed = parseSetCookie(line)
  if (site === null || typeof parsed === 'string') throw new Error(`no cookie: ${line}`)
  const admitted = admitCookie(parsed, site, now)
  if (typeof admitted === 'string') throw new Error(admitted)
  return admitted
}

function put(map: CookieMap, line: string, url = 'https://example.com/', now = 0): boolean {
  return map.put(record(line, url, now), url.startsWith('https'), now)
}

function names(map: CookieMap, url = 'https://example.com/', now = 0): string[] {
  const site = cookieSite(url)
  return site === null ? [] : map.matching(site, now).map(({ name, value }) => `${name}=${value}`)
}

describe('CookieMap', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('handles the name %s', (name) => {
    const map = new CookieMap()
    put(map, `${name}=1`, `https://${name.toLowerCase().replaceAll('_', '-').replaceAll('--', 'x')}.test/`)
    put(map, `${name}=1; Path=/${name}`)
    expect([map.size, names(map, `https://example.com/${name}`)]).toEqual([2, [`${name}=1`]])
    expect(Object.hasOwn(Object.prototype, '1')).toBe(false)
  })

  it('has case-sensitive names', () => {
    const map = new CookieMap()
    for (const line of ['a=1', 'A=2']) put(map, line)
    expect(names(map)).toEqual(['a=1', 'A=2'])
  })

  it('sends longer paths first, then older cookies; a replaced cookie keeps its position', () => {
    const map = new CookieMap()
    for (const line of ['a=1; Path=/', 'b=1; Path=/', 'c=1; Path=/x', 'a=2; Path=/']) put(map, line)
    expect(names(map, 'https://example.com/x/y')).toEqual(['c=1', 'a=2', 'b=1'])
  })

  it('removes expired cookies when it finds them', () => {
    const map = new CookieMap()
    put(map, 'a=1; Max-Age=10')
    expect([names(map, undefined, 10_000), map.size]).toEqual([[], 0])
  })

  it('evicts expired cookies first, then non-Secure ones, least recently used first', () => {
    const map = new CookieMap({ perDomain: 60 })
    for (let index = 0; index < 55; index += 1) put(map, `s${index}=1; Secure`, undefined, index)
    for (let index = 0; index < 4; index += 1) put(map, `p${index}=1`, undefined, 100 + index)
    put(map, 'ended=1; Max-Age=1', undefined, 200)
    put(map, 'p4=1', undefined, 5000)
    expect([map.size, names(map, undefined, 5000).includes('ended=1')]).toEqual([60, false])
    for (let index = 5; index < 7; index += 1) put(map, `p${index}=1`, undefined, 6000 + index)
    const left = names(map, undefined, 7000)
    expect([left.length, left.filter((pair) => pair.startsWith('p'))]).toEqual([
      60,
      ['p2=1', 'p3=1', 'p4=1', 'p5=1', 'p6=1'],
    ])
  })

  it('evicts cookies of crowded domains first when the jar is full', () => {
    const map = new CookieMap({ perDomain: 180, total: 100 })
    put(map, 'quiet=1', 'https://quiet.test/')
    for (let index = 0; index < 200; index += 1) put(map, `n${index}=1`, 'https://busy.test/', index + 1)
    expect([map.size, names(map, 'https://quiet.test/')]).toEqual([100, ['quiet=1']])
  })

  it('evicts Secure cookies last', () => {
    const map = new CookieMap({ perDomain: 5000, total: 5000 })
    put(map, 'sid=1; Secure')
    for (let index = 0; index < 6000; index += 1) put(map, `n${index}=1`, undefined, index)
    expect([map.size <= 5000, names(map).includes('sid=1')]).toEqual([true, true])
  })

  it('reports each kind of change', () => {
    const map = new CookieMap()
    const told: string[] = []
    map.events.watch({
      changed: ({ name }) => told.push(`changed ${name}`),
      renewed: ({ name }) => told.push(`renewed ${name}`),
      deleted: ({ name }) => told.push(`deleted ${name}`),
    })
    for (const line of [
      'a=1',
      'a=1',
      'a=2',
      'b=1; Max-Age=5',
      'b=1; Max-Age=6',
      'a=; Max-Age=0',
      'none=; Max-Age=0',
    ]) {
      put(map, line)
    }
    map.clear()
    expect(told).toEqual(['changed a', 'changed a', 'changed b', 'renewed b', 'deleted a', 'deleted b'])
    expect(map.size).toBe(0)
  })

  it('copies without sharing', () => {
    const map = new CookieMap()
    put(map, 'a=1')
    const copy = map.copy(0)
    put(copy, 'a=2')
    put(map, 'b=1')
    expect([names(map), names(copy)]).toEqual([['a=1', 'b=1'], ['a=2']])
  })

  it('handles a host with very many labels', () => {
    const map = new CookieMap()
    const host = `${'a.'.repeat(100)}example.com`
    put(map, 'a=1; Domain=example.com', `https://${host}/`)
    expect(names(map, `https://${host}/`)).toEqual(['a=1'])
  })
})
