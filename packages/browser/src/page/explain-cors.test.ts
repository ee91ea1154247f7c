import { type CallOptions, ConnectionError } from '@session-fetch/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { explainCors } from './explain-cors.js'
import { type BrowserSessionOptions, Session } from './session.js'

interface Case {
  method?: string
  url?: string
  init?: CallOptions
  options?: BrowserSessionOptions
}

/** What a call says that the browser's fetch did not carry, on a page of https://page.test. */
async function explained({
  method = 'GET',
  url = 'https://api.test/a',
  init,
  options,
}: Case): Promise<string> {
  const session = new Session({ hooks: { error: explainCors }, credentials: 'same-origin', ...options })
  const error: unknown = await session.request(method, url, init).catch((error: unknown) => error)
  if (error instanceof ConnectionError && error.cause instanceof TypeError) return error.message
  throw new Error('not a ConnectionError', { cause: error })
}

describe('explainCors', () => {
  beforeEach(() => {
    vi.stubGlobal('location', new URL('https://page.test/'))
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    vi.stubGlobal('navigator', { onLine: true })
  })
  afterEach(() => vi.unstubAllGlobals())

  it('names the headers that a simple request needs', async () => {
    expect(await explained({})).toBe(
      'The server is unreachable, or its CORS headers do not allow requests from this page; ' +
        'it must answer with Access-Control-Allow-Origin: https://page.test, or *: GET https://api.test/a',
    )
  })

  it('names the headers that credentials need, and the option without credentials', async () => {
    const text = await explained({ options: { credentials: 'include' } })
    for (const part of [
      "credentials: 'include'",
      'https://page.test, not *',
      'Allow-Credentials: true',
      "'same-origin'",
    ])
      expect(text).toContain(part)
  })

  it.each<[string, Case]>([
    [
      'PUT needs a preflight: it must answer OPTIONS with Access-Control-Allow-Methods: PUT',
      { method: 'PUT' },
    ],
    [
      'x-app needs a preflight: it must answer OPTIONS with Access-Control-Allow-Headers: x-app',
      { init: { headers: { 'X-App': 'secret' } } },
    ],
    ['content-type needs', { method: 'POST', init: { json: {} } }],
    [
      'content-type needs',
      { method: 'POST', init: { body: new Blob(['{}'], { type: 'application/json' }) } },
    ],
    ['authorization needs', { init: { auth: ['user', 'secret'] } }],
    ['DELETE, authorization needs', { method: 'DELETE', init: { headers: { Authorization: 'secret' } } }],
    [
      'Access-Control-Allow-Methods: PUT and Access-Control-Allow-Headers: content-type',
      { method: 'PUT', init: { json: {} } },
    ],
  ])('names what needs a preflight: %s', async (part, call) => {
    const text = await explained(call)
    expect(text).toContain(part)
    expect(text).not.toContain('secret')
  })

  it.each<[string, Case]>([
    ['a form', { method: 'POST', init: { form: { a: '1' } } }],
    ['parts', { method: 'POST', init: { multipart: { a: '1' } } }],
    ['text', { method: 'POST', init: { body: 'a' } }],
    ['a file without a type', { method: 'POST', init: { body: new Blob(['a']) } }],
    [
      'simple headers',
      { init: { headers: { Accept: 'text/html', 'Accept-Language': 'de', Range: 'bytes=0-' } } },
    ],
  ])('needs no preflight for %s', async (_what, call) => {
    expect(await explained(call)).not.toContain('preflight')
  })

  it('reports that the browser is offline, also for its own origin', async () => {
    vi.stubGlobal('navigator', { onLine: false })
    for (const url of ['https://api.test/a', 'https://page.test/a'])
      expect(await explained({ url })).toBe(`The browser is offline: GET ${url}`)
  })

  it.each([
    ['http://api.test/a', true],
    ['http://localhost:8080/a', false],
    ['http://a.localhost/a', false],
    ['http://127.0.0.1/a', false],
    ['http://[::1]/a', false],
    ['http://127.evil.test/a', true],
  ])('knows mixed content: %s %s', async (url, mixed) => {
    expect((await explained({ url })).includes('mixed content')).toBe(mixed)
  })

  it('names a mode that forbids other origins', async () => {
    expect(await explained({ init: { mode: 'same-origin' } })).toContain("mode: 'same-origin'")
  })

  it('does not change errors unrelated to CORS', async () => {
    expect(await explained({ url: 'https://page.test/a' })).toContain('No response')
    const session = new Session({ hooks: { error: explainCors } })
    await expect(session.get('https://api.test/', { headers: { Host: 'x' } })).rejects.toThrow('host')
    const fault = new Error('of a hook')
    const init = { hooks: { request: () => Promise.reject(fault) } }
    await expect(session.get('https://api.test/', init)).rejects.toBe(fault)
  })
})
