import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import * as development from './checks.js'
import * as nothing from './no-checks.js'

/** The page's session and verbs as the default build has them. */
async function defaultBuild() {
  vi.resetModules()
  vi.doMock('./checks.js', () => nothing)
  const build = { ...(await import('./session.js')), ...(await import('./functional.js')) }
  vi.doUnmock('./checks.js')
  vi.resetModules()
  return build
}

const API = 'https://api.test/'
const fetch = vi.fn(async (_url: string, _init: RequestInit) => new Response('ok'))

describe('no-checks', () => {
  it('exports what checks.ts does', () => {
    expect(Object.keys(nothing).sort()).toEqual(Object.keys(development).sort())
  })
})

describe('Session, of the default build', () => {
  let page: Awaited<ReturnType<typeof defaultBuild>>
  beforeAll(async () => {
    vi.stubGlobal('fetch', fetch)
    page = await defaultBuild()
  })
  afterAll(() => vi.unstubAllGlobals())

  it.each<object>([
    { colour: 'red' },
    { timeout: '5' },
    { retry: -1 },
    { maxRedirects: 5 },
    { maxResponseSize: 1 },
    { cookies: { a: '1' } },
    { redirect: 'manual' },
    { onUploadProgress: () => {} },
    { hooks: { redirect: () => {} } },
    { hooks: { response: () => 'text' } },
    { headers: { Host: 'a.test' } },
  ])('sends a call with %o', async (init) => {
    expect(await new page.Session().get(API, init).text()).toBe('ok')
    expect(await page.get(API, init).text()).toBe('ok')
  })

  it.each<object>([
    { colour: 'red' },
    { jar: null },
    { proxy: 'http://proxy.test' },
    { trustEnv: false },
    { origins: ['https://*.api.test'] },
  ])('is made with %o', async (options) => {
    expect(await new page.Session(options).extend(options).get(API).text()).toBe('ok')
  })

  it.each(['api.test', 'https://*', '*', ''])('keeps its settings where its home is %j', async (origin) => {
    const session = new page.Session({ origins: [origin], headers: { 'X-Key': 'k' }, auth: ['me', 'pw'] })
    await session.get(API)
    const headers = new Headers(fetch.mock.lastCall?.[1].headers)
    expect([headers.get('X-Key'), headers.get('Authorization')]).toEqual([null, null])
  })

  it.each<[string, object]>([
    ['NaN in JSON', { json: { a: Number.NaN } }],
    ['two bodies', { json: 1, form: { a: '1' } }],
    ['a list in place of the options', [1]],
    ['a form in place of the options', new FormData()],
    ['a Blob in place of the options', new Blob(['a'])],
    ['a stream in place of the options', new ReadableStream()],
    ['a header that is none', { headers: { 'X\n': '1' } }],
    ['a body that is none', { body: { a: 1 } }],
    ['a param that is none', { params: { a: {} } }],
    ['an auth that is none', { auth: 'token' }],
  ])('refuses %s, and sends nothing', async (_what, init) => {
    fetch.mockClear()
    await expect(new page.Session().post(API, init)).rejects.toThrow()
    await expect(page.post(API, init)).rejects.toThrow()
    expect(fetch).not.toHaveBeenCalled()
  })

  it.each<[string, string, object]>([
    ['GET', API, { body: 'text' }],
    ['GE T', API, {}],
    ['GET', 'http://', {}],
    ['GET', 'ftp://api.test/', {}],
  ])('refuses %s %s %o, and sends nothing', async (method, url, init) => {
    fetch.mockClear()
    await expect(new page.Session().request(method, url, init)).rejects.toThrow()
    expect(fetch).not.toHaveBeenCalled()
  })
})
