import { describe, expect, it } from 'vitest'
import { oneShot, prepared, testSession, thrown } from '../../test/test-session.js'
import { InvalidRequestError } from '../model/errors.js'
import type { CallOptions } from './options.js'

const post = (init: CallOptions): ReturnType<typeof prepared> =>
  prepared('https://api.test/', { method: 'POST', ...init })
const type = (init: CallOptions): string | null => post(init).headers.get('Content-Type')

describe('prepare', () => {
  it.each([
    ['get', 'GET'],
    ['patch', 'PATCH'],
    ['Propfind', 'PROPFIND'],
  ])('writes the method %s as %s', (method, sent) => {
    expect(testSession().session.prepare(method, 'https://api.test/').method).toBe(sent)
  })

  it.each<[string, CallOptions, string | null, unknown]>([
    ['json', { json: { a: 1 } }, 'application/json', '{"a":1}'],
    ['json null', { json: null }, 'application/json', 'null'],
    ['form', { form: { a: '1' } }, 'application/x-www-form-urlencoded', 'a=1'],
    ['text', { body: 'ü' }, 'text/plain;charset=UTF-8', 'ü'],
    ['empty text', { body: '' }, 'text/plain;charset=UTF-8', ''],
    [
      'params as a body',
      { body: new URLSearchParams('a=1') },
      'application/x-www-form-urlencoded;charset=UTF-8',
      'a=1',
    ],
    ['no body', {}, null, null],
    ['json undefined', { json: undefined }, null, null],
    ['body null', { body: null }, null, null],
  ])('describes %s', (_what, init, contentType, body) => {
    const request = post(init)
    expect([request.headers.get('Content-Type'), request.body]).toEqual([contentType, body])
  })

  it.each<[string, CallOptions['body'], string | null]>([
    ['bytes', new Uint8Array([1]), null],
    ['an ArrayBuffer', new ArrayBuffer(1), null],
    ['a DataView', new DataView(new ArrayBuffer(1)), null],
    ['a Blob', new Blob(['a']), null],
    ['a typed Blob', new Blob(['a'], { type: 'text/csv' }), 'text/csv'],
    ['a form', new FormData(), null],
    ['a stream', oneShot(), null],
  ])('passes %s on as it is', (_what, body, contentType) => {
    expect(post({ body }).body).toBe(body)
    expect(type({ body })).toBe(contentType)
  })

  it('sets the boundary of multipart', () => {
    expect(type({ multipart: { a: '1' } })).toMatch(
      /^multipart\/form-data; boundary=session-fetch-[\da-f]{32}$/,
    )
  })

  it.each<[string, CallOptions, string | null]>([
    [
      'another type',
      { json: 1, headers: { 'Content-Type': 'application/vnd.api+json' } },
      'application/vnd.api+json',
    ],
    ['an empty type for text', { body: 'a', headers: { 'content-type': '' } }, ''],
    [
      'a multipart type for a form',
      { body: new FormData(), headers: { 'Content-Type': 'multipart/form-data' } },
      null,
    ],
    [
      'a bound multipart type',
      { body: 'a', headers: { 'Content-Type': 'multipart/form-data; boundary=x' } },
      'multipart/form-data; boundary=x',
    ],
  ])('lets the caller say %s', (_what, init, contentType) => {
    expect(type(init)).toBe(contentType)
  })

  it('adds a missing boundary to the caller’s multipart type', () => {
    expect(type({ multipart: { a: '1' }, headers: { 'Content-Type': 'multipart/form-data' } })).toMatch(
      /boundary=/,
    )
  })

  it.each<[string, CallOptions]>([
    ['json and form', { json: 1, form: {} }],
    ['json null and body', { json: null, body: 'a' }],
    ['form and multipart', { form: {}, multipart: {} }],
  ])('refuses %s at once', (_what, init) => {
    expect(String(thrown(() => post(init)))).toMatch(/InvalidRequestError: A request has one body/)
  })

  it.each<[string, unknown]>([
    ['an object', { a: 1 }],
    ['a number', 7],
    ['a list', [1]],
  ])('refuses %s as a raw body, and names json', (_what, body) => {
    expect(String(thrown(() => post({ body } as CallOptions)))).toMatch(/InvalidRequestError.*json/)
  })

  it.each(['GET', 'HEAD', 'get'])('refuses a body for %s', (method) => {
    for (const init of [{ json: 1 }, { form: {} }, { multipart: {} }, { body: '' }]) {
      expect(thrown(() => prepared('https://api.test/', { method, ...init }))).toBeInstanceOf(
        InvalidRequestError,
      )
    }
  })

  it.each(['DELETE', 'OPTIONS', 'PATCH', 'PUT'])('allows a body for %s', (method) => {
    expect(prepared('https://api.test/', { method, json: 1 }).body).toBe('1')
  })

  it('sets duplex to half for a stream, as fetch requires', () => {
    expect(post({ body: oneShot() }).duplex).toBe('half')
    expect(post({ body: 'a' }).duplex).toBeUndefined()
  })

  it('returns a request that fetch accepts', async () => {
    const request = post({ json: { a: 1 }, headers: { 'X-App': '1' }, cache: 'no-store' })
    const standard = new Request(request.url, request as RequestInit)
    expect(await standard.json()).toEqual({ a: 1 })
    expect([standard.method, standard.cache, standard.headers.get('X-App')]).toEqual([
      'POST',
      'no-store',
      '1',
    ])
  })

  it('contains no credentials and cookies yet', () => {
    const request = prepared('https://me:pw@api.test/', { cookies: { a: '1' }, auth: ['me', 'pw'] })
    expect([...request.headers]).toEqual([])
    expect(request.url).toBe('https://api.test/')
  })

  it('does not modify its arguments', () => {
    const freeze = <T extends object>(value: T): T => Object.freeze(value)
    const headers = new Headers({ 'X-App': '1' })
    const init = freeze({
      headers,
      params: freeze({ a: freeze(['1']) }),
      json: freeze({ a: 1 }),
      hooks: freeze({ request: freeze([() => {}]) }),
      auth: freeze(['me', 'pw'] as const),
      cookies: freeze({ a: '1' }),
      timeout: freeze({ total: 5 }),
      retry: freeze({ statuses: freeze([500]) }),
    })
    prepared('https://api.test/', { method: 'POST', ...init })
    post(init)
    expect([...headers]).toEqual([['x-app', '1']])
  })
})

