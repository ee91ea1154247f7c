import { describe, expect, it } from 'vitest'
import { byPath, inTurn, never, redirect, rejection, testSession, thrown } from '../../test/test-session.js'
import { ConnectionError, HookError, InvalidRequestError } from '../model/errors.js'
import { HttpError, SessionResponse } from '../response/session-response.js'
import type { Session } from '../session/session.js'
import { mergeHooks, toHooks } from './hooks.js'
import { checks } from './checks.js'
import type { HookState, HooksSource } from './options.js'

const API = 'https://api.test/'

describe('toHooks', () => {
  it('accepts a function or a list, and copies lists', () => {
    const hook = (): void => {}
    const list = Object.freeze([hook])
    const hooks = toHooks({ request: hook, response: list })
    expect(hooks).toEqual({ request: [hook], response: [hook], redirect: [], retry: [], error: [] })
    expect(hooks.response).not.toBe(list)
  })

  it.each<[string, unknown]>([
    ['an unknown name', { before: () => {} }],
    ['no function', { request: 'log' }],
    ['a list with no function in it', { request: [null] }],
  ])('refuses %s', (_what, hooks) => {
    expect(thrown(() => toHooks(hooks as HooksSource, checks))).toBeInstanceOf(InvalidRequestError)
  })
})

describe('mergeHooks', () => {
  it('puts the session’s hooks first, and modifies neither', () => {
    const [first, second] = [(): void => {}, (): void => {}]
    const session = toHooks({ request: first })
    const merged = mergeHooks(session, Object.freeze({ request: Object.freeze([second]) }))
    expect(merged.request).toEqual([first, second])
    expect(session.request).toEqual([first])
  })
})

