import { describe, expect, it } from 'vitest'
import { parseChallenges } from './challenge.js'

const parsed = (header: string): [string, Record<string, string>][] =>
  parseChallenges(header).map(({ scheme, params }) => [scheme, Object.fromEntries(params)])

describe('parseChallenges', () => {
  it.each<[string, string, [string, Record<string, string>][]]>([
    ['nothing', '', []],
    ['a bare scheme', 'Negotiate', [['negotiate', {}]]],
    ['parameters', 'Basic realm="a b", charset=UTF-8', [['basic', { realm: 'a b', charset: 'UTF-8' }]]],
    [
      'several schemes on one line',
      'Basic realm="a", Digest realm="b", nonce="n", qop="auth,auth-int",  Bearer',
      [
        ['basic', { realm: 'a' }],
        ['digest', { realm: 'b', nonce: 'n', qop: 'auth,auth-int' }],
        ['bearer', {}],
      ],
    ],
    [
      'a token in place of parameters',
      'Negotiate oYG2MIGzoAMKAQGi==, NTLM abc, Digest realm=b',
      [
        ['negotiate', {}],
        ['ntlm', {}],
        ['digest', { realm: 'b' }],
      ],
    ],
    [
      'blanks around the equals sign',
      'Digest realm = "a" ,nonce\t=\tn',
      [['digest', { realm: 'a', nonce: 'n' }]],
    ],
    [
      'escapes',
      String.raw`Digest realm="say \"hi\" \\"`,
      [['digest', { realm: String.raw`say "hi" \ `.trimEnd() }]],
    ],
    [
      'a challenge within quotes as text',
      'Basic realm="x, Digest realm=y"',
      [['basic', { realm: 'x, Digest realm=y' }]],
    ],
    ['empty elements', ',, Basic ,, realm="a",,', [['basic', { realm: 'a' }]]],
    ['the first of two values', 'Basic realm="a", Realm="b"', [['basic', { realm: 'a' }]]],
    ['parameters before any scheme as none', 'realm="a", Basic', [['basic', {}]]],
    [
      'all before a syntax error',
      'Basic realm="a", Digest realm="b',
      [
        ['basic', { realm: 'a' }],
        ['digest', {}],
      ],
    ],
    [
      'names of object members',
      'Digest __proto__="x", constructor=y',
      [['digest', { ['__proto__']: 'x', constructor: 'y' }]],
    ],
  ])('reads %s', (_what, header, challenges) => {
    expect(parsed(header)).toEqual(challenges)
  })

  it.each([
    ['one token', 'a'.repeat(1_000_000), 1],
    ['quotes', '"'.repeat(1_000_000), 0],
    ['blanks', `Basic ${' '.repeat(1_000_000)}x"`, 1],
    ['schemes', 'a, '.repeat(300_000), 300_000],
    ['a token68 that is none', `Basic ${'a'.repeat(1_000_000)}"`, 1],
    ['escapes without an end', `D r="${'\\'.repeat(999_999)}`, 1],
  ])('takes linear time for a megabyte of %s', (_what, header, count) => {
    expect(parseChallenges(header)).toHaveLength(count)
  })
})
