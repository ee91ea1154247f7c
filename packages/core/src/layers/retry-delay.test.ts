import { afterEach, describe, expect, it, vi } from 'vitest'
import { present } from '../../test/test-session.js'
import { type RetryOptions, type RetryPolicy, toRetryPolicy } from '../model/retry.js'
import { retryAfterDelay, retryDelay } from './retry.js'

const policy = (options: RetryOptions = {}): RetryPolicy => present(toRetryPolicy(options))

describe('retryDelay', () => {
  afterEach(() => {
    vi.restoreAllMocks()
    vi.useRealTimers()
  })

  it.each([
    [1, 300],
    [2, 600],
    [3, 1200],
    [7, 19_200],
    [8, 30_000],
    [5000, 30_000],
  ])('of retry %i is %i ms without jitter', (retry, ms) => {
    expect(retryDelay(policy({ jitter: false }), retry, null)).toBe(ms)
  })

  it.each([
    [0, 0],
    [0.5, 300],
    [0.999, 599.4],
  ])('with a random %d is %d of the whole back-off', (random, ms) => {
    vi.spyOn(Math, 'random').mockReturnValue(random)
    expect(retryDelay(policy(), 2, null)).toBeCloseTo(ms, 6)
  })

  it.each([
    ['2', 2000],
    ['0', 0],
    ['60', 60_000],
    ['61', null],
    ['99999999999999999999', null],
  ])('obeys Retry-After: %s as %s', (header, ms) => {
    expect(retryDelay(policy({ jitter: false }), 1, header)).toBe(ms)
  })

  it.each(['1e9', '-1', '1.5', '', 'soon', 'NaN', '0x10'])('backs off where Retry-After is %j', (header) => {
    expect(retryDelay(policy({ jitter: false }), 1, header)).toBe(300)
  })

  it('accepts a date', () => {
    vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') })
    expect(retryDelay(policy(), 1, 'Thu, 01 Jan 2026 00:00:05 GMT')).toBe(5000)
    expect(retryDelay(policy(), 1, 'Thu, 01 Jan 2026 01:00:00 GMT')).toBeNull()
  })

  it('accepts a longer Retry-After if the policy allows it', () => {
    expect(retryDelay(policy({ retryAfterMax: 3_600_000 }), 1, '3600')).toBe(3_600_000)
  })
})

describe('retryAfterDelay', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')

  it.each([
    ['Thu, 01 Jan 2026 00:00:05 GMT', 5000],
    ['Thursday, 01-Jan-26 00:00:05 GMT', 5000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    [' 7 ', 7000],
    ['Thu, 99 Foo 2026', null],
    ['tomorrow', null],
    ['5 seconds', null],
  ])('reads %j as %s', (header, ms) => {
    expect(retryAfterDelay(header, now)).toBe(ms)
  })
})