describe('request hooks', () => {
  it('edit the request in order, the session’s hooks first', async () => {
    const add =
      (value: string) =>
      ({ request }: { request: { headers: Headers } }) =>
        request.headers.append('X-Order', value)
    const { session, sent } = testSession(undefined, { hooks: { request: [add('1'), add('2')] } })
    session.hooks.request.push(add('3'))
    await session.get(API, { hooks: { request: add('4') } })
    expect(sent().headers.get('X-Order')).toBe('1, 2, 3, 4')
  })

  it('are awaited', async () => {
    const { session, sent } = testSession(undefined, {
      hooks: { request: ({ request }) => Promise.resolve().then(() => request.headers.set('X-Late', '1')) },
    })
    await session.get(API)
    expect(sent().headers.get('X-Late')).toBe('1')
  })

  it('replace the request, also for later hooks', async () => {
    const { session, sent } = testSession(undefined, {
      hooks: {
        request: [
          ({ request }) => request.copy({ url: 'https://api.test/other' }),
          ({ request }) => request.headers.set('X-Seen', new URL(request.url).pathname),
        ],
      },
    })
    await session.get(API)
    expect([sent().url, sent().headers.get('X-Seen')]).toEqual(['https://api.test/other', '/other'])
  })

  it('receive the session, the settings and the request', async () => {
    const { session } = testSession()
    let known: unknown
    const call = session.get(API, {
      hooks: {
        request: (state) =>
          void (known = [state.session === session, state.settings.maxRedirects, state.request.url]),
      },
      maxRedirects: 3,
    })
    await call
    expect(known).toEqual([true, 3, API])
  })

  it('answer the call with a Response, without auth, redirects, retry and cookies', async () => {
    const answer = redirect('/other', 302, { 'Set-Cookie': 'a=1' })
    const { session, api, cookies } = testSession(undefined, {
      auth: () => Promise.reject(new Error('auth ran')),
      retry: { statuses: [302] },
      hooks: { request: [() => answer, () => Promise.reject(new Error('the next request hook ran'))] },
    })
    const response = await session.get(API)
    expect(response).toBeInstanceOf(SessionResponse)
    expect([response.status, response.url, response.history, api.calls]).toEqual([302, API, [], []])
    expect(cookies.headerFor(API)).toBe('')
  })

  it('answer with a Response that response hooks receive', async () => {
    const { session } = testSession(undefined, {
      hooks: {
        request: () => new Response('first'),
        response: async ({ response }) => new Response(`${await response.text()}, then`),
      },
    })
    expect(await session.get(API).text()).toBe('first, then')
  })

  it('run once per call, over redirects and retries', async () => {
    let runs = 0
    const { session, api } = testSession(
      inTurn(
        () => redirect('/a'),
        () => new Response(null, { status: 503 }),
        () => new Response('ok'),
      ),
      { retry: 1, hooks: { request: () => void (runs += 1) } },
    )
    await session.get(API)
    expect([runs, api.calls.length]).toEqual([1, 3])
  })

  it.each<[string, unknown]>([
    ['text', 'x'],
    ['null', null],
    ['false', false],
    ['a standard Request', new Request(API)],
  ])('fail the call when one returns %s', async (_what, returned) => {
    const hooks = { request: () => returned } as HooksSource
    const { session, api } = testSession()
    expect(await rejection(session.get(API, { hooks }))).toBeInstanceOf(HookError)
    expect(api.calls).toEqual([])
  })

  it('rethrow errors unchanged, and send nothing', async () => {
    const failure = new Error('no')
    const { session, api } = testSession()
    const hooks: HooksSource = {
      request: () => {
        throw failure
      },
    }
    expect(await rejection(session.get(API, { hooks }))).toBe(failure)
    expect(api.calls).toEqual([])
  })

  it('that change the origin of a request strip its secrets', async () => {
    const { session, sent } = testSession(undefined, {
      baseUrl: API,
      auth: ['me', 'pw'],
      headers: { 'X-Key': 'k' },
      hooks: { request: ({ request }) => void (request.url = 'https://evil.test/') },
    })
    await session.get('a', { cookies: { sid: '1' } })
    expect(sent().url).toBe('https://evil.test/')
    expect([...sent().headers]).toEqual([])
  })

  it.each([
    ['a hook', (session: Session) => session.get('https://me:pw@api.test/', { ...theirs, hooks: away })],
    [
      'its caller',
      (session: Session) => {
        const request = session.prepare('GET', 'https://me:pw@api.test/', theirs)
        request.url = 'https://other.test/'
        return session.send(request)
      },
    ],
  ])(
    'leave no credentials to another origin that %s moves a request to, be it without a home',
    async (_who, call) => {
      const { session, sent } = testSession()
      await call(session)
      expect(sent().url).toBe('https://other.test/')
      expect([...sent().headers]).toEqual([['x-call', '1']])
    },
  )

  it('that edit the path of a URL of another origin keep the call’s headers', async () => {
    const { session, sent } = testSession(undefined, {
      baseUrl: API,
      hooks: { request: ({ request }) => void (request.url += '?q=1') },
    })
    await session.get('https://other.test/', { headers: { 'X-Mine': '1' }, auth: ['me', 'pw'] })
    expect(sent().url).toBe('https://other.test/?q=1')
    expect([sent().headers.get('X-Mine'), sent().headers.has('Authorization')]).toEqual(['1', true])
  })

  it.each(['not a url', '/relative', 'https://'])(
    'that leave %j as the URL fail as a caller would',
    async (url) => {
      const { session } = testSession(undefined, {
        hooks: { request: ({ request }) => void (request.url = url) },
      })
      expect(await rejection(session.get(API))).toBeInstanceOf(InvalidRequestError)
    },
  )

  it.each(['https://me:pw@api.test/', 'https://:pw@api.test/', 'https://pw@api.test/'])(
    'that write credentials into a URL are refused, and nothing is sent: %s',
    async (url) => {
      const { session, api } = testSession(undefined, {
        hooks: { request: ({ request }) => void (request.url = url) },
      })
      const error = await rejection(session.get(API))
      expect(error).toBeInstanceOf(InvalidRequestError)
      expect(String(error)).toContain('use auth')
      expect(JSON.stringify([String(error), error])).not.toContain('pw')
      expect(api.calls).toEqual([])
    },
  )

  it('may return one request again and again', async () => {
    const { session, api } = testSession(byPath({ '/': () => redirect('/end') }))
    const kept = session.prepare('GET', API)
    session.hooks.request.push(() => kept)
    const urls = [
      (await session.get('https://api.test/x')).url,
      (await session.get('https://api.test/x')).url,
    ]
    expect(urls).toEqual(['https://api.test/end', 'https://api.test/end'])
    expect(api.calls).toHaveLength(4)
  })

  it('added during a call do not run for that call', async () => {
    const ran: string[] = []
    const { session } = testSession()
    session.hooks.request.push(() => {
      session.hooks.request.push(() => void ran.push('request'))
      session.hooks.response.push(() => void ran.push('response'))
    })
    await session.get(API)
    expect(ran).toEqual([])
  })

  it('may be assigned by name', async () => {
    const { session, sent } = testSession()
    const hooks: HooksSource = { request: ({ request }) => request.headers.set('X-Hook', '1') }
    Object.assign(session, { hooks })
    await session.get(API)
    expect(sent().headers.get('X-Hook')).toBe('1')
  })
})

