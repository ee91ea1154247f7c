import { InvalidRequestError } from '@session-fetch/core'
import { describe, expect, it } from 'vitest'
import { cookieText } from './document-cookies.js'

const DATE = Date.UTC(2030, 0, 2, 3, 4, 5)

describe('cookieText', () => {
  it.each<[Parameters<typeof cookieText>[0], string]>([
    [{ name: 'a', value: '1' }, 'a=1; Path=/; SameSite=strict'],
    [{ name: 'a', value: 'x=y "z", ü%20' }, 'a=x=y "z", ü%20; Path=/; SameSite=strict'],
    [{ name: '', value: 'alone' }, 'alone; Path=/; SameSite=strict'],
    [{ name: 'a', value: '', path: '/x', sameSite: 'lax' }, 'a=; Path=/x; SameSite=lax'],
    [{ name: 'a', value: '1', domain: 'page.test' }, 'a=1; Path=/; SameSite=strict; Domain=page.test'],
    [
      { name: 'a', value: '1', expires: DATE },
      'a=1; Path=/; SameSite=strict; Expires=Wed, 02 Jan 2030 03:04:05 GMT',
    ],
    [
      { name: 'a', value: '1', expires: new Date(DATE) },
      'a=1; Path=/; SameSite=strict; Expires=Wed, 02 Jan 2030 03:04:05 GMT',
    ],
    [
      { name: 'a', value: '1', sameSite: 'none', secure: true, partitioned: true },
      'a=1; Path=/; SameSite=none; Secure; Partitioned',
    ],
  ])('writes %o', (cookie, text) => {
    expect(cookieText(cookie, false)).toBe(text)
  })

  it('is Secure on an https page unless the cookie says otherwise', () => {
    expect(cookieText({ name: 'a', value: '1' }, true)).toBe('a=1; Path=/; SameSite=strict; Secure')
    expect(cookieText({ name: 'a', value: '1', secure: false }, true)).toBe('a=1; Path=/; SameSite=strict')
  })

  it.each<[string, object]>([
    ['name', { name: 'a;b' }],
    ['name', { name: 'a=b' }],
    ['name', { name: 'a\nb' }],
    ['name', { name: 7 }],
    ['value', { value: '1; Domain=evil.test' }],
    ['value', { value: 'a\0' }],
    ['value', { value: 'a\r\nb' }],
    ['value', { value: undefined }],
    ['path', { path: '/a; Secure' }],
    ['path', { path: 'a' }],
    ['domain', { domain: 'a.test; Path=/' }],
    ['sameSite', { sameSite: 'loose' }],
    ['expires', { expires: Number.NaN }],
    ['name', { name: '', value: '' }],
    ['name', { name: '', value: 'a=b' }],
    ['name', { name: ' a' }],
    ['value', { value: 'a\t' }],
    ['value', { value: 'a ' }],
  ])('refuses a %s that would be another cookie: %o', (field, part) => {
    const write = (): string => cookieText({ name: 'a', value: '1', ...part }, false)
    expect(write).toThrow(InvalidRequestError)
    expect(write).toThrow(field)
  })
})
