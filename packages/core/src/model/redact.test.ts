import { describe, expect, it } from 'vitest'
import { plainText, redactHeaders, redactUrl } from './redact.js'

describe('redactUrl', () => {
  it.each([
    ['https://api.test/a', 'https://api.test/a'],
    ['https://me:pw@api.test/a?token=1#x', 'https://api.test/a'],
    ['https://me@api.test', 'https://api.test'],
    ['https://a@b:c@d@api.test/x', 'https://api.test/x'],
    ['https://api.test/@me', 'https://api.test/@me'],
    ['https://api.test#me@x', 'https://api.test'],
    ['https://api.test?me:pw@x', 'https://api.test'],
    ['me:pw@api.test/a', 'api.test/a'],
    ['/a?token=1', '/a'],
    ['', ''],
  ])('shows %j as %j', (url, shown) => {
    expect(redactUrl(url)).toBe(shown)
  })
})

describe('redactHeaders', () => {
  it.each([
    'Authorization',
    'Proxy-Authorization',
    'Cookie',
    'Set-Cookie',
    'X-Auth-Token',
    'X-API-Key',
    'ApiKey',
    'X-CSRF-Token',
    'X-XSRF-Token',
    'X-Client-Secret',
    'X-Password',
    'X-Session-Id',
    'X-Signature',
  ])('hides the value of %s', (name) => {
    expect(redactHeaders(new Headers({ [name]: 'canary' }))).toEqual({ [name.toLowerCase()]: '[redacted]' })
  })

  it('shows other headers unchanged', () => {
    expect(redactHeaders(new Headers({ Accept: '*/*', __proto__x: '1' }))).toEqual({
      accept: '*/*',
      __proto__x: '1',
    })
  })

  it.each([
    ['Location', 'https://me:pw@api.test/cb?code=canary', 'https://api.test/cb'],
    ['Link', '</?token=canary>; rel=next', '</'],
  ])('shows no query of a %s', (name, value, shown) => {
    expect(Object.values(redactHeaders(new Headers({ [name]: value })))).toEqual([shown])
  })

  it('handles a header named __proto__ like any other', () => {
    const shown = redactHeaders(new Headers([['__proto__', 'x']]))
    expect(Object.entries(shown)).toEqual([['__proto__', 'x']])
  })
})

describe('plainText', () => {
  it.each([
    ['a\r\nb', 'a b'],
    ['a\u001b[31mb', 'a [31mb'],
    ['a\u2028b\u0085c\u0000d', 'a b c d'],
    ['plain ü', 'plain ü'],
  ])('turns %j into %j', (text, plain) => {
    expect(plainText(text)).toBe(plain)
  })
})