describe('response hooks', () => {
  it('receive the final response once per call, and may replace it', async () => {
    const seen: string[] = []
    const { session } = testSession(byPath({ '/': () => redirect('/end') }), {
      hooks: {
        response: [
          ({ response }) => void seen.push(response.url),
          () => new Response('new'),
          ({ response }) => void seen.push(String(response.status)),
        ],
      },
    })
    const response = await session.get(API)
    expect(await response.text()).toBe('new')
    expect(seen).toEqual(['https://api.test/end', '200'])
    expect(response).toBeInstanceOf(SessionResponse)
    expect(response.history.map((past) => past.url)).toEqual([API])
  })

  it('discard a replaced response', async () => {
    let cancelled = false
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(40_000)),
      cancel: () => void (cancelled = true),
    })
    const { session } = testSession(() => new Response(body), {
      hooks: { response: () => new Response('new') },
    })
    expect(await session.get(API).text()).toBe('new')
    expect(cancelled).toBe(true)
  })

  it('rethrow errors, after cookies were stored, and discard the response', async () => {
    const failure = new Error('no')
    let cancelled = false
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(40_000)),
      cancel: () => void (cancelled = true),
    })
    const { session, cookies } = testSession(() => new Response(body, { headers: { 'Set-Cookie': 'sid=1' } }))
    const call = session.get(API, { hooks: { response: () => Promise.reject(failure) } })
    expect(await rejection(call)).toBe(failure)
    expect([cookies.headerFor(API), cancelled]).toEqual(['sid=1', true])
  })

  it.each<[string, unknown]>([
    ['text', 'x'],
    ['null', null],
    ['false', false],
  ])('fail the call when one returns %s', async (_what, returned) => {
    const hooks = { response: () => returned } as HooksSource
    expect(await rejection(testSession().session.get(API, { hooks }))).toBeInstanceOf(HookError)
  })

  it('may return the response of another call; the settings of this call apply', async () => {
    const { session, clock } = testSession(byPath({ '/again': () => new Response('no', { status: 404 }) }))
    const hooks: HooksSource = { response: () => session.get('https://api.test/again', { timeout: 5 }) }
    expect(await session.get(API, { hooks, throwHttpErrors: false, timeout: 5 }).text()).toBe('no')
    expect(await rejection(session.get(API, { hooks, throwHttpErrors: true }))).toBeInstanceOf(HttpError)
    expect(clock.running).toBeLessThanOrEqual(1) // the last body is not read
  })

  it('that return the response of another call leave no timers', async () => {
    const { session, clock } = testSession()
    const hooks: HooksSource = { response: () => session.get('https://api.test/again', { timeout: 5 }) }
    await session.get(API, { hooks, timeout: 5 }).text()
    expect(clock.running).toBe(0)
  })
})

