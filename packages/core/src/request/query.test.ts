import { describe, expect, it } from 'vitest'
import { testSession } from '../../test/test-session.js'
import { withParams } from './url.js'

const both = new URLSearchParams({ s: '1', c: '2' })

describe('withParams', () => {
  it.each([
    ['https://api.test', 'https://api.test/?s=1&c=2'],
    ['https://api.test/a', 'https://api.test/a?s=1&c=2'],
    ['https://api.test/a?', 'https://api.test/a?s=1&c=2'],
    ['https://api.test/a?x=1', 'https://api.test/a?x=1&s=1&c=2'],
    ['https://api.test/a#part', 'https://api.test/a?s=1&c=2#part'],
    ['https://api.test/a?x=1#part', 'https://api.test/a?x=1&s=1&c=2#part'],
    ['https://api.test/a?#part', 'https://api.test/a?s=1&c=2#part'],
    ['https://api.test/a#?x=1', 'https://api.test/a?s=1&c=2#?x=1'],
  ])('appends to %s', (url, expected) => {
    expect(withParams(new URL(url), both)).toBe(expected)
  })

  it.each([
    'https://api.test/a#',
    'https://api.test/a?#',
    'https://api.test/a?x=1#',
    'https://api.test/a?x=12#',
  ])('appends before the empty fragment of %s', (url) => {
    const { search } = new URL(withParams(new URL(url), both))
    expect(search).toMatch(/s=1&c=2$/)
  })

  it.each(['https://api.test/', 'https://api.test/a?x=%20+1&y#f', 'https://api.test/?'])(
    'leaves %s alone without params',
    (url) => {
      expect(withParams(new URL(url), new URLSearchParams())).toBe(new URL(url).href)
    },
  )

  it('keeps the URL’s own query byte for byte', () => {
    expect(withParams(new URL('https://api.test/?x=%20+1&%zz&y'), both)).toBe(
      'https://api.test/?x=%20+1&%zz&y&s=1&c=2',
    )
  })

  it('encodes as a form does', () => {
    const strange = new URLSearchParams([['a b', 'ü&=\u0000#']])
    expect(withParams(new URL('https://api.test/'), strange)).toBe('https://api.test/?a+b=%C3%BC%26%3D%00%23')
  })
})

describe('Session params', () => {
  it.each([
    ['https://api.test/?s=9', 'https://api.test/?s=9&c=2'],
    ['https://api.test/?%73=9', 'https://api.test/?%73=9&c=2'],
    ['https://api.test/?S=9', 'https://api.test/?S=9&s=1&c=2'],
    ['https://api.test/?c=9', 'https://api.test/?c=9&s=1&c=2'],
  ])('leave %s its own, and a call adds to it', (url, expected) => {
    const { session } = testSession(undefined, { params: { s: '1' } })
    expect(session.prepare('GET', url, { params: { c: '2' } }).url).toBe(expected)
  })
})
