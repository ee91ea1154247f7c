import { describe, expect, it, vi } from 'vitest'
import { never, oneShot, redirect, rejection, testSession } from '../../test/test-session.js'
import { TooManyRedirectsError } from '../layers/redirects.js'
import { ConnectionError, InvalidRequestError, TimeoutError } from '../model/errors.js'
import type { Session } from './session.js'

const API = 'https://api.test/'
const MIB = 1_048_576

describe('Session fetch', () => {
  it('can be called without its session', async () => {
    const { fetch } = testSession(undefined, { baseUrl: API }).session
    expect(await (await fetch('a')).text()).toBe('ok')
  })

  it('accepts a string, a URL and a Request', async () => {
    const { session, api } = testSession()
    await session.fetch(API)
    await session.fetch(new URL(API))
    await session.fetch(new Request(API))
    expect(api.calls.map(({ method, url }) => `${method} ${url}`)).toEqual(Array(3).fill(`GET ${API}`))
  })

  it('applies the session’s settings', async () => {
    const { session, sent } = testSession(undefined, {
      headers: { 'X-App': '1' },
      auth: ['me', 'pw'],
      params: { lang: 'en' },
    })
    await session.fetch(new Request(API, { headers: { 'X-Call': '2' } }))
    expect(Object.fromEntries(sent().headers)).toEqual({
      'x-app': '1',
      'x-call': '2',
      authorization: `Basic ${btoa('me:pw')}`,
    })
    expect(sent().url).toBe('https://api.test/?lang=en')
  })

  it('does not reject for a status', async () => {
    const { session } = testSession(() => new Response('no', { status: 500 }))
    const response = await session.fetch(API)
    expect([response.status, await response.text()]).toEqual([500, 'no'])
  })

  it.each<[string, (session: Session, stop: AbortController) => unknown, string]>([
    ['an abort', (_session, stop) => stop.abort(), 'AbortError'],
    ['the end of the session', (session) => session.close(), 'SessionClosedError'],
  ])('does not wait for the body of a Request after %s, and cancels it', async (_what, end, name) => {
    const { session, api } = testSession()
    const stop = new AbortController()
    const cancel = vi.fn()
    const body = new ReadableStream({ cancel })
    const init = { method: 'POST', body, duplex: 'half', signal: stop.signal } as RequestInit
    const call = rejection(session.fetch(new Request(API, init)))
    await end(session, stop)
    const failure = await call
    const { cause = failure } = failure as Error
    expect(cause).toMatchObject({ name })
    expect(cancel).toHaveBeenCalledOnce()
    expect(api.calls).toEqual([])
  })

  it('stops waiting for the body of a Request at the deadline', async () => {
    const { session, clock } = testSession(undefined, { timeout: 500 })
    const init = { method: 'POST', body: new ReadableStream(), duplex: 'half' } as RequestInit
    const call = rejection(session.fetch(new Request(API, init)))
    clock.advance(500)
    expect(await call).toMatchObject({ name: 'TimeoutError' })
  })

  it('ignores unknown members', async () => {
    const { session, api } = testSession()
    await session.fetch(API, { header: {}, next: { revalidate: 60 }, agent: null } as RequestInit)
    expect(api.calls).toHaveLength(1)
  })

  it('accepts the members of a prepared request', async () => {
    const { session, sent } = testSession()
    const request = session.prepare('POST', API, { json: { a: 1 } })
    await session.fetch(request.url, request as RequestInit)
    expect([sent().method, sent().body, sent().headers.get('Content-Type')]).toEqual([
      'POST',
      '{"a":1}',
      'application/json',
    ])
  })

  it.each<[string, () => Promise<unknown>, abstract new (...parameters: never[]) => Error]>([
    ['no URL', () => testSession().session.fetch('relative'), InvalidRequestError],
    ['a body with GET', () => testSession().session.fetch(API, { body: 'a' }), InvalidRequestError],
    [
      'a refused connection',
      () => testSession(() => Promise.reject(new ConnectionError('Refused'))).session.fetch(API),
      ConnectionError,
    ],
    ['a loop', () => testSession(() => redirect('/')).session.fetch(API), TooManyRedirectsError],
  ])('rejects with a TypeError for %s, ours as its cause', async (_what, call, cause) => {
    const error = await rejection(call())
    expect(error).toBeInstanceOf(TypeError)
    expect((error as TypeError).cause).toBeInstanceOf(cause)
    expect(String(error)).toContain(((error as TypeError).cause as Error).message)
  })

  it('rejects with aborts and timeouts unchanged', async () => {
    const reason = new Error('enough')
    expect(await rejection(testSession().session.fetch(API, { signal: AbortSignal.abort(reason) }))).toBe(
      reason,
    )
    const { session, clock } = testSession(
      () => {
        queueMicrotask(() => clock.advance(5))
        return never()
      },
      { timeout: 5 },
    )
    expect(await rejection(session.fetch(API))).toBeInstanceOf(TimeoutError)
  })
})

