import { afterEach, describe, expect, it, vi } from 'vitest'
import { redirect, rejection, testSession, thrown } from '../test/test-session.js'
import type { Platform } from './call/call.js'
import type { Capabilities } from './call/transport.js'
import type { CallOptions, RequestHook, SessionOptions } from './call/options.js'
import { InvalidRequestError, UnsupportedError } from './model/errors.js'
import { type CsrfOptions, angular, csrf, django, laravel, rails } from './csrf.js'
import { exportSession } from './session/export.js'

const API = 'https://api.test/'
const withJar = { capabilities: { jar: true } as Capabilities } // the one that csrf asks for
const inPage = { capabilities: { jar: false } as Capabilities }

/** A session with a jar that has Django's cookie. */
async function jarSession(options: SessionOptions = {}) {
  const all = testSession(undefined, { baseUrl: API, csrf: csrf(django), ...options }, withJar)
  await all.cookies.set({ name: 'csrftoken', value: 'abc', url: API })
  return { ...all, header: (call = 0) => all.sent(call).headers.get('X-CSRFToken') }
}

/** What a page has: its address, its cookies and its head, in place of a browser's. */
function stubPage({
  cookie = '',
  metas = {},
}: {
  cookie?: string
  metas?: Record<string, string>
} = {}): void {
  const elements = Object.entries(metas).map(([name, content]) => ({ name, content }))
  vi.stubGlobal('location', new URL('https://page.test/form'))
  vi.stubGlobal('document', { cookie, querySelectorAll: () => elements })
}

