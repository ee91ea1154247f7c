import { inspect } from 'node:util'
import { InvalidRequestError, type PreparedRequest, Session } from '@session-fetch/node'
import { describe, expect, it, onTestFinished } from 'vitest'
import { mocked, setting } from './mocked.js'

const url = 'https://api.test/'

describe('Session', () => {
  it('has default headers', () => {
    expect([...new Session().headers.keys()]).toEqual(['accept', 'accept-encoding', 'user-agent'])
  })

  it('accepts settings as options and as attributes, which can be set at any time', async () => {
    const { session, api } = mocked({}, { headers: { 'X-A': '1' }, params: { a: '1' } })
    session.headers = { 'X-B': '2' }
    session.params = { b: '2' }
    session.auth = ['user', 'secret']
    await session.get(url)
    const [request] = api.calls
    expect([request?.url, request?.headers.get('X-A'), request?.headers.get('X-B')]).toEqual([
      `${url}?b=2`,
      null,
      '2',
    ])
  })

  it('has standard, case-insensitive headers', () => {
    const { headers } = new Session({ headers: { 'X-App': '1' } })
    headers.set('x-app', '2')
    headers.append('X-APP', '3')
    expect([headers instanceof Headers, headers.get('X-App'), headers.has('X-aPP')]).toEqual([
      true,
      '2, 3',
      true,
    ])
    headers.delete('X-APP')
    expect(headers.get('x-app')).toBeNull()
  })

  it('has standard, case-sensitive params', () => {
    const { params } = new Session({ params: { a: ['1', '2'], A: '3' } })
    expect([params instanceof URLSearchParams, params.getAll('a'), params.get('A')]).toEqual([
      true,
      ['1', '2'],
      '3',
    ])
  })

  it('treats empty options as not given', async () => {
    const { session, api } = mocked({}, { params: { a: '1' } })
    await session.post(url, { params: '', form: [], headers: {}, cookies: {} })
    const [request] = api.calls
    expect([request?.url, request?.body, request?.headers.has('Cookie')]).toEqual([`${url}?a=1`, '', false])
  })

  it('is not changed by a call', async () => {
    const { session, api } = mocked(
      {},
      { headers: { 'X-A': '1' }, params: { a: '1' }, auth: ['user', 'secret'] },
    )
    await session.get(url, { headers: { 'X-A': null, 'X-B': '2' }, params: { a: null }, auth: null })
    await session.get(url)
    const { url: again, headers } = api.calls[1] ?? new Session().prepare('GET', url)
    expect([again, headers.get('X-A'), headers.has('X-B'), headers.has('Authorization')]).toEqual([
      `${url}?a=1`,
      '1',
      false,
      true,
    ])
  })

  it('can be exported as plain data, and the imported session can send requests', async () => {
    const session = new Session({
      baseUrl: url,
      headers: { 'X-App': 'demo' },
      params: { a: '1' },
      timeout: 5_000,
    })
    const copy = await Session.import(JSON.parse(JSON.stringify(await session.export())))
    expect(copy.prepare('GET', 'x').url).toBe(`${url}x?a=1`)
    expect([copy.headers.get('X-App'), copy.timeout]).toEqual(['demo', 5_000])
  })

  it('lists omitted settings in an export, and exports secrets only on request', async () => {
    const session = new Session({
      auth: ['user', 'secret'],
      hooks: { request: () => {} },
      headers: { 'X-Api-Key': 'secret' },
    })
    const { omitted, settings } = await session.export()
    expect(omitted).toEqual(['headers.x-api-key', 'auth', 'hooks'])
    expect(JSON.stringify([settings, session])).not.toContain('secret')
    const whole = await session.export({ secrets: true })
    expect((await Session.import(whole)).auth).toEqual(['user', 'secret'])
  })

  it('reads neither connections nor limits from Object.prototype', async () => {
    const evil = { agent: { dispatch: () => {} }, limits: { headers: 0 }, jar: {} }
    Object.assign(Object.prototype, evil)
    onTestFinished(() => {
      for (const name of Object.keys(evil)) Reflect.deleteProperty(Object.prototype, name)
    })
    for (const session of [new Session(), new Session({})])
      expect([session.stats().opened, session.cookies.size]).toEqual([0, 0])
  })

  it('has children that ignore undefined options', () => {
    const session = new Session({ baseUrl: url })
    const silent: object = { proxy: undefined, agent: undefined, tls: undefined, baseUrl: undefined }
    expect([session.extend(silent).baseUrl, session.fork(silent).baseUrl]).toEqual([url, url])
    expect(() => session.extend({ proxy: null } as object)).toThrow(InvalidRequestError)
  })

  it('forks for another user, without cookies', async () => {
    const { session, sent } = mocked({ '/': setting('a=1; Path=/') })
    await session.get(url)
    const other = session.fork({ jar: 'empty' })
    await other.get(url)
    expect([sent(1, 'Cookie'), (await other.cookies.getAll({ url })).length]).toEqual([null, 1])
  })
})

describe('PreparedRequest', () => {
  it('cannot be replaced by another object', async () => {
    const session = new Session()
    const wrong: unknown[] = [new Request(url), url, {}, undefined]
    for (const request of wrong)
      await expect(
        Promise.resolve().then(() => session.send(request as PreparedRequest)),
      ).rejects.toBeInstanceOf(InvalidRequestError)
  })

  it('has copies that share only the body', () => {
    const request = new Session().prepare('POST', `${url}a`, { form: { a: '1' }, headers: { 'X-A': '1' } })
    const copy = request.copy()
    expect([copy.method, copy.url, copy.body, [...copy.headers]]).toEqual([
      request.method,
      request.url,
      request.body,
      [...request.headers],
    ])
    copy.headers.set('X-A', '2')
    copy.url = `${url}b`
    expect([request.headers.get('X-A'), request.url]).toEqual(['1', `${url}a`])
  })

  it('keeps its URL, normalized by the URL standard', () => {
    const session = new Session()
    const same = [
      'https://api.test/a/b?x=1#f',
      'http://xn--bcher-kva.test/',
      'http://[::1]:5000/',
      'https://api.test/a%20b//c?q=%2F',
    ]
    for (const text of same) expect(session.prepare('GET', text).url).toBe(text)
    expect(session.prepare('GET', 'https://straße.test/ü?q=ö').url).toBe(
      'https://xn--strae-oqa.test/%C3%BC?q=%C3%B6',
    )
    expect(session.prepare('GET', `https://${'a'.repeat(60)}:${'b'.repeat(500)}@api.test:99/?#`).url).toBe(
      'https://api.test:99/?#',
    )
  })

  it('has the method in upper case, and headers as strings', () => {
    const request = new Session().prepare('patch', url, { headers: { 'x-app': 1 } })
    expect([request.method, request.headers.get('X-App')]).toEqual(['PATCH', '1'])
  })

  it('converts to JSON and text without secrets, as does its response', async () => {
    const { session } = mocked({ '/': setting('sid=secret') }, { headers: { 'X-Api-Key': 'secret' } })
    const response = await session.get(`${url}?token=secret`)
    for (const shown of [JSON.stringify([response, response.request]), inspect([response, response.request])])
      expect([shown.includes('secret'), shown.includes(url)]).toEqual([false, true])
    expect(JSON.parse(JSON.stringify(response))).toMatchObject({ status: 200, url })
  })
})
