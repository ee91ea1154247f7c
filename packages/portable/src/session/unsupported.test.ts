import { InvalidRequestError, UnsupportedError } from '@session-fetch/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Session } from './session.js'

const url = 'https://api.test/'
const fetch = vi.fn(async () => new Response('ok'))

beforeEach(() => {
  fetch.mockClear()
  vi.stubGlobal('fetch', fetch)
})
afterEach(() => vi.unstubAllGlobals())

/** What a call rejects with. */
async function refusal(init: object, options: object = {}): Promise<unknown> {
  return new Session(options).post(url, init).then(
    () => null,
    (error: unknown) => error,
  )
}

const UNSUPPORTED: [string, object][] = [
  ['maxResponseSize', { maxResponseSize: 1 }],
  ['onUploadProgress', { onUploadProgress: () => {} }],
  ['timeout.connect', { timeout: { connect: 100 } }],
  ['timeout.body', { timeout: { body: 100 } }],
  ["cache: 'only-if-cached'", { cache: 'only-if-cached' }],
  ['host', { headers: { Host: 'a.test' } }],
  ['te', { headers: { TE: 'trailers' } }],
  ['sec-fetch-mode', { headers: { 'Sec-Fetch-Mode': 'navigate' } }],
]

describe("unsupported: what a platform's fetch cannot do", () => {
  it.each(UNSUPPORTED)('is an UnsupportedError that names %s, and nothing is sent', async (name, init) => {
    const error = await refusal(init)
    expect(error).toBeInstanceOf(UnsupportedError)
    expect(String(error)).toContain(name)
    expect(fetch).not.toHaveBeenCalled()
  })

  it.each(UNSUPPORTED)("is ignored with unsupported: 'ignore': %s", async (_name, init) => {
    expect(await refusal(init, { unsupported: 'ignore' })).toBeNull()
    expect(fetch).toHaveBeenCalledOnce()
  })

  it('is never ignored where a body would not be verified', async () => {
    const integrity = `sha256-${'a'.repeat(43)}=`
    expect(await refusal({ integrity }, { unsupported: 'ignore' })).toBeInstanceOf(UnsupportedError)
    expect(fetch).not.toHaveBeenCalled()
  })

  it('includes a method that the engine would change', async () => {
    vi.stubGlobal(
      'Request',
      class {
        readonly method = 'GET'
      },
    )
    await expect(new Session().request('FOO', url)).rejects.toThrow(UnsupportedError)
    expect(fetch).not.toHaveBeenCalled()
  })

  it.each([
    'agent',
    'connections',
    'keepAlive',
    'http2',
    'tls',
    'proxy',
    'lookup',
    'localAddress',
    'guard',
    'limits',
  ])("includes Node's option %s, unless it is null or ignored", (name) => {
    expect(() => new Session({ [name]: {} })).toThrow(UnsupportedError)
    expect(() => new Session({ [name]: {} })).toThrow(name)
    expect(new Session({ [name]: null })).toBeInstanceOf(Session)
    expect(new Session({ [name]: {}, unsupported: 'ignore' })).toBeInstanceOf(Session)
  })

  it('is false in the capabilities', () => {
    const { capabilities } = new Session()
    const missing = Object.entries(capabilities).filter(([, can]) => !can)
    expect(missing.map(([name]) => name).join(' ')).toBe(
      'connectTimeout progress limits agent connections keepAlive http2 tls proxy lookup localAddress guard',
    )
  })
})

describe('headers: what would leak', () => {
  it("refuses a proxy's credentials in the headers", async () => {
    const error = await refusal(
      { headers: { 'Proxy-Authorization': 'Basic eA==' } },
      { unsupported: 'ignore' },
    )
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(fetch).not.toHaveBeenCalled()
  })
})

describe('platform: a member', () => {
  it.each(
    'method url headers body signal duplex redirect credentials cache mode integrity keepalive priority referrer referrerPolicy window json timeout retry maxResponseSize onDownloadProgress'.split(
      ' ',
    ),
  )('that is the session’s is refused, and nothing is sent: %s', async (member) => {
    const error = await refusal({ platform: { [member]: null } })
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toContain(`platform.${member} `)
    expect(fetch).not.toHaveBeenCalled()
  })

  it.each(['cf', 'next', 'dispatcher', 'client', 'unix', 'tls'])(
    'that only the platform knows is passed on: %s',
    async (member) => {
      expect(await refusal({ platform: { [member]: 1 } })).toBeNull()
      expect(fetch).toHaveBeenCalledWith(url, expect.objectContaining({ [member]: 1 }))
    },
  )
})

describe('RequestInit: a member', () => {
  it.each(['cache', 'credentials', 'mode', 'redirect', 'referrer'])('is checked: %s', async (member) => {
    const error = await refusal({ [member]: 'no such: word' })
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toContain(member)
    expect(fetch).not.toHaveBeenCalled()
  })
})
