import { type HookState, InvalidRequestError, UnsupportedError } from '@session-fetch/core'
import { csrf } from '@session-fetch/core/csrf'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as verbs from './functional.js'
import { del, get, post, request } from './functional.js'

const fetch = vi.fn(async (_url: string, _init: RequestInit) => Response.json({ a: 1 }))

/** What the browser was asked last. */
const sent = () => {
  const [url, init] = fetch.mock.lastCall ?? []
  return { url, method: init?.method, credentials: init?.credentials, headers: new Headers(init?.headers) }
}

describe('get and the other verbs: a call in a page', () => {
  beforeEach(() => {
    fetch.mockClear()
    vi.stubGlobal('fetch', fetch)
    vi.stubGlobal('location', new URL('https://page.test/app/'))
  })
  afterEach(() => vi.unstubAllGlobals())

  it('is relative to the page, and sends the browser’s cookies', async () => {
    expect(await get('me', { params: { a: 1 } }).json()).toEqual({ a: 1 })
    expect(sent()).toMatchObject({
      url: 'https://page.test/app/me?a=1',
      method: 'GET',
      credentials: 'include',
    })
  })

  it.each(['get', 'head', 'options', 'delete', 'post', 'put', 'patch'] as const)('has %s', async (name) => {
    await (name === 'delete' ? del : verbs[name])('/')
    expect(sent().method).toBe(name.toUpperCase())
  })

  it('accepts all options of a session’s call', async () => {
    const statuses: number[] = []
    await request('patch', '/', {
      auth: ['me', 'pw'],
      credentials: 'omit',
      hooks: { response: ({ response }) => void statuses.push(response.status) },
    })
    expect(sent()).toMatchObject({ method: 'PATCH', credentials: 'omit' })
    expect(sent().headers.get('Authorization')).toBe(`Basic ${btoa('me:pw')}`)
    expect(statuses).toEqual([200])
  })

  it('has no session to give to hooks', async () => {
    const seen: HookState[] = []
    await get('/', { hooks: { request: (state) => void seen.push(state) } })
    expect(seen[0]?.session).toBeNull()
  })

  it('sends the token to its site only', async () => {
    vi.stubGlobal('document', { cookie: 'token=abc', baseURI: 'https://page.test/' })
    const guard = csrf({ cookie: 'token', header: 'X-Token' })
    await post('/', { csrf: guard })
    expect(sent().headers.get('X-Token')).toBe('abc')
    await post('https://api.test/', { csrf: guard })
    expect(sent().headers.has('X-Token')).toBe(false)
  })

  it('finds the token in a worker', async () => {
    vi.stubGlobal('cookieStore', { get: async (name: string) => ({ name, value: 'abc' }) })
    await post('/', { csrf: csrf({ cookie: 'token', header: 'X-Token' }) })
    expect(sent().headers.get('X-Token')).toBe('abc')
  })

  it('throws if the token cannot be found', async () => {
    const call = post('/', { csrf: csrf({ cookie: 'token', header: 'X-Token' }) })
    await expect(call).rejects.toThrow(UnsupportedError)
  })

  it.each<[new (what: string) => Error, string, object]>([
    [UnsupportedError, '/', { maxRedirects: 5 }],
    [InvalidRequestError, '/', { colour: 'red' }],
    [InvalidRequestError, 'data:,hi', {}],
    [InvalidRequestError, 'https://', {}],
  ])('rejects with %o what a page cannot send', async (type, url, init) => {
    await expect(get(url, init)).rejects.toBeInstanceOf(type)
    expect(fetch).not.toHaveBeenCalled()
  })

  it('ignores members of Object.prototype', async () => {
    Object.assign(Object.prototype, { headers: { 'X-Evil': '1' }, restrict: () => null, timeout: 1 })
    try {
      expect(await get('/').json()).toEqual({ a: 1 })
      expect(sent().headers.has('X-Evil')).toBe(false)
    } finally {
      for (const name of ['headers', 'restrict', 'timeout']) Reflect.deleteProperty(Object.prototype, name)
    }
  })
})
