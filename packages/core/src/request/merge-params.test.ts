import { describe, expect, it } from 'vitest'
import { thrown } from '../../test/test-session.js'
import { InvalidRequestError } from '../model/errors.js'
import { type ParamsSource, mergeParams } from './url.js'

type Params = readonly (readonly [key: string, value: string])[]

const session: Params = [
  ['lang', 'en'],
  ['Lang', 'x'],
]

const sessionParams = (): URLSearchParams => new URLSearchParams(session.map(([key, value]) => [key, value]))

describe('mergeParams', () => {
  it.each<[string, ParamsSource | null | undefined, Params, Params]>([
    ['nothing', undefined, session, []],
    ['null', null, [], []],
    ['another key', { q: 'a' }, session, [['q', 'a']]],
    ['the same key', { lang: 'de' }, [['Lang', 'x']], [['lang', 'de']]],
    ['a key in another case', { LANG: 'de' }, session, [['LANG', 'de']]],
    ['null for a key', { lang: null }, [['Lang', 'x']], []],
    ['undefined for a key', { lang: undefined }, session, []],
    [
      'a list',
      { a: ['1', 2, true, null, undefined] },
      session,
      [
        ['a', '1'],
        ['a', '2'],
        ['a', 'true'],
      ],
    ],
    ['an empty list', { lang: [] }, [['Lang', 'x']], []],
    ['an empty value', { a: '' }, session, [['a', '']]],
    [
      'numbers, booleans and bigints',
      { a: 0, b: false, c: 10n },
      session,
      [
        ['a', '0'],
        ['b', 'false'],
        ['c', '10'],
      ],
    ],
    [
      'pairs that repeat',
      [
        ['a', '1'],
        ['a', '2'],
      ],
      session,
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    [
      'URLSearchParams',
      new URLSearchParams('lang=de&a=1'),
      [['Lang', 'x']],
      [
        ['lang', 'de'],
        ['a', '1'],
      ],
    ],
    [
      'text',
      '?a=1&a=%20',
      session,
      [
        ['a', '1'],
        ['a', ' '],
      ],
    ],
    ['__proto__ from JSON', JSON.parse('{"__proto__": "1"}') as ParamsSource, session, [['__proto__', '1']]],
  ])('takes %s', (_what, call, ofSession, ofCall) => {
    expect([...mergeParams(sessionParams(), call)]).toEqual([...ofSession, ...ofCall])
  })

  it.each<[string, unknown]>([
    ['an object', { a: { b: 1 } }],
    ['a nested list', { a: [[1]] }],
    ['a date', { a: new Date() }],
    ['a function', { a: () => 1 }],
    ['a number for all', 7],
    ['a File in a form', new Map([['a', new File([], 'f')]])],
  ])('refuses %s', (_what, call) => {
    expect(thrown(() => mergeParams(sessionParams(), call as ParamsSource))).toBeInstanceOf(
      InvalidRequestError,
    )
  })

  it('refuses a very deep object without walking into it', () => {
    let deep: object = {}
    for (let depth = 0; depth < 100_000; depth += 1) deep = { deep }
    expect(thrown(() => mergeParams(undefined, { deep } as unknown as ParamsSource))).toBeInstanceOf(
      InvalidRequestError,
    )
  })

  it('modifies neither argument', () => {
    const call = Object.freeze({ lang: Object.freeze(['de', 'fr']) })
    const params = sessionParams()
    mergeParams(params, call).append('x', '1')
    expect([...params]).toEqual(session)
  })
})
