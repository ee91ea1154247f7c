import { afterEach, describe, expect, it, vi } from 'vitest'
import { never, rejection, testSession } from '../../test/test-session.js'
import { ConnectionError } from './errors.js'
import { fetchTransport } from './fetch-transport.js'
import { SessionResponse } from './session-response.js'

const API = 'https://api.test/'

describe('fetchTransport', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('calls the fetch with the URL and what RequestInit names', async () => {
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

  it('looks the global fetch up at each call', async () => {
    const { session } = testSession(undefined, {}, { transport: fetchTransport() })
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('patched')))
    expect(await session.get(API).text()).toBe('patched')
  })

  it('makes a ConnectionError of fetch’s TypeError', async () => {
    const cause = new TypeError('fetch failed')
    const { session } = testSession(undefined, {}, { transport: fetchTransport(() => Promise.reject(cause)) })
    const error = await rejection(session.get(API))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ cause, retryable: true, request: { method: 'GET', url: API } })
  })

  it('passes other errors on', async () => {
    const cause = new RangeError('odd')
    const { session } = testSession(undefined, {}, { transport: fetchTransport(() => Promise.reject(cause)) })
    expect(await rejection(session.get(API))).toBe(cause)
  })

  it('hands the abort on to fetch', async () => {
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
