import { describe, expect, it } from 'vitest'
import { ContractError, deepEqual, equal, includes, ok, reasonOf, rejects } from './assert.js'

describe('equal, ok and the other assertions of the contract', () => {
  it('pass if the condition holds', async () => {
    equal(Number.NaN, Number.NaN)
    deepEqual({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })
    ok('x', 'x')
    includes('abc', 'b')
    expect(await rejects(Promise.reject(new RangeError('r')), RangeError)).toBeInstanceOf(RangeError)
    expect(await reasonOf(Promise.reject(new Error('e')))).toEqual(new Error('e'))
  })

  it.each<[string, () => void]>([
    ['another value', () => equal(1, '1')],
    ['another list', () => deepEqual([1, 2], [2, 1])],
    ['a missing key', () => deepEqual({ a: 1 }, { a: 1, b: 2 })],
    ['a key of undefined where a value is expected', () => deepEqual([undefined], ['x'])],
    ['a falsy condition', () => ok(0, 'zero')],
    ['a missing part', () => includes('abc', 'd')],
  ])('fail at %s', (_what, assertion) => {
    expect(assertion).toThrow(ContractError)
  })

  it('fail at a promise that resolves, or rejects with another error', async () => {
    await expect(rejects(Promise.resolve(), Error)).rejects.toThrow('it resolved')
    await expect(rejects(Promise.reject(new Error('e')), RangeError)).rejects.toThrow('got Error: e')
    await expect(reasonOf(Promise.resolve())).rejects.toThrow(ContractError)
  })
})
