import { afterEach, describe, expect, it, vi } from 'vitest'
import { never, rejection, testSession } from '../../test/test-session.js'
import { ConnectionError } from '../model/errors.js'
import { SessionResponse } from '../response/session-response.js'
import type { Session } from '../session/session.js'
import type { HookState } from './options.js'
import { fetchTransport } from './transport.js'

const API = 'https://api.test/'

/** What functions around a fetch do with what they are given. */
const WAYS: Record<string, (url: string, init: RequestInit) => { signal?: AbortSignal | null }> = {
  'init itself': (_url, init) => init,
  'a spread': (_url, init) => ({ ...init }),
  'Object.assign': (_url, init) => Object.assign({}, init),
  entries: (_url, init) => Object.fromEntries(Object.entries(init)) as RequestInit,
  'a Request': (url, init) => new Request(url, init),
  'a Request of a spread': (url, init) => new Request(url, { ...init }),
}

describe('fetchTransport', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('calls the fetch with the URL and the members of RequestInit', async () => {
    const seen: unknown[] = []
    const { session } = testSession(
      undefined,
      {},
      {
        transport: fetchTransport((url, init) => {
          seen.push(
            url,
            init.method,
            new Headers(init.headers).get('X-App'),
            init.body,
            init.redirect,
            init.signal instanceof AbortSignal,
          )
          return Promise.resolve(new Response('fetched'))
        }),
      },
    )
    const response = await session.post(API, { body: 'a', headers: { 'X-App': '1' } })
    expect(response).toBeInstanceOf(SessionResponse)
    expect(await response.text()).toBe('fetched')
    expect(seen).toEqual([API, 'POST', '1', 'a', 'manual', true])
  })

  it('looks up the global fetch at each call', async () => {
    const { session } = testSession(undefined, {}, { transport: fetchTransport() })
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('patched')))
    expect(await session.get(API).text()).toBe('patched')
  })

  it('converts a TypeError of fetch to a ConnectionError', async () => {
    const cause = new TypeError('fetch failed')
    const { session } = testSession(undefined, {}, { transport: fetchTransport(() => Promise.reject(cause)) })
    const error = await rejection(session.get(API))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ cause, retryable: true, request: { method: 'GET', url: API } })
  })

  it("converts any error of the engine's own fetch: workerd's error is not a TypeError", async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new Error('Network connection lost.')))
    const { session } = testSession(undefined, {}, { transport: fetchTransport() })
    await expect(session.get(API)).rejects.toThrow(ConnectionError)
  })

  it('rethrows other errors', async () => {
    const cause = new RangeError('odd')
    const { session } = testSession(undefined, {}, { transport: fetchTransport(() => Promise.reject(cause)) })
    expect(await rejection(session.get(API))).toBe(cause)
  })

  it('passes native Headers for any headers of the request', async () => {
    class Odd extends Headers {}
    const seen: unknown[] = []
    const transport = fetchTransport((_url, { headers }) => {
      seen.push(Object.getPrototypeOf(headers) === Headers.prototype, new Headers(headers).get('X-App'))
      return Promise.resolve(new Response('fetched'))
    })
    const { session } = testSession(undefined, { hooks: { request: oddHeaders } }, { transport })
    function oddHeaders({ request }: HookState): void {
      request.headers = new Odd({ 'X-App': '1' })
    }
    await session.get(API)
    expect(seen).toEqual([true, '1'])
  })

  it.each(Object.entries(WAYS))('aborts the fetch by %s', async (_name, way) => {
    const signals: (AbortSignal | null | undefined)[] = []
    const transport = fetchTransport((url, init) => {
      signals.push(way(url, init).signal)
      return never()
    })
    const ends: Record<string, (session: Session, controller: AbortController) => void> = {
      abort: (_session, controller) => controller.abort('enough'),
      close: (session) => void session.close(),
    }
    for (const end of Object.values(ends)) {
      const { session } = testSession(undefined, {}, { transport })
      const controller = new AbortController()
      const call = session.get(API, { signal: controller.signal })
      await vi.waitFor(() => expect(signals.at(-1)?.aborted).toBe(false))
      end(session, controller)
      const reason = await rejection(call)
      expect(signals.at(-1)?.reason).toBe(reason)
    }
    const { session, clock } = testSession(undefined, {}, { transport })
    const call = session.get(API, { timeout: 5 })
    await vi.waitFor(() => expect(signals.at(-1)?.aborted).toBe(false))
    clock.advance(5)
    expect(signals.at(-1)?.reason).toBe(await rejection(call))
    expect(signals).toHaveLength(3)
  })

  it('passes the abort to fetch', async () => {
    const controller = new AbortController()
    const signals: (AbortSignal | null | undefined)[] = []
    const transport = fetchTransport((_url, { signal }) => {
      signals.push(signal)
      queueMicrotask(() => controller.abort('enough'))
      return never()
    })
    const { session } = testSession(undefined, {}, { transport })
    expect(await rejection(session.get(API, { signal: controller.signal }))).toBe('enough')
    expect(signals.map((signal) => signal?.reason)).toEqual(['enough'])
  })
})