describe('Session options', () => {
  it('are not modified by the session', async () => {
    const hook = (): void => {}
    const options = Object.freeze({
      headers: Object.freeze({ 'X-App': '1' }),
      params: Object.freeze({ a: '1' }),
      hooks: Object.freeze({ request: Object.freeze([hook]) }),
      origins: Object.freeze(['https://api.test']),
    })
    const { session } = testSession(undefined, options)
    session.headers.set('X-App', '2')
    session.params.append('b', '2')
    session.hooks.request.push(hook)
    await session.get('https://api.test/')
    expect(options).toEqual({
      headers: { 'X-App': '1' },
      params: { a: '1' },
      hooks: { request: [hook] },
      origins: ['https://api.test'],
    })
  })

  it('are live, and assigning headers or params copies', async () => {
    const { session, sent } = testSession()
    const { headers, params } = session
    session.headers = new Headers({ 'X-App': '1' })
    session.params = { a: ['1', '2'] }
    session.auth = ['me', 'pw']
    await session.get('https://api.test/')
    expect([session.headers, session.params]).toEqual([headers, params])
    expect(sent().url).toBe('https://api.test/?a=1&a=2')
    expect(sent().headers.get('X-App')).toBe('1')
    expect(sent().headers.has('Authorization')).toBe(true)
  })

  it('can be assigned from themselves', () => {
    const { session } = testSession(undefined, { headers: { 'X-App': '1' }, params: { a: '1' } })
    const { headers, params } = session
    session.headers = headers
    session.params = params
    expect([[...session.headers], String(session.params)]).toEqual([[['x-app', '1']], 'a=1'])
  })

  it('are removed by null in a call', async () => {
    const { session, sent } = testSession(undefined, {
      auth: ['me', 'pw'],
      headers: { 'X-App': '1' },
      params: { lang: 'en' },
      timeout: 5,
      retry: 2,
      cache: 'no-store',
    })
    const init = {
      auth: null,
      headers: { 'x-app': null },
      params: { lang: null },
      timeout: null,
      retry: null,
    }
    await session.get('https://api.test/', init)
    expect(sent().url).toBe('https://api.test/')
    expect([...sent().headers]).toEqual([])
    expect(sent().settings).toMatchObject({ timeouts: null, retry: null, auth: null })
    expect(sent().cache).toBe('no-store')
  })
})