/** What a call says, and a hook that moves it. */
const theirs = { cookies: { sid: '1' }, headers: { 'X-Call': '1' } }
const away = { request: ({ request }: HookState) => void (request.url = 'https://other.test/') }

it('response hooks may return a response with the same body', async () => {
  const { session } = testSession()
  const response = ({ response }: { response: Response }) => new Response(response.body, { status: 201 })
  const answer = await session.get(API, { hooks: { response } })
  expect([answer.status, await answer.text()]).toEqual([201, 'ok'])
})

describe('redirect hooks', () => {
  const hops = byPath({ '/': () => redirect('/a'), '/a': () => redirect('/b') })

  it('run per hop, and receive the redirect and the next request', async () => {
    const seen: string[] = []
    const { session } = testSession(hops)
    const hooks: HooksSource = {
      redirect: ({ request, response, next }) =>
        void seen.push(`${request.url} ${response.status} ${next.url}`),
    }
    await session.get(API, { hooks })
    expect(seen).toEqual([
      'https://api.test/ 302 https://api.test/a',
      'https://api.test/a 302 https://api.test/b',
    ])
  })

  it('edit the next request', async () => {
    const { session, sent } = testSession(hops)
    await session.get(API, { hooks: { redirect: ({ next }) => next.headers.append('X-Hop', '1') } })
    expect(sent(2).headers.get('X-Hop')).toBe('1, 1')
  })

  it('edit requests to another origin, after their secrets were stripped', async () => {
    const { session, sent } = testSession(byPath({ '/': () => redirect('https://other.test/end') }), {
      headers: { 'X-Key': 'k' },
    })
    await session.get(API, { hooks: { redirect: ({ next }) => next.headers.set('X-Trace', 'abc') } })
    expect([sent(1).url, ...sent(1).headers]).toEqual(['https://other.test/end', ['x-trace', 'abc']])
  })

  it('stop at the redirect with false; its next request can be sent', async () => {
    const { session, api } = testSession(hops)
    const response = await session.get(API, {
      hooks: { redirect: ({ next }) => (next.url.endsWith('/b') ? false : undefined) },
    })
    expect([response.status, response.url, api.calls.length]).toEqual([302, 'https://api.test/a', 2])
    expect(response.history).toHaveLength(1)
    expect(response.next?.url).toBe('https://api.test/b')
  })

  it('that send the next request to another origin do not send secrets', async () => {
    const { session, sent } = testSession(hops, { auth: ['me', 'pw'], headers: { 'X-Key': 'k' } })
    await session.get(API, { hooks: { redirect: ({ next }) => void (next.url = 'https://evil.test/end') } })
    expect([...sent(1).headers]).toEqual([])
  })

  it('that send a body to another origin are rejected', async () => {
    const { session, api } = testSession(byPath({ '/': () => redirect('/a', 307) }))
    const hooks: HooksSource = { redirect: ({ next }) => void (next.url = 'https://evil.test/end') }
    await expect(session.post(API, { json: 1, hooks })).rejects.toMatchObject({
      code: 'ERR_INVALID_REDIRECT',
    })
    expect(api.calls).toHaveLength(1)
  })

  it('fail the call for other return values', async () => {
    const hooks = { redirect: () => new Response('x') } as unknown as HooksSource
    expect(await rejection(testSession(hops).session.get(API, { hooks }))).toBeInstanceOf(HookError)
  })

  it('rethrow errors', async () => {
    const failure = new Error('no')
    const hooks: HooksSource = { redirect: () => Promise.reject(failure) }
    expect(await rejection(testSession(hops).session.get(API, { hooks }))).toBe(failure)
  })
})