describe('csrf', () => {
  afterEach(() => vi.unstubAllGlobals())

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])('sends the token with %s', async (method) => {
    const { session, header } = await jarSession()
    await session.request(method, 'x')
    expect(header()).toBe('abc')
  })

  it.each(['GET', 'HEAD', 'OPTIONS'])('sends none with %s', async (method) => {
    const { session, header } = await jarSession()
    await session.request(method, 'x')
    expect(header()).toBeNull()
  })

  it('is sent to the session’s origins only', async () => {
    const { session, header } = await jarSession({ origins: ['https://second.test'] })
    session.csrf = csrf({ token: () => 'abc', header: 'X-CSRFToken' })
    for (const url of [
      'https://second.test/',
      'https://api.test:8443/',
      'http://api.test/',
      'https://other.test/',
    ])
      await session.post(url)
    expect([0, 1, 2, 3].map(header)).toEqual(['abc', null, null, null])
  })

  it('follows a URL that a hook changed', async () => {
    const { session, header } = await jarSession()
    const to = (url: string) => ({
      hooks: { request: ({ request }: { request: { url: string } }) => void (request.url = url) },
    })
    await session.post('x', to('https://other.test/'))
    await session.post('https://other.test/', to(`${API}x`))
    expect([header(0), header(1)]).toEqual([null, 'abc'])
  })

  it('is dropped by a redirect to another origin, and kept within the same origin', async () => {
    const { session, sent } = testSession(
      ({ url }) => {
        if (url.endsWith('/out')) return redirect('https://other.test/end', 307)
        return url.endsWith('/on') ? redirect('/end', 307) : new Response('ok')
      },
      { baseUrl: API, origins: ['https://other.test'], csrf: csrf({ token: () => 'abc', header: 'X-T' }) },
      withJar,
    )
    await session.post('out', { body: 'a' })
    await session.post('on', { body: 'a' })
    expect([0, 1, 2, 3].map((call) => [sent(call).url, sent(call).headers.get('X-T')])).toEqual([
      [`${API}out`, 'abc'],
      ['https://other.test/end', null],
      [`${API}on`, 'abc'],
      [`${API}end`, 'abc'],
    ])
  })

  it('does not replace a header of the caller, the session or a hook', async () => {
    const { session, header } = await jarSession()
    await session.post('x', { headers: { 'x-csrftoken': 'call' } })
    await session.post('x', {
      hooks: { request: ({ request }) => request.headers.set('X-CSRFToken', 'hook') },
    })
    session.headers.set('X-CSRFToken', 'session')
    await session.post('x')
    expect([0, 1, 2].map(header)).toEqual(['call', 'hook', 'session'])
  })

  it('can be turned off, replaced and given by a call', async () => {
    const { session, header } = await jarSession()
    const other = csrf({ token: async () => 'other', header: 'X-CSRFToken' })
    await session.post('x', { csrf: null })
    await session.post('x', { csrf: other })
    await session.post('x', { hooks: null })
    await session.extend().post('x')
    await session.fork().post('x')
    session.csrf = null
    await session.post('x')
    expect([0, 1, 2, 3, 4, 5].map(header)).toEqual([null, 'other', 'abc', 'abc', 'abc', null])
  })

  it.each<[string, string, boolean | undefined, string]>([
    ['decoded', 'a%3D%3D', undefined, 'a=='],
    ['as it is on request', 'a%3D', false, 'a%3D'],
    ['as it is where it is no such text', '100%', undefined, '100%'],
    ['as it is where no header can hold what it means', '%E2%82%AC%0A', undefined, '%E2%82%AC%0A'],
  ])('sends a cookie %s', async (_how, value, decode, sent) => {
    const { session, cookies, header } = await jarSession()
    await cookies.set({ name: 'csrftoken', value, url: API })
    session.csrf = csrf({ ...django, decode })
    await session.post('x')
    expect(header()).toBe(sent)
  })

  it('sends nothing if there is no token yet', async () => {
    const { session, header } = await jarSession()
    for (const value of [undefined, null, '']) {
      session.csrf = csrf({ token: () => value, header: 'X-CSRFToken' })
      await session.post('x')
    }
    session.csrf = csrf({ cookie: 'missing', header: 'X-CSRFToken' })
    await session.post('x')
    expect([0, 1, 2, 3].map(header)).toEqual([null, null, null, null])
  })

  it('uses the jar’s cookie for the URL if the session has no baseUrl', async () => {
    const { session, header } = await jarSession({ baseUrl: null })
    await session.post(`${API}x`)
    await session.post('https://other.test/')
    expect([header(0), header(1)]).toEqual(['abc', null])
  })

  it('requires a baseUrl for a token function', async () => {
    const { session, api } = await jarSession({
      baseUrl: null,
      csrf: csrf({ token: () => 'abc', header: 'X-T' }),
    })
    expect(await rejection(session.post(`${API}x`))).toBeInstanceOf(InvalidRequestError)
    expect(api.calls).toEqual([])
  })

  it('rejects with an error that `token` throws', async () => {
    const fault = new Error('no token today')
    const { session } = await jarSession({
      csrf: csrf({ token: () => Promise.reject(fault), header: 'X-T' }),
    })
    expect(await rejection(session.post('x'))).toBe(fault)
  })

  it('is listed as omitted by an export', async () => {
    const { session } = await jarSession()
    expect((await exportSession(session)).omitted).toContain('csrf')
  })

  it.each([[django], ['django'], [true], [{}], [[]]])('is refused as %j, which is no hook', async (given) => {
    const { session, api } = await jarSession()
    const error = await rejection(session.post('x', { csrf: given as never }))
    session.csrf = given as never
    for (const fault of [error, await rejection(session.post('x'))]) {
      expect(fault).toBeInstanceOf(InvalidRequestError)
      expect(String(fault)).toContain('csrf must be a function')
    }
    expect(api.calls).toEqual([])
  })

  it.each<[unknown, string]>([
    [undefined, 'csrf needs one of cookie, meta, token'],
    ['django', 'csrf.0 must be one of cookie, meta, token'],
    [7, 'csrf needs one of'],
    [{ header: 'X-T' }, 'csrf needs one of'],
    [{ cookie: 'a', meta: 'b', header: 'X-T' }, 'csrf needs one of'],
    [{ cookie: 'a' }, 'csrf.header must be the name of a header'],
    [{ cookie: 'a', header: undefined }, 'csrf.header'],
    [{ cookie: 'a', header: 'X T' }, 'csrf.header'],
    [{ cookie: 'a', header: 7 }, 'csrf.header'],
    [
      { xsrfCookieName: 'a', xsrfHeaderName: 'X-T' },
      'csrf.xsrfCookieName must be one of cookie, meta, token',
    ],
    [{ cookieName: 'a', header: 'X-T' }, 'csrf.cookieName must be one of'],
    [{ cookie: '', header: 'X-T' }, 'csrf.cookie must be a name'],
    [{ cookie: () => 'a', header: 'X-T' }, 'csrf.cookie must be a name'],
    [{ meta: true, header: 'X-T' }, 'csrf.meta must be a name'],
    [{ token: 'canary', header: 'X-T' }, 'csrf.token must be a function'],
    [{ token: Promise.resolve('canary'), header: 'X-T' }, 'csrf.token must be a function'],
    [{ cookie: 'a', decode: 'no', header: 'X-T' }, 'csrf.decode must be true or false'],
  ])('names what is wrong with %j', (options, message) => {
    const error = thrown(() => csrf(options as CsrfOptions))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toContain(message)
    expect(String(error)).not.toContain('canary')
  })

  it('reads its options once', async () => {
    const options = { cookie: 'csrftoken', header: 'X-CSRFToken' }
    const { session, header } = await jarSession({ csrf: csrf(options) })
    Object.assign(options, { cookie: 'other', header: 'X-Other' })
    await session.post('x')
    expect(header()).toBe('abc')
  })

  it.each([5, {}, ['canary'], 'canary\n', 'canary\u20ac', true])(
    'refuses %j for a token, and does not show it',
    async (value) => {
      const { session, api } = await jarSession({
        csrf: csrf({ token: () => value as string, header: 'X-T' }),
      })
      const error = await rejection(session.post('x'))
      expect(error).toBeInstanceOf(InvalidRequestError)
      expect(String(error)).toMatch(/^InvalidRequestError: csrf: the token must be a valid (?!.*canary)/)
      expect(api.calls).toEqual([])
    },
  )

  it('calls `token` with the session and the request', async () => {
    const tokens = new WeakMap<object, string>()
    const hook = csrf({
      token: async ({ session, request }) => `${session && tokens.get(session)} ${request.method}`,
      header: 'X-CSRFToken',
    })
    const { session, header } = await jarSession({ csrf: hook })
    const other = session.fork({ csrf: hook })
    tokens.set(session, 'first').set(other, 'second')
    await session.post('x')
    await other.put('x')
    expect([header(0), header(1)]).toEqual(['first POST', 'second PUT'])
  })

  describe('in a fork', () => {
    const token = (): RequestHook => csrf({ token: () => 'mine', header: 'X-CSRFToken' })

    it.each<[string, () => SessionOptions]>([
      ['a token', () => ({ csrf: token() })],
      ['a hook of the caller', () => ({ csrf: ({ request }) => request.headers.set('X-CSRFToken', 'mine') })],
      ['a token among the hooks', () => ({ csrf: null, hooks: { request: token() } })],
    ])('is left behind if it is %s', async (_what, options) => {
      const { session, header } = await jarSession(options())
      await session.extend().post('x')
      await session.fork().post('x')
      await session.fork({ csrf: undefined, hooks: {} }).post('x')
      await session.extend().fork().extend().post('x')
      await session.fork(options()).post('x')
      await session.post('x')
      expect([0, 1, 2, 3, 4, 5].map(header)).toEqual(['mine', null, null, null, 'mine', 'mine'])
    })

    it('keeps its other hooks, and a token that the fork’s own jar holds', async () => {
      const hooks: string[] = []
      const { session, header } = await jarSession({ hooks: { request: () => void hooks.push('ran') } })
      const fork = session.fork()
      await fork.cookies.set({ name: 'csrftoken', value: 'theirs', url: API })
      await fork.post('x')
      await session.fork({ jar: 'empty' }).post('x')
      expect([header(0), header(1), hooks]).toEqual(['theirs', null, ['ran', 'ran']])
    })
  })

  describe('the origin of an unsafe request', () => {
    const inNode = { capabilities: { jar: true, forbiddenHeaders: true } as Capabilities }

    async function said(
      options: SessionOptions,
      init: CallOptions & { method?: string } = {},
      platform: Partial<Platform> = inNode,
    ): Promise<(string | null)[]> {
      const { session, sent } = testSession(
        undefined,
        { baseUrl: API, csrf: csrf(django), ...options },
        platform,
      )
      const { method = 'POST', ...call } = init
      await session.request(method, 'deep/x?token=canary', call)
      return ['Origin', 'Referer'].map((name) => sent().headers.get(name))
    }

    it.each<[string, SessionOptions, CallOptions & { method?: string }, (string | null)[]]>([
      ['is said over https', {}, {}, ['https://api.test', API]],
      ['is said with DELETE', {}, { method: 'DELETE' }, ['https://api.test', API]],
      [
        'has its port',
        { baseUrl: 'https://api.test:8443/a' },
        {},
        ['https://api.test:8443', 'https://api.test:8443/'],
      ],
      ['is not said over http', { baseUrl: 'http://api.test/' }, {}, [null, null]],
      ['is not said with GET', {}, { method: 'GET' }, [null, null]],
      ['is not said without csrf', { csrf: null }, {}, [null, null]],
      [
        'is the caller’s',
        {},
        { headers: { origin: 'null', referer: 'https://a.test/' } },
        ['null', 'https://a.test/'],
      ],
      [
        'is the session’s',
        { headers: { Referer: 'https://a.test/' } },
        {},
        ['https://api.test', 'https://a.test/'],
      ],
      [
        'is said with a token of the caller',
        {},
        { headers: { 'X-CSRFToken': 'a' } },
        ['https://api.test', API],
      ],
      ['is held back on request', {}, { referrerPolicy: 'no-referrer' }, ['https://api.test', null]],
    ])('%s', async (_what, options, call, expected) => {
      expect(await said(options, call)).toEqual(expected)
    })

    it('is set by the browser in a page', async () => {
      expect(await said({}, {}, withJar)).toEqual([null, null])
    })

    it('is not sent to other origins', async () => {
      const { session, sent } = testSession(undefined, { baseUrl: API, csrf: csrf(django) }, inNode)
      await session.post('https://other.test/', { headers: { 'X-CSRFToken': 'theirs' } })
      expect([sent().headers.has('Origin'), sent().headers.has('Referer')]).toEqual([false, false])
    })
  })

  describe('in a page', () => {
    it.each([
      ['django', django, 'X-CSRFToken', 'dj'],
      ['laravel', laravel, 'X-XSRF-TOKEN', 'la='],
      ['angular', angular, 'X-XSRF-TOKEN', 'la='],
      ['rails', rails, 'X-CSRF-Token', 'ra'],
    ])('has the preset %s', async (_name, preset, header, token) => {
      stubPage({
        cookie: 'xcsrftoken=no; csrftoken=dj; XSRF-TOKEN=la%3D',
        metas: { viewport: 'x', 'csrf-token': 'ra' },
      })
      const { session, sent } = testSession(undefined, { csrf: csrf(preset) }, inPage)
      await session.post('https://page.test/save')
      expect(sent().headers.get(header)).toBe(token)
    })

    it('goes to no other origin, unless the session names it', async () => {
      stubPage({ cookie: 'csrftoken=dj' })
      const { session, sent } = testSession(undefined, { csrf: csrf(django) }, inPage)
      await session.post('https://other.test/')
      session.baseUrl = 'https://other.test/api/'
      await session.post('save')
      expect([0, 1].map((call) => sent(call).headers.get('X-CSRFToken'))).toEqual([null, 'dj'])
    })

    it('asks session.cookies in a worker, which has no document', async () => {
      vi.stubGlobal('location', new URL('https://page.test/worker.js'))
      const { session, cookies, sent } = testSession(undefined, { csrf: csrf(django) }, inPage)
      await cookies.set({ name: 'csrftoken', value: 'worker', url: 'https://page.test/' })
      await session.post('https://page.test/save')
      expect(sent().headers.get('X-CSRFToken')).toBe('worker')
    })
  })

  it('says that there is no <meta> without a document', async () => {
    const { session } = await jarSession({ csrf: csrf(rails) })
    expect(await rejection(session.post('x'))).toBeInstanceOf(UnsupportedError)
  })
})
