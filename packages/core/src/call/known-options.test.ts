import { describe, expect, it } from 'vitest'
import { rejection, testSession, thrown } from '../../test/test-session.js'
import { InvalidRequestError } from '../model/errors.js'
import { checks } from './checks.js'
import { callOptions } from './dispatch.js'
import type { CallOptions, SessionOptions } from './options.js'

const strange = (options: object): object => options

describe('callOptions', () => {
  it.each([
    'params',
    'json',
    'form',
    'multipart',
    'auth',
    'cookies',
    'hooks',
    'timeout',
    'retry',
    'maxRedirects',
    'throwHttpErrors',
    'platform',
  ])('knows our %s', (name) => {
    expect(Object.keys(callOptions({ [name]: undefined }, { checks }))).toEqual([name])
  })

  it.each([
    'headers',
    'body',
    'signal',
    'cache',
    'credentials',
    'integrity',
    'keepalive',
    'mode',
    'priority',
    'redirect',
    'referrer',
    'referrerPolicy',
    'window',
    'duplex',
  ])('knows RequestInit’s %s', (name) => {
    expect(Object.keys(callOptions({ [name]: undefined }, { checks }))).toEqual([name])
  })

  it.each(['header', 'verify', 'data', 'constructor', 'toString', 'Timeout'])('refuses %s', (name) => {
    const error = thrown(() => callOptions({ [name]: 1 }, { checks }))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toContain(`"${name}"`)
  })

  it.each([[undefined], [null], [{}], [Object.create(null)]])('takes %j', (given) => {
    expect(Object.keys(callOptions(given as CallOptions, { checks }))).toEqual([])
  })

  it.each<[string, unknown]>([
    ['a number', 5],
    ['0, the index of map', 0],
    ['text', 'a=1'],
    ['empty text', ''],
    ['false', false],
    ['a symbol', Symbol('s')],
    ['a list', [1]],
    ['an empty list', []],
    ['a function', () => ({})],
    ['a Date', new Date()],
    ['a RegExp', /x/],
    ['an Error', new Error('x')],
    ['a boxed number', Object(5)],
    ['a Map', new Map([['json', 1]])],
    ['a promise', Promise.resolve({ json: 1 })],
    ['bytes', new Uint8Array(2)],
    ['a form', new FormData()],
    ['params', new URLSearchParams('a=1')],
    ['headers', new Headers()],
    ['a URL', new URL('https://api.test/')],
    ['a stream', new ReadableStream()],
    ['options behind a prototype', Object.create({ json: 1 })],
  ])('refuses %s in their place', (_what, given) => {
    const error = thrown(() => callOptions(given as CallOptions, { checks }))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toContain('options must be an object')
  })

  it.each<[unknown]>([[{ params: {} }], [null], [['https://api.test/']], [0], ['']])(
    'refuses %j after them',
    (extra) => {
      const error = thrown(() => callOptions(undefined, { checks }, extra))
      expect(error).toBeInstanceOf(InvalidRequestError)
      expect(String(error)).toContain('options must be an object')
    },
  )

  it('refuses __proto__ from JSON', () => {
    const call = strange(JSON.parse('{"__proto__": {}}') as object)
    expect(thrown(() => callOptions(call, { checks }))).toBeInstanceOf(InvalidRequestError)
  })
})

describe('checks.sessionOptions', () => {
  it.each([
    'baseUrl',
    'origins',
    'headers',
    'params',
    'auth',
    'hooks',
    'timeout',
    'retry',
    'maxRedirects',
    'throwHttpErrors',
    'unsupported',
    'credentials',
    'cache',
    'mode',
    'redirect',
    'referrer',
    'referrerPolicy',
    'keepalive',
    'priority',
  ])('knows %s', (name) => {
    expect(() => checks.sessionOptions({ [name]: undefined }, {})).not.toThrow()
  })

  it('accepts options of the platform', () => {
    expect(() => checks.sessionOptions({ jar: undefined }, { options: ['jar'] })).not.toThrow()
    expect(thrown(() => checks.sessionOptions({ jar: undefined }, {}))).toBeInstanceOf(InvalidRequestError)
  })

  it.each(['json', 'body', 'cookies', 'baseURL'])('refuses %s', (name) => {
    expect(thrown(() => checks.sessionOptions({ [name]: 1 }, {}))).toBeInstanceOf(InvalidRequestError)
  })
})

