import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { byUrl, oneShot, redirect, rejection, testSession, thrown } from '../../test/test-session.js'
import { AuthError, InvalidRequestError } from '../model/errors.js'
import type { PreparedRequest } from '../request/prepared-request.js'
import { HttpError } from '../response/session-response.js'
import { type BearerOptions, type BearerToken, bearer } from './bearer.js'

const API = 'https://api.test/a'
const tokenOf = (request: PreparedRequest): string | null => request.headers.get('Authorization')
const refused = (): Response => new Response('who?', { status: 401 })

/** A server that lets one token in; it may be changed. */
function tokenServer(valid: string): { valid: string; handle: (request: PreparedRequest) => Response } {
  const server = {
    valid,
    handle: (request: PreparedRequest) =>
      tokenOf(request) === `Bearer ${server.valid}` ? new Response('in') : refused(),
  }
  return server
}

/** A promise that the test settles. */
function gate<T>(): { promise: Promise<T>; open: (value: T) => void; fail: (error: unknown) => void } {
  let open: (value: T) => void = () => {}
  let fail: (error: unknown) => void = () => {}
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { promise, open, fail }
}

describe('bearer', () => {
  it.each<[string, BearerToken | BearerOptions]>([
    ['text', 't.o-k~e_n+/='],
    ['a function', () => 't.o-k~e_n+/='],
    ['an async function', async () => 't.o-k~e_n+/='],
    ['an option', { token: 't.o-k~e_n+/=' }],
  ])('sends a token that is given as %s', async (_what, token) => {
    const { session, sent } = testSession(undefined, { auth: bearer(token) })
    await session.get(API)
    expect(tokenOf(sent())).toBe('Bearer t.o-k~e_n+/=')
  })

  it('calls the function before each request', async () => {
    let count = 0
    const { session, api } = testSession(undefined, { auth: bearer(() => `t${(count += 1)}`) })
    await session.get(API)
    await session.get(API)
    expect(api.calls.map(tokenOf)).toEqual(['Bearer t1', 'Bearer t2'])
  })

  it.each<[string, BearerToken | BearerOptions]>([
    ['nothing to do about it', 'old'],
    ['a function alone', () => 'old'],
  ])('returns the 401 where there is %s', async (_what, token) => {
    const { session, api } = testSession(refused, { auth: bearer(token) })
    const response = await session.get(API)
    expect([response.status, response.history, await response.text()]).toEqual([401, [], 'who?'])
    expect(api.calls.length).toBe(1)
  })

  it.each(['', 'a b', 'a\r\nX: y', 'a\0b', 'tökén', 7, undefined, {}])(
    'refuses the token %j',
    async (token) => {
      const { session, api } = testSession(undefined, { auth: bearer(() => token as string) })
      expect(thrown(() => bearer(token as string))).toBeInstanceOf(InvalidRequestError)
      expect(await rejection(session.get(API))).toBeInstanceOf(InvalidRequestError)
      expect(api.calls).toEqual([])
    },
  )

  it.each(['canary\n', ' canary\r\n'])('sends the token %j of a file without its blanks', async (token) => {
    const { session, sent } = testSession(undefined, { auth: bearer(token) })
    await session.get(API)
    await session.get(API, { auth: bearer(() => token) })
    expect([tokenOf(sent(0)), tokenOf(sent(1))]).toEqual(['Bearer canary', 'Bearer canary'])
  })

  it('sends no token if the function returns null, and rejects null as the token', async () => {
    const { session, sent } = testSession(undefined, { auth: bearer(() => null) })
    await session.get(API)
    expect(tokenOf(sent())).toBeNull()
    expect(thrown(() => bearer(null as unknown as string))).toBeInstanceOf(InvalidRequestError)
  })

  it('never shows a token', async () => {
    const canary = 'canary\n.'
    const error = thrown(() => bearer(canary))
    const { session } = testSession(undefined, { auth: bearer(() => canary) })
    const later = await rejection(session.get(API))
    const refreshed = testSession(refused, { auth: bearer({ refresh: () => canary }) })
    const last = await rejection(refreshed.session.get(API))
    for (const shown of [error, later, last]) {
      expect(shown).toBeInstanceOf(InvalidRequestError)
      expect(`${String(shown)}${JSON.stringify(shown)}${(shown as Error).stack}`).not.toContain('canary')
    }
  })
})

