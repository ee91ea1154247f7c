import { describe, expect, it } from 'vitest'
import { present, testSession, thrown } from '../../test/test-session.js'
import { InvalidRequestError } from './errors.js'
import { type RetryOptions, retryBudget, toRetryPolicy } from './retry.js'

/** What a call with these options throws. */
const refusal = (retry: RetryOptions | number): unknown =>
  thrown(() => testSession().session.prepare('GET', 'https://api.test/', { retry }))

describe('toRetryPolicy', () => {
  it.each([null, undefined, 0, { limit: 0 }])('makes %j never', (retry) => {
    expect(toRetryPolicy(retry)).toBeNull()
  })

  it('fills in defaults', () => {
    expect(toRetryPolicy(3)).toEqual({
      limit: 3,
      methods: ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'],
      statuses: [408, 429, 500, 502, 503, 504],
      delay: 300,
      maxDelay: 30_000,
      jitter: true,
      retryAfterMax: 60_000,
      budget: null,
    })
    expect(toRetryPolicy({})?.limit).toBe(2)
  })

  it('rejects an unknown member, and lists the known ones', () => {
    const error = refusal({ retries: 5 } as RetryOptions)
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toContain('retry.retries must be one of limit, methods,')
  })

  it('accepts one method or status instead of a list', () => {
    const one = { methods: 'post', statuses: 503 } as unknown as RetryOptions
    expect(toRetryPolicy(one)).toMatchObject({ methods: ['POST'], statuses: [503] })
  })

  it('accepts methods in any case', () => {
    expect(toRetryPolicy({ methods: ['post'] })?.methods).toEqual(['POST'])
  })

  it.each<RetryOptions | number>([
    -1,
    Number.NaN,
    { limit: -1 },
    { delay: -1 },
    { maxDelay: Number.NaN },
    { retryAfterMax: -1 },
    { limit: '2' as unknown as number },
  ])('refuses %j', (retry) => {
    expect(refusal(retry)).toBeInstanceOf(InvalidRequestError)
  })

  it('does not modify its arguments', () => {
    expect(present(toRetryPolicy(Object.freeze({ methods: Object.freeze(['get']) }))).methods).toEqual([
      'GET',
    ])
  })
})

describe('retryBudget', () => {
  it('allows retries up to its balance, and adds a share for each first attempt', () => {
    const budget = retryBudget({ ratio: 0.5, burst: 2 })
    const granted = (): boolean[] => [budget.withdraw(), budget.withdraw(), budget.withdraw()]
    expect(granted()).toEqual([true, true, false])
    budget.deposit()
    expect(budget.withdraw()).toBe(false)
    budget.deposit()
    expect(budget.withdraw()).toBe(true)
  })

  it('does not exceed its burst', () => {
    const budget = retryBudget({ ratio: 1, burst: 1 })
    for (let attempt = 0; attempt < 5; attempt += 1) budget.deposit()
    expect([budget.withdraw(), budget.withdraw()]).toEqual([true, false])
  })
})