describe('fetchOptions of a Request', () => {
  const request = (init: RequestInit = {}): Request =>
    new Request(API, { method: 'POST', body: 'a', headers: { 'X-Call': '1' }, ...init })

  it('use its method, headers and body, and mark it as used, as fetch does', async () => {
    const { session, sent } = testSession()
    const input = request()
    await session.fetch(input)
    expect([sent().method, sent().headers.get('X-Call'), sent().headers.get('Content-Type')]).toEqual([
      'POST',
      '1',
      'text/plain;charset=UTF-8',
    ])
    expect(sent().body).toEqual(new Uint8Array([97]))
    expect(input.bodyUsed).toBe(true)
  })

  it('leave members that were not given to the session', async () => {
    const { session, sent } = testSession(undefined, {
      credentials: 'include',
      cache: 'no-store',
      redirect: 'manual',
    })
    await session.fetch(new Request(API))
    await session.fetch(new Request(API, { credentials: 'omit', cache: 'reload' }))
    expect([sent(0).credentials, sent(0).cache]).toEqual(['include', 'no-store'])
    expect([sent(1).credentials, sent(1).cache]).toEqual(['omit', 'reload'])
  })

  it('follow its signal', async () => {
    const { session, api } = testSession()
    const reason = new Error('enough')
    expect(await rejection(session.fetch(request({ signal: AbortSignal.abort(reason) })))).toBe(reason)
    expect(api.calls).toEqual([])
  })

  it('are overridden by init, member by member', async () => {
    const { session, sent } = testSession()
    await session.fetch(request(), { method: 'PUT', body: 'b', headers: { 'X-Init': '2' } })
    expect([sent().method, sent().body, sent().headers.get('X-Call'), sent().headers.get('X-Init')]).toEqual([
      'PUT',
      'b',
      null,
      '2',
    ])
  })

  it('are kept if init has undefined', async () => {
    const { session, sent } = testSession()
    const nothing = {
      method: undefined,
      headers: undefined,
      body: undefined,
      signal: undefined,
    } as unknown as RequestInit
    await session.fetch(request(), nothing)
    expect([sent().method, sent().headers.get('X-Call'), sent().body]).toEqual([
      'POST',
      '1',
      new Uint8Array([97]),
    ])
  })

  it('use the body of init if the Request’s own was used', async () => {
    const { session, sent } = testSession()
    const used = request()
    await used.text()
    await session.fetch(used, { body: 'b' })
    expect(sent().body).toBe('b')
  })

  it('reject a Request whose body was used', async () => {
    const used = request()
    await used.text()
    expect(await rejection(testSession().session.fetch(used))).toBeInstanceOf(TypeError)
  })

  it('take a Request as init', async () => {
    const { session, sent } = testSession()
    await session.fetch('https://api.test/other', request())
    expect([sent().url, sent().method, sent().headers.get('X-Call')]).toEqual([
      'https://api.test/other',
      'POST',
      '1',
    ])
  })

  it('keep a form’s boundary', async () => {
    const { session, sent } = testSession()
    const form = new FormData()
    form.set('a', '1')
    await session.fetch(new Request(API, { method: 'POST', body: form }))
    const { headers, body } = sent()
    expect((await new Response(body as Uint8Array<ArrayBuffer>, { headers }).formData()).get('a')).toBe('1')
  })

  it('can send a body of 1 MiB again', async () => {
    const { session, api } = testSession(({ url }) =>
      url === API ? redirect('/b', 307) : new Response('ok'),
    )
    await session.fetch(request({ body: new Uint8Array(MIB) }))
    expect(api.calls.map(({ body }) => (body instanceof Uint8Array ? body.length : body))).toEqual([MIB, MIB])
  })

  it('send a larger body once, whole', async () => {
    const { session, api, sent } = testSession(({ url }) =>
      url === API ? redirect('/b', 307) : new Response('ok'),
    )
    const bytes = new Uint8Array(MIB + 1).fill(7)
    const error = await rejection(session.fetch(request({ body: bytes })))
    expect((error as TypeError).cause).toMatchObject({ code: 'ERR_INVALID_REDIRECT' })
    expect([api.calls.length, sent().duplex]).toEqual([1, 'half'])
    const received = new Uint8Array(await new Response(sent().body as ReadableStream).arrayBuffer())
    expect([received.length, received.every((byte) => byte === 7)]).toEqual([bytes.length, true])
  })

  it('buffer a small stream', async () => {
    const { session, sent } = testSession()
    await session.fetch(request({ body: oneShot(), duplex: 'half' } as RequestInit))
    expect(sent().body).toEqual(new TextEncoder().encode('once'))
  })
})