describe('bearer with refresh', () => {
  it('refreshes after a 401 and sends the request again', async () => {
    const server = tokenServer('new')
    const refresh = vi.fn<(response: Response) => string>(() => 'new')
    const { session, api } = testSession(server.handle, { auth: bearer({ token: 'old', refresh }) })
    const response = await session.post(API, { json: { a: 1 } })
    expect([response.status, await response.text()]).toEqual([200, 'in'])
    expect(response.history.map(({ status }) => status)).toEqual([401])
    expect(api.calls.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}'])
    expect(refresh.mock.calls.map(([refusal]) => refusal.status)).toEqual([401])
    await session.get(API)
    expect(api.calls.map(tokenOf)).toEqual(['Bearer old', 'Bearer new', 'Bearer new'])
  })

  it('passes the 401 to refresh', async () => {
    const server = tokenServer('who?!')
    const refresh = async (response: Response): Promise<string> => `${await response.text()}!`
    const { session } = testSession(server.handle, { auth: bearer({ refresh }) })
    expect(await session.get(API).text()).toBe('in')
  })

  it('sends no token if there is none yet', async () => {
    const server = tokenServer('new')
    const { session, api } = testSession(server.handle, {
      auth: bearer({ refresh: () => 'new' }),
      headers: { Authorization: 'Basic eDp5' },
    })
    expect((await session.get(API)).status).toBe(200)
    expect(api.calls.map(tokenOf)).toEqual([null, 'Bearer new'])
  })

  it('refreshes once for 100 concurrent calls of all sessions that share the flow', async () => {
    const server = tokenServer('new')
    const fresh = gate<string>()
    const refresh = vi.fn(() => fresh.promise)
    const auth = bearer({ token: 'old', refresh })
    const sessions = [
      testSession(server.handle, { auth }).session,
      testSession(server.handle, { auth }).session,
    ]
    const calls = Array.from({ length: 50 }, () => sessions.map((session) => session.get(API))).flat()
    await vi.waitUntil(() => refresh.mock.calls.length > 0)
    fresh.open('new')
    const responses = await Promise.all(calls)
    expect(responses.every(({ status, history }) => status === 200 && history.length === 1)).toBe(true)
    expect(refresh).toHaveBeenCalledTimes(1)
  })

  it('does not refresh if the token was replaced in the meantime', async () => {
    const server = tokenServer('new')
    const late = gate<void>()
    const refresh = vi.fn(() => 'new')
    const { session, api } = testSession(
      async (request) => {
        if (request.url.endsWith('late') && tokenOf(request) === 'Bearer old') await late.promise
        return server.handle(request)
      },
      { auth: bearer({ token: 'old', refresh }) },
    )
    const slow = session.get('https://api.test/late').text()
    await session.get(API)
    late.open()
    expect(await slow).toBe('in')
    expect(refresh).toHaveBeenCalledTimes(1)
    expect(api.calls.length).toBe(4)
  })

  it('refreshes once per request if the new token is rejected, too', async () => {
    let count = 0
    const { session, api } = testSession(refused, { auth: bearer({ refresh: () => `t${(count += 1)}` }) })
    expect((await session.get(API)).status).toBe(401)
    expect([count, api.calls.length]).toEqual([1, 2])
  })

  it('refreshes again when the new token has expired', async () => {
    const server = tokenServer('t1')
    let count = 0
    const { session } = testSession(server.handle, {
      auth: bearer({ token: 't0', refresh: () => `t${(count += 1)}` }),
    })
    await session.get(API)
    server.valid = 't2'
    expect((await session.get(API)).status).toBe(200)
    expect(count).toBe(2)
  })

  it('rejects all waiting calls with the error of refresh, and tries again later', async () => {
    const failure = new Error('no refresh token')
    const failed = gate<string>()
    const server = tokenServer('new')
    const refresh = vi.fn<() => Promise<string>>(() => failed.promise)
    const { session } = testSession(server.handle, { auth: bearer({ token: 'old', refresh }) })
    const calls = Array.from({ length: 10 }, () => rejection(session.get(API)))
    await vi.waitUntil(() => refresh.mock.calls.length > 0)
    failed.fail(failure)
    expect(new Set(await Promise.all(calls))).toEqual(new Set([failure]))
    expect(refresh).toHaveBeenCalledTimes(1)
    refresh.mockResolvedValue('new')
    expect((await session.get(API)).status).toBe(200)
  })

  it('treats a synchronous error of refresh like a rejection', async () => {
    const failure = new Error('no')
    let count = 0
    const refresh = (): string => {
      count += 1
      if (count === 1) throw failure
      return 'new'
    }
    const { session } = testSession(tokenServer('new').handle, { auth: bearer({ refresh }) })
    expect(await rejection(session.get(API))).toBe(failure)
    expect((await session.get(API)).status).toBe(200)
  })

  it('uses the function’s token again once it changes', async () => {
    const server = tokenServer('t1')
    let said = 't0'
    const { session, api } = testSession(server.handle, {
      auth: bearer({ token: () => said, refresh: () => 't1' }),
    })
    await session.get(API)
    await session.get(API)
    server.valid = said = 't2'
    await session.get(API)
    expect(api.calls.map(tokenOf)).toEqual(['Bearer t0', 'Bearer t1', 'Bearer t1', 'Bearer t2'])
  })

  it('does not refresh for another origin', async () => {
    const refresh = vi.fn(() => 'new')
    const evil = 'https://evil.test/'
    const { session, api } = testSession(byUrl({ [API]: () => redirect(evil), [evil]: refused }), {
      auth: bearer({ token: 'old', refresh }),
    })
    expect((await session.get(API)).status).toBe(401)
    expect(api.calls.map(tokenOf)).toEqual(['Bearer old', null])
    const unseen = testSession(() => Object.defineProperty(refused(), 'url', { value: evil }), {
      auth: bearer({ token: 'old', refresh }),
    })
    expect((await unseen.session.get(API)).status).toBe(401)
    expect(refresh).not.toHaveBeenCalled()
  })

  it('rejects if the body cannot be sent again, and keeps the token for the next call', async () => {
    const { session } = testSession(tokenServer('new').handle, { auth: bearer({ refresh: () => 'new' }) })
    const error = await rejection(session.post(API, { body: oneShot() }))
    expect(error).toBeInstanceOf(AuthError)
    expect((error as AuthError).response?.status).toBe(401)
    expect((await session.post(API, { body: oneShot() })).status).toBe(200)
  })

  it('rejects a call that is aborted while it waits', async () => {
    const fresh = gate<string>()
    const refresh = vi.fn(() => fresh.promise)
    const controller = new AbortController()
    const { session, api } = testSession(tokenServer('new').handle, { auth: bearer({ refresh }) })
    const call = rejection(session.get(API, { signal: controller.signal }))
    const other = session.get(API)
    await vi.waitUntil(() => refresh.mock.calls.length > 0)
    controller.abort()
    expect(await call).toMatchObject({ name: 'AbortError' })
    fresh.open('new')
    expect((await other).status).toBe(200)
    expect(api.calls.length).toBeLessThanOrEqual(4)
  })
})

