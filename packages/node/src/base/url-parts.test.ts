import { describe, expect, it } from 'vitest'
import { resolveBelow, splitPlainUrl } from './url-parts.js'

const ORIGIN = 'https://api.test:8443'

describe('splitPlainUrl', () => {
  it.each([
    ['http://a/', 'http://a', '/'],
    ['https://a/', 'https://a', '/'],
    ['http://[::1]:8080/x', 'http://[::1]:8080', '/x'],
    [`${ORIGIN}/a/b.c/~d?e=f&g=%20+/..`, null, null],
    [`${ORIGIN}/a/b.c/~d?e=f&g=%C3%A4+`, ORIGIN, '/a/b.c/~d?e=f&g=%C3%A4+'],
    [`${ORIGIN}/a;b=1,2?x=https://c.test/d`, ORIGIN, '/a;b=1,2?x=https://c.test/d'],
  ])('splits %s', (url, origin, path) => {
    expect(splitPlainUrl(url)).toEqual(origin === null ? null : { origin, path })
  })

  it.each([
    'https://api.test',
    `${ORIGIN}/a#b`,
    `${ORIGIN}/a/../b`,
    `${ORIGIN}/a/%2e%2E/b`,
    `${ORIGIN}/a/.`,
    `${ORIGIN}/a b`,
    `${ORIGIN}/a\\b`,
    `${ORIGIN}/ä`,
    `${ORIGIN}/a?b='c'`,
    `${ORIGIN}/a?b="c"`,
    `${ORIGIN}/{a}`,
    `${ORIGIN}/a|b^c`,
    `${ORIGIN}/a\tb`,
  ])('leaves %j to the parser', (url) => {
    expect(splitPlainUrl(url)).toBeNull()
  })

  it('agrees with the parser for each printable character in a path and a query', () => {
    const urls = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).flatMap((char) => [
      `${ORIGIN}/a${char}b`,
      `${ORIGIN}/${char}`,
      `${ORIGIN}/a?b${char}c`,
    ])
    const split = urls
      .map((url) => ({ url, parts: splitPlainUrl(url) }))
      .filter(({ parts }) => parts !== null)
    expect(split.length).toBeGreaterThan(200)
    for (const { url, parts } of split) {
      const { origin, pathname, search } = new URL(url)
      expect(parts).toEqual({ origin, path: pathname + search })
    }
  })
})

describe('resolveBelow', () => {
  const base = new URL(`${ORIGIN}/v1/`)
  const placeOf = ({ href, origin, protocol, host, search }: URL): object => ({
    href,
    origin,
    protocol,
    host,
    search,
  })

  it.each(['me', '/me', 'users/7/', 'users?page=2&q=a/b', 'a;b=1,2/~c', 'a//b', '-', 'a%20b'])(
    'finds %s',
    (url) => {
      expect(resolveBelow(url, base)).toEqual(placeOf(new URL(url, base)))
    },
  )

  it.each([
    '',
    '/',
    '//evil.test/a',
    '///evil.test',
    'https://evil.test/',
    'data:text',
    'a:b',
    '.',
    '..',
    '../a',
    'a/../../b',
    '%2e%2e/a',
    '/%2E./a',
    '?page=2',
    '#top',
    'a#b',
    'a?',
    'a b',
    ' a',
    'a\n',
    '\\evil.test',
    'ä',
    "a?b='c'",
  ])('leaves %j to the parser', (url) => {
    expect(resolveBelow(url, base)).toBeNull()
  })

  it('leaves a URL to the parser', () => {
    expect(resolveBelow(new URL(`${ORIGIN}/a`), base)).toBeNull()
  })

  it('agrees with the parser for all combinations of three relevant characters', () => {
    const characters = [
      '',
      'a',
      '.',
      '/',
      '\\',
      '%',
      '2',
      'e',
      ':',
      '@',
      '?',
      '#',
      '&',
      "'",
      '\t',
      'é',
      '[',
      '~',
    ]
    let found = 0
    for (const first of characters)
      for (const second of characters)
        for (const third of characters) {
          const url = `${first}${second}${third}/b`
          const place = resolveBelow(url, base)
          if (place === null) continue
          found += 1
          expect(place).toEqual(placeOf(new URL(url, base)))
        }
    expect(found).toBeGreaterThan(200)
  })
})
