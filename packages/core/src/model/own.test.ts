import { afterEach, describe, expect, it, vi } from 'vitest'
import { testSession } from '../../test/test-session.js'
import type { CallOptions, SessionOptions } from '../call/options.js'
import { has, own, responseInit } from './own.js'

describe('own', () => {
  it('copies own members onto an object that inherits nothing, and never will', () => {
    const options = own({ timeout: 1 })
    const prototype = Object.getPrototypeOf(options) as object
    expect([Object.getPrototypeOf(prototype), Reflect.ownKeys(prototype)]).toEqual([null, []])
    expect(Object.isFrozen(prototype)).toBe(true)
    expect({ ...options }).toEqual({ timeout: 1 })
  })

  it.each([null, undefined])('returns null for %s', (nothing) => {
    expect(Object.keys(own(nothing))).toEqual([])
  })

  it('omits inherited members', () => {
    expect(own(Object.create({ timeout: 1 }) as CallOptions).timeout).toBeUndefined()
  })

  it('reads each member once', () => {
    let reads = 0
    const options = own({
      get timeout() {
        reads += 1
        return reads
      },
    })
    expect([options.timeout, options.timeout, reads]).toEqual([1, 1, 1])
  })

  it('treats __proto__ from JSON as an ordinary member', () => {
    const options = own(JSON.parse('{"__proto__": {"timeout": 1}}') as CallOptions)
    expect(options.timeout).toBeUndefined()
  })
})

describe('has', () => {
  afterEach(() => {
    Reflect.deleteProperty(Object.prototype, 'getReader')
  })

  it('finds members of an object and of its class', () => {
    expect([has({ a: 1 }, 'a'), has(new URL('https://api.test'), 'href'), has({}, 'a')]).toEqual([
      true,
      true,
      false,
    ])
  })

  it('does not find members of Object.prototype', () => {
    Object.assign(Object.prototype, { getReader: () => {} })
    expect([has({}, 'getReader'), has(new ReadableStream(), 'getReader')]).toEqual([false, true])
  })
})

describe('responseInit', () => {
  it('sets all members of the init', () => {
    expect({ ...responseInit('text/x') }).toEqual({
      status: 200,
      statusText: '',
      headers: { 'Content-Type': 'text/x' },
    })
    expect(Object.keys(responseInit().headers ?? {})).toEqual([])
  })
})

/** What a polluted prototype would say, by option name. */
const POLLUTION: Readonly<Record<string, unknown>> = {
  headers: { 'X-Evil': '1' },
  params: { evil: '1' },
  auth: ['evil', 'evil'],
  hooks: { request: () => new Response('evil') },
  timeout: 1,
  retry: 3,
  maxRedirects: 0,
  throwHttpErrors: true,
  baseUrl: 'https://evil.test/',
  origins: ['https://evil.test'],
  unsupported: 'ignore',
  json: { evil: 1 },
  form: { evil: '1' },
  multipart: { evil: '1' },
  body: 'evil',
  cookies: { evil: '1' },
  signal: AbortSignal.abort(),
  platform: { evil: true },
  method: 'DELETE',
  url: 'https://evil.test/',
  href: 'https://evil.test/',
  cache: 'no-store',
  credentials: 'include',
  integrity: 'sha256-evil',
  keepalive: true,
  mode: 'no-cors',
  priority: 'low',
  redirect: 'error',
  referrer: 'https://evil.test/',
  referrerPolicy: 'unsafe-url',
  request: () => new Response('evil'),
  response: () => new Response('evil'),
  error: () => new Response('evil'),
  attempt: 1,
  total: 1,
  limit: 3,
  filename: 'evil',
  content: 'evil',
  type: 'evil/evil',
}

describe('Session under a polluted Object.prototype', () => {
  const names = Object.keys(POLLUTION)

  afterEach(() => {
    for (const name of names) Reflect.deleteProperty(Object.prototype, name)
    vi.restoreAllMocks()
  })

  /** The requests sent with and without a name on Object.prototype. */
  async function whatGoesOut(
    options: SessionOptions,
    call: CallOptions,
    pollution?: [string, unknown],
  ): Promise<unknown> {
    const answer = new Response('ok', { status: 404 })
    const method = call.body === undefined && call.multipart === undefined ? 'GET' : 'POST'
    if (pollution) Object.assign(Object.prototype, { [pollution[0]]: pollution[1] })
    const { session, api, clock } = testSession(() => {
      clock.advance(500) // a limit that nobody set would pass
      return answer
    }, options)
    const response = await session.request(method, 'https://api.test/x', call)
    const text = await response.text()
    const [sent] = api.calls
    const seen = {
      method: sent?.method,
      url: sent?.url,
      headers: [...(sent?.headers ?? [])],
      body: sent?.body instanceof Blob ? await sent.body.text() : sent?.body,
    }
    const extras = [
      'cache',
      'credentials',
      'integrity',
      'keepalive',
      'mode',
      'priority',
      'referrer',
      'referrerPolicy',
    ]
    const said = extras.filter((name) => sent !== undefined && Object.hasOwn(sent, name))
    if (pollution) Reflect.deleteProperty(Object.prototype, pollution[0])
    return { ...seen, said, text, sentTimes: api.calls.length, waits: clock.waits, timers: clock.running }
  }

  it.each(names)('sends the same request when it holds "%s"', async (name) => {
    const seen = await whatGoesOut({}, {}, [name, POLLUTION[name]])
    expect(seen).toEqual(await whatGoesOut({}, {}))
  })

  it.each(names)('fetches the same when it holds "%s"', async (name) => {
    const { session, api } = testSession()
    Object.assign(Object.prototype, { [name]: POLLUTION[name] })
    for (const init of [undefined, {}]) await session.fetch('https://api.test/x', init)
    const seen = api.calls.map(({ method, url, headers, body }) => [method, url, [...headers], body])
    Reflect.deleteProperty(Object.prototype, name)
    expect(seen).toEqual([0, 1].map(() => ['GET', 'https://api.test/x', [], null]))
  })

  it.each(names)('sends the same parts when it holds "%s"', async (name) => {
    vi.spyOn(crypto, 'getRandomValues').mockImplementation((bytes) => bytes)
    const file = new File(['file'], 'f.txt', { type: 'text/x' })
    const call = (): CallOptions => ({
      multipart: { a: 'text', b: 2, c: { content: 'described' }, d: new Blob(['blob']), file },
    })
    const seen = await whatGoesOut({}, call(), [name, POLLUTION[name]])
    expect(seen).toEqual(await whatGoesOut({}, call()))
    expect(seen).toMatchObject({ body: expect.stringContaining('described') })
  })

  it.each(names)('sends the same full request when it holds "%s"', async (name) => {
    const options = (): SessionOptions => ({ auth: ['me', 'pw'], hooks: {}, retry: { methods: ['GET'] } })
    const call = (): CallOptions => ({ body: 'text', cookies: { a: '1' }, hooks: {}, timeout: 1000 })
    const seen = await whatGoesOut(options(), call(), [name, POLLUTION[name]])
    expect(seen).toEqual(await whatGoesOut(options(), call()))
  })
})
