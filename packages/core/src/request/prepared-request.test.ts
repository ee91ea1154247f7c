import { afterEach, describe, expect, it, vi } from 'vitest'
import { oneShot, prepared, testSession } from '../../test/test-session.js'

const API = 'https://api.test/'

describe('PreparedRequest', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('copies independently, extras and settings included', () => {
    const request = prepared(API, { method: 'POST', json: 1, cache: 'no-store', headers: { 'X-App': '1' } })
    const copy = request.copy({ method: 'PUT' })
    copy.headers.set('X-App', '2')
    copy.url = 'https://other.test/'
    copy.cache = 'reload'
    expect([request.method, request.url, request.cache, request.headers.get('X-App')]).toEqual([
      'POST',
      API,
      'no-store',
      '1',
    ])
    expect([copy.method, copy.body, copy.settings]).toEqual(['PUT', '1', request.settings])
  })

  it('drops its body for a copy with null', () => {
    const request = prepared(API, { method: 'POST', json: 1 })
    expect([request.copy({ body: null }).body, request.copy().body]).toEqual([null, '1'])
  })

  it('knows its original URL', () => {
    const request = prepared()
    const url = 'https://other.test/'
    expect([request.movedFrom, request.copy({ url }).movedFrom]).toEqual([null, API])
    expect(request.copy({ url, movedFrom: null }).movedFrom).toBeNull()
    request.url = 'https://other.test/'
    expect([request.movedFrom, request.copy().movedFrom]).toEqual([API, API])
  })

  it('has the members of RequestInit as own, enumerable members', () => {
    const { signal } = new AbortController()
    const request = prepared(API, { method: 'POST', body: oneShot(), cache: 'reload', signal })
    const names = ['method', 'url', 'headers', 'body', 'signal', 'cache', 'duplex']
    expect(Object.keys(request)).toEqual(names)
    const { method, url, headers, body } = request
    const members = { method, url, headers, body, signal, cache: 'reload', duplex: 'half' }
    expect({ ...(request as RequestInit) }).toEqual(members)
    expect(Object.assign({}, request).signal).toBe(signal)
    expect(Object.keys(request.copy())).toEqual(expect.arrayContaining(names))
    expect(new Request(url, request as RequestInit).method).toBe('POST')
  })

  it('creates no signal unless it is read', async () => {
    let made = 0
    vi.stubGlobal(
      'AbortController',
      class extends AbortController {
        constructor() {
          super()
          made += 1
        }
      },
    )
    const { session, sent } = testSession(undefined, { auth: ['me', 'pw'], retry: 1 })
    await session.get(API, { cookies: { a: '1' } })
    expect(made).toBe(0)
    expect([sent().signal instanceof AbortSignal, made]).toEqual([true, 1])
  })

  it('takes a signal that is set', () => {
    const request = prepared()
    const { signal } = new AbortController()
    request.signal = signal
    expect([request.signal, { ...(request.copy() as RequestInit) }.signal]).toEqual([signal, signal])
    request.signal = null
    expect({ ...(request as RequestInit) }.signal).toBeNull()
  })

  it('returns the caller’s signal until it is sent', async () => {
    const { signal } = new AbortController()
    const { session, sent } = testSession()
    const request = session.prepare('GET', API, { signal })
    expect(request.signal).toBe(signal)
    await session.send(request)
    expect(request.signal).toBe(signal)
    expect(sent().signal).not.toBe(signal)
  })

  it('is not modified by sending, and can be sent again', async () => {
    const { session, api } = testSession(undefined, { auth: ['me', 'pw'] })
    const request = session.prepare('POST', API, { json: 1, cookies: { a: '1' } })
    const before = JSON.stringify([request, request.redirect])
    await session.send(request)
    await session.send(request)
    expect(JSON.stringify([request, request.redirect])).toBe(before)
    expect(api.calls.map((each) => [each.body, each.headers.get('Cookie')])).toEqual([
      ['1', 'a=1'],
      ['1', 'a=1'],
    ])
  })

  it('is sent as it was edited', async () => {
    const { session, sent } = testSession(undefined, { headers: { 'X-App': '1' } })
    const request = session.prepare('GET', API)
    request.headers.delete('X-App')
    request.url += 'edited'
    request.method = 'DELETE'
    session.headers.set('X-Late', '1')
    await session.send(request)
    expect([sent().method, sent().url, [...sent().headers]]).toEqual([
      'DELETE',
      'https://api.test/edited',
      [],
    ])
  })

  it('logs without secrets', () => {
    const request = prepared('https://api.test/a?key=canary', {
      headers: { Authorization: 'canary', 'X-App': '1' },
    })
    expect(request.toJSON()).toEqual({
      method: 'GET',
      url: 'https://api.test/a',
      headers: { authorization: '[redacted]', 'x-app': '1' },
    })
  })
})
