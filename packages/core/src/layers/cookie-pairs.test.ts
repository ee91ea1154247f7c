import { describe, expect, it } from 'vitest'
import { thrown } from '../../test/test-session.js'
import { InvalidRequestError } from '../model/errors.js'
import { cookiePairs } from './cookies.js'

type Cookies = Parameters<typeof cookiePairs>[0]

describe('cookiePairs', () => {
  it.each<[Cookies, string]>([
    [undefined, ''],
    [null, ''],
    [{}, ''],
    [{ a: '1' }, 'a=1'],
    [{ a: '1', b: '' }, 'a=1; b='],
    [{ a: '"x, y"=%20' }, 'a="x, y"=%20'],
    [{ A: '1', a: '2' }, 'A=1; a=2'],
    [{ city: 'zürich', b: '€' }, 'city=z\xc3\xbcrich; b=\xe2\x82\xac'],
    [JSON.parse('{"__proto__": "1", "constructor": "2"}') as Cookies, '__proto__=1; constructor=2'],
  ])('writes %j as %j', (cookies, header) => {
    expect(cookiePairs(cookies)).toBe(header)
  })

  it.each(['a;b', 'a=b', 'a b', '', 'ä', 'a\r\nb', 'a,b'])('refuses the name %j', (name) => {
    expect(thrown(() => cookiePairs({ [name]: '1' }))).toBeInstanceOf(InvalidRequestError)
  })

  it.each(['canary; b=2', 'canary\r\nX-Evil: 1', 'canary\u0000', 'canary\ud800', 'canary\u007f'])(
    'refuses the value %j, and does not show it',
    (value) => {
      const error = thrown(() => cookiePairs({ sid: value }))
      expect(error).toBeInstanceOf(InvalidRequestError)
      expect(String(error)).toContain('"sid"')
      expect(String(error)).not.toContain('canary')
    },
  )

  it.each<[string, unknown]>([
    ['a number', { a: 1 }],
    ['null', { a: null }],
    ['an object', { a: {} }],
    ['text for all', 'a=1'],
    ['a list for all', ['a=1']],
    ['a Map, whose pairs no object shows', new Map([['a', '1']])],
    ['Headers', new Headers({ a: '1' })],
  ])('refuses %s', (_what, cookies) => {
    expect(thrown(() => cookiePairs(cookies as Cookies))).toBeInstanceOf(InvalidRequestError)
  })
})