describe('Session', () => {
  it.each<[unknown]>([
    [5],
    ['https://api.test/'],
    [''],
    [[]],
    [() => ({})],
    [new Date()],
    [Promise.resolve({})],
  ])('is not made, extended or forked with %j', (given) => {
    const options = given as SessionOptions
    const { session } = testSession()
    const [made, extended, forked] = [
      () => testSession(undefined, options),
      () => session.extend(options),
      () => session.fork(options),
    ].map(thrown)
    for (const error of [made, extended, forked]) {
      expect(error).toBeInstanceOf(InvalidRequestError)
      expect(String(error)).toContain('options must be an object')
    }
  })

  it('rejects arguments after the options, in every method', async () => {
    const { session, api } = testSession(undefined, { baseUrl: 'https://api.test/' })
    type Loose = (...args: unknown[]) => Promise<unknown>
    const verbs = ['get', 'head', 'options', 'delete', 'post', 'put', 'patch'] as const
    const calls: Promise<unknown>[] = verbs.map((verb) =>
      (session[verb].bind(session) as Loose)('x', null, { params: { a: 1 } }),
    )
    calls.push((session.request.bind(session) as Loose)('POST', 'x', {}, { params: { a: 1 } }))
    calls.push(...['x', 'y'].map(session.get.bind(session) as (url: string) => Promise<unknown>))
    for (const call of calls) expect(await rejection(call)).toBeInstanceOf(InvalidRequestError)
    expect(
      thrown(() =>
        Reflect.apply(Reflect.get(session, 'prepare') as () => unknown, session, ['GET', 'x', {}, 5]),
      ),
    ).toBeInstanceOf(InvalidRequestError)
    expect(api.calls).toEqual([])
  })

  it.each(['localhost:3000/x', 'api.test:8080', 'localhost:3000'])('says what %s lacks', async (url) => {
    const { session, api } = testSession(undefined, {})
    const error = await rejection(session.get(url))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toContain('write http:// before a host')
    expect(api.calls).toEqual([])
  })

  it.each(['mailto:me@api.test', 'file:///etc/passwd', 'htp://api.test:80/'])(
    'says no such thing of %s',
    async (url) => {
      const error = await rejection(testSession().session.get(url))
      expect(String(error)).toMatch(/^InvalidRequestError: No transport is mounted for [a-z]+: URLs$/)
    },
  )

  it.each<[string, unknown]>(
    ['hooks', 'timeout', 'retry', 'platform'].flatMap((name): [string, unknown][] =>
      [[], () => {}, new Date(), Promise.resolve({}), true, 'x', new Map()].map((value) => [name, value]),
    ),
  )('refuses %s: %j', async (name, value) => {
    const { session, api } = testSession()
    expect(await rejection(session.get('https://api.test/', { [name]: value }))).toBeInstanceOf(
      InvalidRequestError,
    )
    expect(api.calls).toEqual([])
  })

  it.each([[5], [{}], [Promise.resolve('https://api.test')], [[null]], ['api.test']])(
    'refuses origins: %j',
    (origins) => {
      expect(thrown(() => testSession(undefined, { origins: origins as string[] }))).toBeInstanceOf(
        InvalidRequestError,
      )
    },
  )

  it('accepts a function assigned instead of a list of hooks', async () => {
    const { session } = testSession()
    const ran: string[] = []
    Object.assign(session.hooks, { request: () => void ran.push('session'), response: null })
    await session.get('https://api.test/', { hooks: { request: () => void ran.push('call') } })
    await session.fork().get('https://api.test/')
    expect(ran).toEqual(['session', 'call', 'session'])
  })

  it('suggests the nearest option if the platform can', async () => {
    const { session, api } = testSession()
    const call = strange({ header: {} }) as CallOptions
    await expect(session.get('https://api.test/', call)).rejects.toThrow(
      'no option "header"; did you mean "headers"?',
    )
    expect(() => testSession(undefined, strange({ baseURL: '' }) as SessionOptions)).toThrow(
      'did you mean "baseUrl"?',
    )
    expect(api.calls).toEqual([])
  })

  it('suggests nothing if the platform cannot', async () => {
    const { session } = testSession(undefined, {}, { suggest: () => '' })
    const call = strange({ header: {} }) as CallOptions
    await expect(session.get('https://api.test/', call)).rejects.toThrow(/^There is no option "header"$/)
  })

  it('passes `platform` options to the transport unchanged', async () => {
    const { session, sent } = testSession()
    const next = { revalidate: 60 }
    await session.get('https://api.test/', { platform: { next } })
    expect((sent() as unknown as { next: unknown }).next).toBe(next)
  })

  it('ignores members of a request in `platform`', async () => {
    const { session, sent } = testSession()
    await session.get('https://api.test/', {
      platform: { method: 'POST', url: 'https://evil.test/', body: 'x' },
    })
    expect([sent().method, sent().url, sent().body]).toEqual(['GET', 'https://api.test/', null])
  })

  it('rejects a method option', () => {
    const { session } = testSession()
    const call = { method: 'POST' } as CallOptions
    expect(() => session.prepare('GET', 'https://api.test/', call)).toThrow(InvalidRequestError)
  })
})
