import {
  ConnectionError,
  InvalidRequestError,
  Session,
  type SessionOptions,
  UnsupportedError,
} from '@session-fetch/browser'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { BrowserRequest } from '../../../browser/test/browser-request.js'

const url = 'https://api.test/'

/** The browser's session, with a function in place of the browser's fetch. */
function page(
  options: SessionOptions = {},
  answer: () => Response | Promise<Response> = () => new Response('ok'),
) {
  const fetch = vi.fn<(url: string, init: RequestInit & { headers: Headers }) => Promise<Response>>(
    async () => answer(),
  )
  vi.stubGlobal('fetch', fetch)
  vi.stubGlobal('Request', BrowserRequest)
  return { session: new Session(options), init: (call = 0) => fetch.mock.calls[call]?.[1], fetch }
}

afterEach(() => vi.unstubAllGlobals())

describe('Session in a browser', () => {
  it('sends no additional headers', async () => {
    const { session, init } = page()
    await session.get(url)
    expect([...(init()?.headers ?? [])]).toEqual([])
  })

  it('includes credentials by default, and leaves them to fetch for other origins', async () => {
    const { session, init } = page({ baseUrl: url })
    await session.get('x')
    await session.get('x', { credentials: 'omit' })
    await session.get('https://other.test/')
    expect([0, 1, 2].map((call) => init(call)?.credentials)).toEqual(['include', 'omit', undefined])
  })

  it.each(['Host', 'Cookie', 'Referer', 'Accept-Encoding', 'Sec-Fetch-Mode', 'Proxy-Authorization'])(
    'refuses the header %s, which a browser would drop in silence',
    async (name) => {
      const { session, fetch } = page()
      await expect(session.get(url, { headers: { [name]: 'x' } })).rejects.toThrow(name.toLowerCase())
      expect(fetch).not.toHaveBeenCalled()
    },
  )

  it.each<[string, object]>([
    ['cookies', { cookies: { a: '1' } }],
    ['maxRedirects', { maxRedirects: 5 }],
    ['redirect', { redirect: 'manual' }],
    ['hooks.redirect', { hooks: { redirect: () => {} } }],
    ['timeout.connect', { timeout: { connect: 100 } }],
  ])('refuses %s in a call, by its name', async (name, init) => {
    const call = page().session.get(url, init)
    await expect(call).rejects.toBeInstanceOf(UnsupportedError)
    await expect(call).rejects.toThrow(name)
  })

  it.each(['jar', 'agent', 'proxy', 'tls', 'connections'])('refuses the option %s, by its name', (name) => {
    const options: object = { [name]: 'x' }
    expect(() => new Session(options)).toThrow(UnsupportedError)
    expect(() => new Session(options)).toThrow(name)
  })

  it("passes over what it cannot do with unsupported: 'ignore'", async () => {
    const { session, init, fetch } = page({ unsupported: 'ignore' })
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const options = {
      cookies: { a: '1' },
      timeout: { connect: 100 },
      maxRedirects: 5,
      headers: { 'X-A': '1' },
    }
    expect(await session.get(url, options).text()).toBe('ok')
    expect(fetch).toHaveBeenCalledOnce()
    expect([...(init()?.headers ?? [])]).toEqual([['x-a', '1']])
    expect(init()).not.toHaveProperty('cookies')
    expect(vi.getTimerCount()).toBe(0) // no limit was set that fetch cannot keep
  })

  it('refuses a GET with a body', async () => {
    await expect(page().session.get(url, { json: {} })).rejects.toBeInstanceOf(InvalidRequestError)
  })

  it('converts a TypeError of fetch to a ConnectionError', async () => {
    const { session } = page({}, () => Promise.reject(new TypeError('Failed to fetch')))
    const error = await session.get(url).then(
      () => null,
      (reason: unknown) => reason,
    )
    expect([error instanceof ConnectionError, (error as Error).cause instanceof TypeError]).toEqual([
      true,
      true,
    ])
  })

  it('has no history', async () => {
    const response = await page().session.get(url)
    expect([response.history, response.next]).toEqual([[], null])
  })

  it('retries, authenticates and runs hooks as in Node', async () => {
    let failed = false
    const { session, init } = page({ retry: { delay: 0 }, auth: ['user', 'secret'] }, () => {
      failed = !failed
      return new Response('ok', { status: failed ? 503 : 200 })
    })
    session.hooks.request.push(({ request }) => request.headers.set('X-Hook', '1'))
    expect((await session.get(url)).status).toBe(200)
    expect([init(1)?.headers.get('X-Hook'), init(1)?.headers.has('Authorization')]).toEqual(['1', true])
  })
})
