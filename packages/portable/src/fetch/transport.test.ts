import { ConnectionError, SessionResponse, UnsupportedError } from '@session-fetch/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Session } from '../session/session.js'

const url = 'https://api.test/path?token=hunter2'
const fetch = vi.fn<(url: string, init: RequestInit & Record<string, unknown>) => Promise<Response>>()

beforeEach(() => {
  fetch.mockReset().mockImplementation(async () => new Response('ok'))
  vi.stubGlobal('fetch', fetch)
})
afterEach(() => vi.unstubAllGlobals())

function init(): RequestInit & Record<string, unknown> {
  return fetch.mock.calls[0]?.[1] ?? {}
}

describe('platformTransport', () => {
  it('passes plain headers, a signal and manual redirects to the fetch', async () => {
    await new Session({ headers: { 'X-App': 'demo' }, auth: ['user', 'password'] }).get(url)
    expect(fetch.mock.calls[0]?.[0]).toBe(url)
    expect(Object.getPrototypeOf(init().headers)).toBe(Headers.prototype)
    expect(new Headers(init().headers).get('X-App')).toBe('demo')
    expect(init().signal).toBeInstanceOf(AbortSignal)
    expect(Object.keys(init()).sort()).toEqual(['headers', 'method', 'redirect', 'signal'])
    expect(init().redirect).toBe('manual')
  })

  it('reads a subclass of Headers by its methods', async () => {
    class Listed extends Headers {
      override *[Symbol.iterator](): ReturnType<Headers['entries']> {
        yield ['x-listed', '1']
      }
    }
    const session = new Session()
    const request = session.prepare('GET', url)
    request.headers = new Listed()
    session.hooks.request.push((state) => void (state.request.headers = request.headers))
    await session.get(url)
    expect(Object.getPrototypeOf(init().headers)).toBe(Headers.prototype)
    expect(new Headers(init().headers).get('x-listed')).toBe('1')
  })

  it('sends UTF-8 bytes as text if headers are text', async () => {
    class TextHeaders extends Headers {
      readonly pairs: [string, string][]

      constructor(init: [string, string][] | Headers = []) {
        super()
        this.pairs = [...init]
        for (const [name, value] of this.pairs) if (!/[^\0-\xff]/.test(value)) this.append(name, value)
      }

      override has(name: string): boolean {
        return name === 'X-Probe' || super.has(name)
      }
    }
    const session = new Session({ headers: { 'X-Utf8': 'gr\u00c3\u00bc', 'X-Other': 'gr\u00fc' } })
    vi.stubGlobal('Headers', TextHeaders)
    await session.get(url)
    const { pairs } = init().headers as TextHeaders
    expect(pairs).toContainEqual(['x-utf8', 'gr\u00fc'])
    expect(pairs).toContainEqual(['x-other', 'gr\u00fc'])
  })

  it('does not pass members that engines disagree about, and passes on `platform` options', async () => {
    await new Session().post(url, {
      body: 'text',
      credentials: 'include',
      cache: 'no-store',
      mode: 'cors',
      keepalive: true,
      platform: { cf: { cacheTtl: 1 }, next: { revalidate: 2 } },
    })
    const names = ['body', 'cf', 'headers', 'method', 'next', 'redirect', 'signal']
    expect(Object.keys(init()).sort()).toEqual(names)
    expect(init()['cf']).toEqual({ cacheTtl: 1 })
    expect(new Headers(init().headers).get('Cache-Control')).toBe('no-cache')
  })

  it('sends the Referer itself, by the policy', async () => {
    const referrer = 'https://page.test/path?query'
    await new Session().get(url, { referrer })
    await new Session().get(url, { referrer, referrerPolicy: 'unsafe-url' })
    const sent = fetch.mock.calls.map(([, { headers }]) => new Headers(headers).get('Referer'))
    expect(sent).toEqual(['https://page.test/', 'https://page.test/path?query'])
  })

  it.each(['post', 'put'] as const)('sends bytes over shared memory as a copy: %s', async (verb) => {
    const shared = new Uint8Array(new SharedArrayBuffer(4), 1, 3)
    shared.set([97, 98, 99])
    const session = new Session()
    await session[verb](url, { body: shared as unknown as Uint8Array<ArrayBuffer> })
    expect(init().body).not.toBe(shared)
    expect(await new Response(init().body ?? null).text()).toBe('abc')
    session.hooks.request.push(
      ({ request }) => void (request.body = new DataView(shared.buffer, 2, 2) as never),
    )
    await session[verb](url, { body: 'text' })
    expect(await new Response(fetch.mock.calls[1]?.[1].body ?? null).text()).toBe('bc')
  })

  it('sends a stream with duplex', async () => {
    await new Session().post(url, { body: new Response('text').body })
    expect(init()['duplex']).toBe('half')
    expect(await new Response(init().body ?? null).text()).toBe('text')
  })

  it.each([
    ['a TypeError, as in the standard', new TypeError('fetch failed')],
    ["a plain Error, as workerd's", new Error('Network connection lost.')],
    ['a value that is no error', 'gone'],
  ])('makes a ConnectionError of %s', async (_what, thrown) => {
    fetch.mockRejectedValue(thrown)
    const error = await new Session().get(url).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ retryable: true, phase: 'connect', cause: expect.any(Error) })
    expect((error as Error).message).toMatch(/^No response: GET/)
  })

  it('names the code of a failure, if there is one', async () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    fetch.mockRejectedValue(new TypeError('fetch failed', { cause: refused }))
    await expect(new Session().get(url)).rejects.toThrow(/^No response \(ECONNREFUSED\)/)
  })

  it('retries a failure of any class', async () => {
    fetch.mockRejectedValueOnce(new Error('Network connection lost.'))
    const session = new Session({ retry: { limit: 1, delay: 0 } })
    expect(await session.get(url).text()).toBe('ok')
  })

  it('shows no secret in its errors', async () => {
    fetch.mockRejectedValue(Object.assign(new TypeError(`error for url (${url})`), { path: url }))
    const error = (await new Session().get(url).catch((reason: unknown) => reason)) as ConnectionError
    expect(`${error.message} ${String(error.cause)} ${JSON.stringify(error.cause)}`).not.toContain('hunter2')
  })

  it('rejects with the reason of an abort, whatever the fetch throws', async () => {
    const controller = new AbortController()
    fetch.mockImplementation(async () => {
      controller.abort('enough')
      throw new Error('The operation was aborted')
    })
    await expect(new Session().get(url, { signal: controller.signal })).rejects.toBe('enough')
  })

  it("rejects with the caller's own error if the source of a body fails", async () => {
    fetch.mockImplementation(async (_url, { body }) => {
      await new Response(body ?? null).text().catch(() => {})
      throw new TypeError('fetch failed')
    })
    const error = new Error('disk')
    const body = (async function* () {
      yield 'a'
      throw error
    })()
    await expect(new Session().post(url, { body })).rejects.toBe(error)
  })

  it.each([
    ['hidden, as in a page', 'type', 'opaqueredirect'],
    ['followed whatever it is told', 'redirected', true],
  ])('is one clear error where redirects are %s', async (_how, member, value) => {
    fetch.mockImplementation(async () => Object.defineProperty(new Response('x'), member, { value }))
    const error = await new Session().get(url).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(UnsupportedError)
    expect(String(error)).toContain('redirects: ')
  })

  it('stores no cookie of a redirect that the fetch has followed', async () => {
    fetch.mockImplementation(async () => {
      const response = new Response('x', { headers: { 'Set-Cookie': 'sid=evil' } })
      return Object.defineProperty(response, 'url', { value: 'https://other.test/' })
    })
    const session = new Session()
    await expect(session.get(url)).rejects.toThrow(UnsupportedError)
    expect(session.cookies.size).toBe(0)
  })

  it('is called once without a fetch, or with one that returns no Response', async () => {
    const session = new Session({ retry: { limit: 2, delay: 0 } })
    fetch.mockResolvedValue('ok' as never)
    await expect(session.get(url)).rejects.toThrow(UnsupportedError)
    expect(fetch).toHaveBeenCalledOnce()
    vi.stubGlobal('fetch', undefined)
    const error = await session.get(url).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(UnsupportedError)
    expect(error).toMatchObject({ retryable: false })
  })

  it('gives a SessionResponse of the standard type', async () => {
    const response = await new Session().get(url)
    expect(response).toBeInstanceOf(SessionResponse)
    expect(response.type).toBe('basic')
    expect(response.clone()).toBeInstanceOf(SessionResponse)
  })
})