describe('bearer whose refresh calls the same session', () => {
  const TOKEN = 'https://api.test/token'

  it('works with auth: null', async () => {
    const { session, api } = testSession(
      byUrl({ [API]: tokenServer('new').handle, [TOKEN]: () => new Response('new') }),
    )
    session.auth = bearer({ token: 'old', refresh: () => session.post(TOKEN, { auth: null }).text() })
    expect(await session.get(API).text()).toBe('in')
    expect(api.calls.map(tokenOf)).toEqual(['Bearer old', null, 'Bearer new'])
  })

  it('works with the old token if the server accepts it', async () => {
    const { session, api } = testSession(
      byUrl({ [API]: tokenServer('new').handle, [TOKEN]: () => new Response('new') }),
    )
    session.auth = bearer({ token: 'old', refresh: () => session.post(TOKEN).text() })
    expect(await session.get(API).text()).toBe('in')
    expect(api.calls.map(tokenOf)).toEqual(['Bearer old', 'Bearer old', 'Bearer new'])
  })

  describe('and is refused', () => {
    beforeEach(() => void vi.useFakeTimers())
    afterEach(() => void vi.useRealTimers())

    it('does not deadlock', async () => {
      const refresh = vi.fn(() =>
        session.fetch(TOKEN, { method: 'POST' }).then((response) => `t${response.status}`),
      )
      const { session } = testSession(tokenServer('t401').handle)
      session.auth = bearer({ token: 'old', refresh })
      const call = session.get(API).text()
      await vi.advanceTimersByTimeAsync(5000)
      expect(await call).toBe('in')
      expect(refresh).toHaveBeenCalledTimes(1)
    })

    it('rejects the call with the error of the refresh', async () => {
      const { session, api } = testSession(refused)
      session.auth = bearer({ token: 'old', refresh: () => session.get(TOKEN).text() })
      const call = rejection(session.get(API))
      await vi.advanceTimersByTimeAsync(5000)
      expect(await call).toBeInstanceOf(HttpError)
      expect(api.calls.map(({ url }) => url)).toEqual([API, TOKEN])
    })

    it('a call that started during a refresh waits for it', async () => {
      const fresh = gate<string>()
      const refresh = vi.fn(() => fresh.promise)
      const { session } = testSession(tokenServer('new').handle, { auth: bearer({ token: 'old', refresh }) })
      const first = session.get(API).text()
      await vi.waitUntil(() => refresh.mock.calls.length > 0)
      const second = session.get(API).text()
      await vi.advanceTimersByTimeAsync(4000)
      fresh.open('new')
      expect(await Promise.all([first, second])).toEqual(['in', 'in'])
      expect([refresh.mock.calls.length, vi.getTimerCount()]).toEqual([1, 0])
    })
  })
})
