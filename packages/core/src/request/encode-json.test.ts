import { describe, expect, it } from 'vitest'
import { thrown } from '../../test/test-session.js'
import { InvalidRequestError } from '../model/errors.js'
import { encodeJson } from './body.js'

const cycle: { self?: unknown } = {}
cycle.self = cycle

describe('encodeJson', () => {
  it.each([
    [{ a: [1, null, 'ü"'] }, '{"a":[1,null,"ü\\""]}'],
    [null, 'null'],
    ['null', '"null"'],
    [0, '0'],
    [false, 'false'],
    ['', '""'],
    [[], '[]'],
    [[undefined], '[null]'],
    [{ a: undefined }, '{}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  ])('writes %j as %s', (value, text) => {
    expect(encodeJson(value)).toBe(text)
  })

  it.each<[string, unknown]>([
    ['NaN', Number.NaN],
    ['Infinity', Infinity],
    ['-Infinity deep inside', { a: [{ b: -Infinity }] }],
    ['what toJSON makes NaN', { a: { toJSON: () => Number.NaN } }],
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a cycle', cycle],
    ['a BigInt', { a: 1n }],
  ])('refuses %s', (_what, value) => {
    expect(thrown(() => encodeJson(value))).toBeInstanceOf(InvalidRequestError)
  })

  it('names the member that cannot be serialized', () => {
    expect(String(thrown(() => encodeJson({ rate: Number.NaN })))).toContain('"rate" is NaN')
  })
})
