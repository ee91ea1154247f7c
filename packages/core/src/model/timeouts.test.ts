import { describe, expect, it } from 'vitest'
import { inTurn, never, redirect, rejection, testSession, thrown } from '../../test/test-session.js'
import { InvalidRequestError, TimeoutError } from './errors.js'
import { type TimeoutOptions, timeoutError, toTimeouts } from './timeouts.js'

const API = 'https://api.test/'

describe('toTimeouts', () => {
  it.each([null, undefined])('returns null for %s', (timeout) => {
    expect(toTimeouts(timeout)).toBeNull()
  })

  it('treats a number as the total', () => {
    expect({ ...toTimeouts(5) }).toEqual({ total: 5 })
    expect({ ...toTimeouts(Infinity) }).toEqual({ total: Infinity })
  })

  it('accepts limits by phase', () => {
    const limits = { total: 5, attempt: 4, connect: 1, headers: 2, body: undefined }
    expect({ ...toTimeouts(Object.freeze(limits)) }).toEqual(limits)
  })

  it.each<[string, unknown]>([
    ['0', 0],
    ['a negative number', -1],
    ['NaN', Number.NaN],
    ['text', '5'],
    ['true', true],
    ['what no timer can hold', 2 ** 31],
    ['a bad limit', { headers: 0 }],
    ['null for a limit', { headers: null }],
    ['an unknown phase', { read: 5 }],
    ['a list', [3, 5]],
  ])('refuses %s', (_what, timeout) => {
    const call = { timeout: timeout as TimeoutOptions }
    expect(thrown(() => testSession().session.prepare('GET', API, call))).toBeInstanceOf(InvalidRequestError)
  })
})

describe('timeoutError', () => {
  it.each([
    ['total', 'Timed out after 5 ms (timeout.total): GET https://api.test/', false],
    ['attempt', 'Timed out after 5 ms (timeout.attempt): GET https://api.test/', true],
    ['connect', 'Timed out after 5 ms (timeout.connect): GET https://api.test/', true],
    ['headers', 'Timed out after 5 ms (timeout.headers): GET https://api.test/', true],
    ['body', 'Timed out after 5 ms (timeout.body): GET https://api.test/', false],
  ] as const)('of %s says so', (phase, message, retryable) => {
    const error = timeoutError(phase, 5, { method: 'GET', url: `${API}?key=1` })
    expect(error).toMatchObject({ message, phase, retryable, code: 'ERR_TIMEOUT', name: 'TimeoutError' })
  })
})

describe('timeout.total', () => {
  it('ends a call that hangs, at its limit', async () => {
    const { session, clock } = testSession(() => never())
    let over = false
    const failed = rejection(session.get(API, { timeout: 100 })).finally(() => (over = true))
    clock.advance(99)
    await Promise.resolve()
    expect(over).toBe(false)
    clock.advance(1)
    expect(await failed).toMatchObject({ phase: 'total', request: { method: 'GET', url: API } })
    expect(clock.running).toBe(0)
  })

  it('spans hops and retries', async () => {
    const { session, clock, api } = testSession(
      inTurn(
        () => redirect('/a'),
        () => {
          clock.advance(60)
          return redirect('/b')
        },
        () => {
          clock.advance(60)
          return never()
        },
      ),
      { timeout: 100 },
    )
    expect(await rejection(session.get(API))).toBeInstanceOf(TimeoutError)
    expect(api.calls).toHaveLength(3)
  })

  it('runs until the last byte of the body', async () => {
    const { session, clock } = testSession(() => new Response(new ReadableStream()))
    const response = await session.get(API, { timeout: 100 })
    const failed = rejection(response.text())
    clock.advance(100)
    expect(await failed).toMatchObject({ phase: 'total' })
  })

  it('is released when the body is read, empty or discarded', async () => {
    const { session, clock } = testSession(
      inTurn(
        () => new Response('x'),
        () => new Response(null),
        () => new Response('x'),
      ),
      { timeout: 100 },
    )
    await session.get(API).text()
    await session.get(API)
    await (await session.get(API)).discard()
    expect(clock.running).toBe(0)
  })

  it('is released when the call fails', async () => {
    const { session, clock } = testSession(() => Promise.reject(new Error('no')), { timeout: 100 })
    await rejection(session.get(API))
    expect(clock.running).toBe(0)
  })

  it('starts when a prepared request is sent', async () => {
    const { session, clock } = testSession(undefined, { timeout: 100 })
    const request = session.prepare('GET', API)
    clock.advance(1000)
    expect(await session.send(request).text()).toBe('ok')
  })

  it('of the call takes precedence over the session’s', async () => {
    const { session, clock } = testSession(() => never(), { timeout: 100 })
    const failed = rejection(session.get(API, { timeout: 5 }))
    clock.advance(5)
    expect(await failed).toBeInstanceOf(TimeoutError)
  })
})

describe.each(['attempt', 'headers'] as const)('timeout.%s', (phase) => {
  it('ends one attempt, and the next one may follow', async () => {
    const { session, clock, api } = testSession(
      inTurn(
        () => {
          queueMicrotask(() => clock.advance(50))
          return never()
        },
        () => new Response('ok'),
      ),
      { timeout: { [phase]: 50 }, retry: 1 },
    )
    expect(await session.get(API).text()).toBe('ok')
    expect([api.calls.length, clock.running]).toEqual([2, 0])
  })

  it('names the expired limit, and notifies the transport', async () => {
    const { session, clock, sent } = testSession(() => {
      queueMicrotask(() => clock.advance(50))
      return never()
    })
    const error = await rejection(session.get(API, { timeout: { [phase]: 50 } }))
    expect(error).toMatchObject({ code: 'ERR_TIMEOUT', phase, retryable: true })
    expect(sent().cancellation.reason).toBe(error)
  })

  it('is released when the headers are received', async () => {
    const { session, clock } = testSession()
    await session.get(API, { timeout: { [phase]: 50 } })
    expect(clock.running).toBe(0)
  })
})