describe('error hooks', () => {
  const refused = new ConnectionError('Refused')
  const fails = (): Promise<Response> => Promise.reject(refused)

  it('receive the error and the request, once per call', async () => {
    const seen: unknown[] = []
    const { session } = testSession(fails, {
      retry: 2,
      hooks: { error: ({ error, request }) => void seen.push(error, request.url) },
    })
    expect(await rejection(session.get(API))).toBe(refused)
    expect(seen).toEqual([refused, API])
  })

  it('replace the error, also for later hooks', async () => {
    const [second, third] = [new Error('2'), new Error('3')]
    const seen: unknown[] = []
    const { session } = testSession(fails, {
      hooks: { error: [() => second, ({ error }) => void seen.push(error), () => third] },
    })
    expect(await rejection(session.get(API))).toBe(third)
    expect(seen).toEqual([second])
  })

  it('recover with a Response', async () => {
    const { session } = testSession(fails, {
      hooks: { error: [() => new Response('cached'), () => new Error('not reached')] },
    })
    const response = await session.get(API)
    expect([await response.text(), response.url]).toEqual(['cached', API])
  })

  it('fail the call for other return values', async () => {
    const hooks = { error: () => 'x' } as unknown as HooksSource
    expect(await rejection(testSession(fails).session.get(API, { hooks }))).toBeInstanceOf(HookError)
  })

  it('receive an HttpError with its response', async () => {
    const seen: unknown[] = []
    const { session } = testSession(() => new Response('why', { status: 500 }))
    const hooks: HooksSource = {
      error: async ({ error }) => void seen.push(error instanceof HttpError && (await error.response.text())),
    }
    await rejection(session.get(API, { hooks, throwHttpErrors: true }))
    expect(seen).toEqual(['why'])
  })

  it('do not run for a call that succeeds', async () => {
    const { session } = testSession(undefined, { hooks: { error: () => new Error('ran') } })
    expect(await session.get(API).text()).toBe('ok')
  })
})

describe('hooks that never settle', () => {
  it.each(['request', 'response', 'redirect'] as const)('of %s end at the deadline', async (name) => {
    const { session, clock } = testSession(byPath({ '/': () => redirect('/a') }))
    const call = session.get(API, { timeout: 100, hooks: { [name]: () => never() } })
    const failed = rejection(call)
    await Promise.resolve()
    clock.advance(100)
    expect(await failed).toMatchObject({ code: 'ERR_TIMEOUT', phase: 'total' })
    expect(clock.running).toBe(0)
  })

  it('of error end at the deadline, too', async () => {
    const { session, clock } = testSession(() => Promise.reject(new ConnectionError('Refused')))
    let failed: Promise<unknown> = never()
    await new Promise<void>((resolve) => {
      const error = (): Promise<never> => {
        resolve()
        return never()
      }
      failed = rejection(session.get(API, { timeout: 100, hooks: { error } }))
    })
    clock.advance(100)
    expect(await failed).toMatchObject({ code: 'ERR_TIMEOUT', phase: 'total' })
    expect(clock.running).toBe(0)
  })

  it('error hooks still run after the deadline', async () => {
    const { session, clock } = testSession(() => never())
    const answer = session.get(API, { timeout: 100, hooks: { error: async () => new Response('kept') } })
    await Promise.resolve()
    clock.advance(100)
    expect(await answer.text()).toBe('kept')
  })

  it.each([
    ['the deadline', 100, { code: 'ERR_TIMEOUT', phase: 'total' }],
    ['an abort', undefined, { message: 'enough' }],
  ])('have a second for it, after %s', async (_what, timeout, failure) => {
    const { session, clock } = testSession(() => never())
    const abort = new AbortController()
    let isCalled = (): void => {}
    const called = new Promise<void>((resolve) => (isCalled = resolve))
    const error = (): Promise<never> => (isCalled(), never())
    const call = rejection(session.get(API, { timeout, signal: abort.signal, hooks: { error } }))
    await Promise.resolve()
    if (timeout === undefined) abort.abort(new Error('enough'))
    else clock.advance(100)
    await called
    clock.advance(1000)
    expect(await call).toMatchObject(failure)
    expect(clock.running).toBe(0)
  })
})
