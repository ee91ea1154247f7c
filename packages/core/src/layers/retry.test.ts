import { describe, expect, it } from 'vitest'
import { byPath, inTurn, oneShot, redirect, rejection, testSession } from '../../test/test-session.js'
import type { HooksSource } from '../call/options.js'
import { ConnectionError, HookError, InvalidRequestError, SessionError, TlsError } from '../model/errors.js'
import { type RetryOptions, retryBudget } from '../model/retry.js'

const API = 'https://api.test/'
const busy =
  (headers: Record<string, string> = {}) =>
  (): Response =>
    new Response('busy', { status: 503, headers })
const ok = (): Response => new Response('ok')
const refuses = (): Promise<Response> => Promise.reject(new ConnectionError('Refused'))
const plain: RetryOptions = { jitter: false }

describe('retry', () => {
  it('is off by default', async () => {
    const { session, api } = testSession(busy())
    expect((await session.get(API)).status).toBe(503)
    expect(api.calls).toHaveLength(1)
  })

  it.each([408, 429, 500, 502, 503, 504])('sends again after %i', async (status) => {
    const { session, api } = testSession(
      inTurn(() => new Response(null, { status }), ok),
      { retry: 1 },
    )
    expect(await session.get(API).text()).toBe('ok')
    expect(api.calls).toHaveLength(2)
  })

  it.each([200, 304, 400, 401, 404, 409, 413, 501, 505])('does not send again after %i', async (status) => {
    const { session, api } = testSession(() => new Response(null, { status }), { retry: 2 })
    expect((await session.get(API)).status).toBe(status)
    expect(api.calls).toHaveLength(1)
  })

  it('sends again after 413 with Retry-After', async () => {
    const { session, clock } = testSession(
      inTurn(() => new Response(null, { status: 413, headers: { 'Retry-After': '2' } }), ok),
      { retry: 1 },
    )
    expect(await session.get(API).text()).toBe('ok')
    expect(clock.waits).toEqual([2000])
  })

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('sends %s again', async (method) => {
    const { session, api } = testSession(inTurn(busy(), ok), { retry: 1 })
    await session.request(method, API)
    expect(api.calls).toHaveLength(2)
  })

  it.each(['POST', 'PATCH', 'PROPFIND'])('does not send %s again', async (method) => {
    const { session, api } = testSession(inTurn(busy(), ok), { retry: 1 })
    await session.request(method, API)
    expect(api.calls).toHaveLength(1)
  })

  it('retries a method that the caller names', async () => {
    const { session, api } = testSession(inTurn(busy(), ok), { retry: { methods: ['post'] } })
    await session.post(API, { json: { a: 1 } })
    expect(api.calls.map((request) => request.body)).toEqual(['{"a":1}', '{"a":1}'])
  })

  it('does not retry a stream', async () => {
    const { session, api } = testSession(inTurn(busy(), ok), { retry: 1 })
    expect((await session.put(API, { body: oneShot() })).status).toBe(503)
    expect(api.calls).toHaveLength(1)
  })

  it.each<[string, unknown, number]>([
    ['a refused connection', new ConnectionError('Refused'), 2],
    ['a refused certificate', new TlsError('Refused'), 1],
    ['an error of ours that will not pass', new SessionError('No'), 1],
    ['an error that is not ours', new TypeError('No'), 1],
    ['an abort', new DOMException('No', 'AbortError'), 1],
  ])('after %s sends %#', async (_what, failure, requests) => {
    const { session, api } = testSession(() => Promise.reject(failure), { retry: 1 })
    expect(await rejection(session.get(API))).toBe(failure)
    expect(api.calls).toHaveLength(requests)
  })

  it('returns the last response with a readable body', async () => {
    const { session, api } = testSession(busy(), { retry: 2 })
    expect(await (await session.get(API)).text()).toBe('busy')
    expect(api.calls).toHaveLength(3)
  })

  it('throws the last error', async () => {
    const { session, api } = testSession(refuses, { retry: 2 })
    expect(await rejection(session.get(API))).toBeInstanceOf(ConnectionError)
    expect(api.calls).toHaveLength(3)
  })

  it('doubles the delay each time', async () => {
    const { session, clock } = testSession(refuses, {
      retry: { ...plain, limit: 4, delay: 100, maxDelay: 500 },
    })
    await rejection(session.get(API))
    expect(clock.waits).toEqual([100, 200, 400, 500])
  })

  it('waits a random part of that by default', async () => {
    const { session, clock } = testSession(refuses, { retry: { limit: 50, delay: 100, maxDelay: 100 } })
    await rejection(session.get(API))
    expect(Math.min(...clock.waits)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...clock.waits)).toBeLessThan(100)
    expect(new Set(clock.waits).size).toBeGreaterThan(40)
  })

  it('gives up if Retry-After is too long', async () => {
    const { session, clock } = testSession(busy({ 'Retry-After': '3600' }), { retry: 2 })
    expect((await session.get(API)).status).toBe(503)
    expect(clock.waits).toEqual([])
  })

  it.each<[string, Record<string, string>, RetryOptions, HooksSource]>([
    ['the server', { 'Retry-After': '2147484' }, { retryAfterMax: Infinity }, {}],
    ['the back-off', {}, { ...plain, delay: 2 ** 31, maxDelay: Infinity }, {}],
    ['a hook', {}, plain, { retry: (state) => void (state.delay = 2 ** 31) }],
  ])(
    'gives up when %s asks for a longer wait than a timer can hold',
    async (_what, headers, retry, hooks) => {
      const { session, clock, api } = testSession(busy(headers), { retry, hooks })
      expect((await session.get(API)).status).toBe(503)
      expect([clock.waits, api.calls.length]).toEqual([[], 1])
    },
  )

  it('waits up to the timer limit', async () => {
    const retry = { ...plain, delay: 2 ** 31 - 1, maxDelay: Infinity }
    const { session, clock } = testSession(inTurn(busy(), ok), { retry })
    expect(await session.get(API).text()).toBe('ok')
    expect(clock.waits).toEqual([2 ** 31 - 1])
  })

  it('gives up if the delay would exceed the deadline', async () => {
    const { session, clock, api } = testSession(busy({ 'Retry-After': '5' }), { retry: 2, timeout: 5000 })
    expect((await session.get(API)).status).toBe(503)
    expect([clock.waits, api.calls.length]).toEqual([[], 1])
  })

  it('counts over all hops of a call', async () => {
    const { session, api } = testSession(
      byPath({ '/': inTurn(busy(), () => redirect('/b')), '/b': inTurn(busy(), busy(), ok) }),
      { retry: 2 },
    )
    expect((await session.get(API)).status).toBe(503)
    expect(api.calls.map((request) => new URL(request.url).pathname)).toEqual(['/', '/', '/b', '/b'])
  })

  it('counts for each call separately', async () => {
    const { session, api } = testSession(busy(), { retry: 1 })
    await session.get(API)
    await session.get(API)
    expect(api.calls).toHaveLength(4)
  })

  it('signs each attempt, and sends the cookies set by the previous one', async () => {
    let signatures = 0
    const { session, sent } = testSession(inTurn(busy({ 'Set-Cookie': 'sid=1' }), ok), {
      retry: 1,
      auth: (request) => request.headers.set('Authorization', `signature ${(signatures += 1)}`),
    })
    await session.get(API)
    expect([sent(0), sent(1)].map((request) => request.headers.get('Authorization'))).toEqual([
      'signature 1',
      'signature 2',
    ])
    expect([sent(0), sent(1)].map((request) => request.headers.get('Cookie'))).toEqual([null, 'sid=1'])
  })

  it('does not add failed attempts to the history', async () => {
    const { session } = testSession(inTurn(busy(), ok), { retry: 1 })
    expect((await session.get(API)).history).toEqual([])
  })

  it('uses a shared budget', async () => {
    const budget = retryBudget({ ratio: 0, burst: 1 })
    const { session, api } = testSession(busy(), { retry: { limit: 5, budget } })
    await session.get(API)
    await session.get(API)
    expect(api.calls).toHaveLength(3)
  })
})

