import { InvalidRequestError, UnsupportedError } from '@session-fetch/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BrowserRequest } from '../../test/browser-request.js'
import { type BrowserSessionOptions, Session } from './session.js'

const URL_THERE = 'https://api.test/'
const fetch = vi.fn(async (_url: string, _init: { headers: Headers }) => new Response('ok'))

/** What a call rejects with, or the options a session is not made of. */
async function refusal(init: object, options: BrowserSessionOptions = {}): Promise<unknown> {
  return new Session(options).post(URL_THERE, init).then(
    () => null,
    (error: unknown) => error,
  )
}

describe('unsupported: what a browser cannot do', () => {
  beforeEach(() => {
    fetch.mockClear()
    vi.stubGlobal('fetch', fetch)
    vi.stubGlobal('Request', BrowserRequest)
  })
  afterEach(() => vi.unstubAllGlobals())

  it.each<[string, object]>([
    ['cookies', { cookies: { a: '1' } }],
    ['maxRedirects', { maxRedirects: 5 }],
    ['maxResponseSize', { maxResponseSize: 0 }],
    ["redirect: 'manual'", { redirect: 'manual' }],
    ['hooks.redirect', { hooks: { redirect: () => {} } }],
    ['timeout.connect', { timeout: { connect: 100 } }],
    ['timeout.body', { timeout: { body: 100 } }],
    ['xhrTransport', { onUploadProgress: () => {} }],
    ['xhrTransport', { onDownloadProgress: () => {} }],
    ['host', { headers: { Host: 'a.test' } }],
  ])('is an UnsupportedError that names %s, and nothing is sent', async (name, init) => {
    const error = await refusal(init)
    expect(error).toBeInstanceOf(UnsupportedError)
    expect(String(error)).toContain(name)
    expect(fetch).not.toHaveBeenCalled()
  })

  it.each<object>([
    { cookies: { a: '1' } },
    { maxRedirects: 5 },
    { maxResponseSize: 0 },
    { redirect: 'manual' },
    { hooks: { redirect: () => {} } },
    { timeout: { connect: 100 } },
    { timeout: { body: 100 } },
    { onUploadProgress: () => {} },
    { headers: { Host: 'a.test' } },
  ])("is passed over with unsupported: 'ignore': %o", async (init) => {
    expect(await refusal(init, { unsupported: 'ignore' })).toBeNull()
    expect(fetch).toHaveBeenCalledOnce()
  })

  it.each([
    'Accept-Charset',
    'Accept-Encoding',
    'Access-Control-Request-Headers',
    'Content-Length',
    'Cookie',
    'Host',
    'Origin',
    'Referer',
    'Transfer-Encoding',
    'Proxy-Authorization',
    'Sec-Fetch-Mode',
  ])('is to set the header %s, in a call and in the session', async (name) => {
    const headers = { [name]: 'x' }
    for (const error of [await refusal({ headers }), await refusal({}, { headers })]) {
      expect(error).toBeInstanceOf(UnsupportedError)
      expect(String(error)).toContain(name.toLowerCase())
    }
  })

  it.each([
    'User-Agent',
    'Accept',
    'Authorization',
    'Content-Type',
    'X-Cookie',
    'Dated',
    'Security',
    'Proxyless',
  ])('is not to set the header %s', async (name) => {
    expect(await refusal({ headers: { [name]: 'x' } })).toBeNull()
    expect(fetch.mock.lastCall?.[1].headers.get(name)).toBe('x')
  })

  it.each([
    'jar',
    'agent',
    'proxy',
    'tls',
    'connections',
    'keepAlive',
    'http2',
    'lookup',
    'localAddress',
    'guard',
    'limits',
  ])('is the option %s of a session: refused, passed over on request, and taken as null', (name) => {
    const options: object = { [name]: 'x' }
    expect(() => new Session(options)).toThrow(UnsupportedError)
    expect(() => new Session(options)).toThrow(`${name}:`)
    expect(() => new Session().extend(options)).toThrow(UnsupportedError)
    expect(new Session({ ...options, unsupported: 'ignore' })).toBeInstanceOf(Session)
    expect(new Session({ [name]: null })).toBeInstanceOf(Session)
    expect(new Session({ [name]: undefined })).toBeInstanceOf(Session)
  })

  it('does not treat an unknown option as one of Node’s', () => {
    const options: object = { colour: 'red' }
    expect(() => new Session(options)).toThrow(InvalidRequestError)
  })

  it('ignores settings without effect in a browser', async () => {
    const options: object = { trustEnv: false, maxRedirects: 20 }
    expect(await refusal({}, options)).toBeNull()
  })

  describe('with a stream for a body', () => {
    const init = () => ({ body: new Blob(['a']).stream() })

    it('sends it if the engine does', async () => {
      expect(new Session().capabilities.streamingUploads).toBe(true) // Node's Request has what Chromium's has
      expect(await refusal(init())).toBeNull()
    })

    it.each(['error', 'ignore'] as const)(
      'refuses it where the engine does not (%s)',
      async (unsupported) => {
        // Its requests have headers, and no `duplex`.
        vi.stubGlobal('Request', class Firefox extends Response {})
        vi.resetModules()
        const { Session: There } = await import('./session.js')
        const session = new There({ unsupported })
        expect(session.capabilities.streamingUploads).toBe(false)
        await expect(session.post(URL_THERE, init())).rejects.toThrow('body: a stream')
        expect(fetch).not.toHaveBeenCalled()
        vi.resetModules()
      },
    )

    it('rejects streams that no browser sends', async () => {
      async function* chunks() {
        yield 'a'
      }
      expect(await refusal({ body: chunks() })).toBeInstanceOf(UnsupportedError)
    })
  })
})
