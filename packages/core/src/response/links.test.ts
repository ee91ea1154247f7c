import { describe, expect, it } from 'vitest'
import { parseLinks } from './links.js'

const BASE = 'https://api.test/a/b'
const links = (header: string): unknown => JSON.parse(JSON.stringify(parseLinks(header, BASE)))

describe('parseLinks', () => {
  it.each<[string, unknown]>([
    ['', {}],
    ['garbage', {}],
    ['<c>; rel="next"', { next: { url: 'https://api.test/a/c', rel: 'next' } }],
    ['</c>;rel=next', { next: { url: 'https://api.test/c', rel: 'next' } }],
    [
      '<?p=1>; rel="prev", <?p=3>; rel=next',
      {
        prev: { url: 'https://api.test/a/b?p=1', rel: 'prev' },
        next: { url: 'https://api.test/a/b?p=3', rel: 'next' },
      },
    ],
    [
      '<c>; REL=next; Title="a, b; c"',
      { next: { url: 'https://api.test/a/c', rel: 'next', title: 'a, b; c' } },
    ],
    [
      '<c>; rel=next; title="say \\"hi\\""',
      { next: { url: 'https://api.test/a/c', rel: 'next', title: 'say "hi"' } },
    ],
    ['<https://other.test/?a,b>; rel=x', { x: { url: 'https://other.test/?a,b', rel: 'x' } }],
    ['<c>', { 'https://api.test/a/c': { url: 'https://api.test/a/c' } }],
    ['<c>; rel=next, <d>; rel=next', { next: { url: 'https://api.test/a/c', rel: 'next' } }],
    ['<c>; REL=Next', { next: { url: 'https://api.test/a/c', rel: 'Next' } }],
    ['<c>; rel=next; rel=prev', { next: { url: 'https://api.test/a/c', rel: 'next' } }],
    ['<c>; crossorigin; rel=x', { x: { url: 'https://api.test/a/c', rel: 'x', crossorigin: '' } }],
    ['<c>; rel=x; url=evil', { x: { url: 'https://api.test/a/c', rel: 'x' } }],
    ['<https://a b/>; rel=x', { x: { url: 'https://a b/', rel: 'x' } }],
  ])('reads %j', (header, expected) => {
    expect(links(header)).toEqual(expected)
  })

  it('returns a link by each of its relations', () => {
    expect(Object.keys(parseLinks('<c>; rel="first  prev"', BASE))).toEqual(['first', 'prev'])
  })

  it('handles __proto__ like any other name', () => {
    const parsed = parseLinks('<c>; rel=__proto__; __proto__=x', BASE)
    expect(Object.keys(parsed)).toEqual(['__proto__'])
    expect(Reflect.get(Object.prototype, 'x')).toBeUndefined()
  })

  it.each([
    ['angle brackets', '<'.repeat(200_000)],
    ['quotes', `<a>${'"'.repeat(200_001)}`],
    ['backslashes', `<a>;b="${'\\'.repeat(200_001)}`],
    ['blanks', `<a>;${' '.repeat(200_000)}`],
    ['semicolons', `<a>${'; '.repeat(100_000)}`],
    ['open quotes', '<a>;b="'.repeat(30_000)],
    ['names', `<a>;${'b '.repeat(100_000)}`],
  ])('reads 200 kB of %s in time', (_what, header) => {
    // Were its time quadratic, the test runner would give up on it.
    expect(Object.keys(parseLinks(header, BASE)).length).toBeLessThan(3)
  })
})