describe('retry hooks', () => {
  it('receive the failure before each retry, and may change the delay', async () => {
    const seen: unknown[] = []
    const { session, clock } = testSession(inTurn(busy(), refuses, ok), { retry: plain })
    const hooks: HooksSource = {
      retry: (state) => {
        seen.push([
          state.attempt,
          state.delay,
          state.response?.status,
          state.error instanceof ConnectionError,
        ])
        state.delay = 7
      },
    }
    await session.get(API, { hooks })
    expect(seen).toEqual([
      [2, 300, 503, false],
      [3, 600, undefined, true],
    ])
    expect(clock.waits).toEqual([7, 7])
  })

  it('may replace the failed request', async () => {
    const { session, api } = testSession(inTurn(busy(), ok), { retry: 1 })
    const headers = new Headers({ 'X-Attempt': '2' })
    const hooks: HooksSource = { retry: (state) => void (state.request = state.request.copy({ headers })) }
    const response = await session.get(API, { hooks })
    expect(api.calls.map((call) => call.headers.get('X-Attempt'))).toEqual([null, '2'])
    expect(response.request.headers.get('X-Attempt')).toBe('2')
  })

  it('stop with the last outcome on false', async () => {
    const { session, api } = testSession(busy(), { retry: 2, hooks: { retry: () => false } })
    expect(await (await session.get(API)).text()).toBe('busy')
    expect(api.calls).toHaveLength(1)
  })

  it('fail the call for other return values', async () => {
    const hooks = { retry: () => true } as unknown as HooksSource
    expect(await rejection(testSession(busy(), { retry: 1 }).session.get(API, { hooks }))).toBeInstanceOf(
      HookError,
    )
  })

  it('rethrow errors', async () => {
    const failure = new Error('no')
    const { session } = testSession(busy(), { retry: 1, hooks: { retry: () => Promise.reject(failure) } })
    expect(await rejection(session.get(API))).toBe(failure)
  })

  it('may change the origin, which strips credentials', async () => {
    const { session, api } = testSession(inTurn(busy(), ok), {
      baseUrl: API,
      retry: 1,
      auth: ['user', 'secret'],
      headers: { 'X-Key': 'secret' },
      hooks: { retry: ({ request }) => void (request.url = 'https://mirror.test/') },
    })
    expect(await session.get('').text()).toBe('ok')
    const [first, second] = api.calls.map(({ url, headers }) => [
      url,
      headers.get('Authorization'),
      headers.get('X-Key'),
    ])
    expect(first).toEqual([API, expect.stringMatching(/^Basic /), 'secret'])
    expect(second).toEqual(['https://mirror.test/', null, null])
  })

  it('may change the origin, and the request keeps its redirect mode', async () => {
    const modes: unknown[] = []
    const answer = inTurn(busy(), ok)
    const { session } = testSession((request) => (modes.push(request.redirect), answer(request)), {
      baseUrl: API,
      retry: 1,
      hooks: { retry: ({ request }) => void (request.url = 'https://mirror.test/') },
    })
    const { request } = await session.get('', { redirect: 'error' })
    expect([request.url, request.redirect]).toEqual(['https://mirror.test/', 'error'])
    expect(modes).toEqual(['manual', 'manual'])
  })

  it('are validated before the request is sent again', async () => {
    const { session, api } = testSession(busy(), {
      retry: 1,
      hooks: { retry: ({ request }) => void (request.method = 'G T') },
    })
    expect(await rejection(session.get(API))).toBeInstanceOf(InvalidRequestError)
    expect(api.calls).toHaveLength(1)
  })
})

describe('retry', () => {
  it('an abort ends the delay between attempts, and leaves no timer', async () => {
    const { session, clock, api } = testSession(busy(), { retry: 2 })
    clock.passesWaits = false
    const controller = new AbortController()
    const waiting = clock.timerSet()
    const failed = rejection(session.get(API, { signal: controller.signal }))
    await waiting
    controller.abort('enough')
    expect([await failed, clock.running, api.calls.length]).toEqual(['enough', 0, 1])
  })

  it('close() ends the delay between attempts', async () => {
    const { session, clock } = testSession(busy(), { retry: 2 })
    clock.passesWaits = false
    const waiting = clock.timerSet()
    const failed = rejection(session.get(API))
    await waiting
    await session.close()
    expect(await failed).toMatchObject({ code: 'ERR_SESSION_CLOSED' })
    expect(clock.running).toBe(0)
  })
})
