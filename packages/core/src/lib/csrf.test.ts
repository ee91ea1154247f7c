import { afterEach, describe, expect, it, vi } from 'vitest'
import { redirect, rejection, testSession } from '../../test/test-session.js'
import type { Capabilities } from './capabilities.js'
import { angular, csrf, django, laravel, rails } from './csrf.js'
import { InvalidRequestError, UnsupportedError } from './errors.js'
import type { SessionOptions } from './options.js'
import { exportSession } from './session-export.js'

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

  it('goes home, and nowhere else', async () => {
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

  it('stays behind on a redirect that leaves home, and goes along on one that does not', async () => {
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

  it('leaves a header of the caller, the session or a hook as it is', async () => {
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

  it('sends nothing where there is no token yet', async () => {
    const { session, header } = await jarSession()
    for (const value of [undefined, null, '']) {
      session.csrf = csrf({ token: () => value, header: 'X-CSRFToken' })
      await session.post('x')
    }
    session.csrf = csrf({ cookie: 'missing', header: 'X-CSRFToken' })
    await session.post('x')
    expect([0, 1, 2, 3].map(header)).toEqual([null, null, null, null])
  })

  it('takes the cookie of the very URL from the jar, where the session has no home', async () => {
    const { session, header } = await jarSession({ baseUrl: null })
    await session.post(`${API}x`)
    await session.post('https://other.test/')
    expect([header(0), header(1)]).toEqual(['abc', null])
  })

  it('does not guess whose token a function gives', async () => {
    const { session, api } = await jarSession({
      baseUrl: null,
      csrf: csrf({ token: () => 'abc', header: 'X-T' }),
    })
    expect(await rejection(session.post(`${API}x`))).toBeInstanceOf(InvalidRequestError)
    expect(api.calls).toEqual([])
  })

  it('fails the call with what `token` throws', async () => {
    const fault = new Error('no token today')
    const { session } = await jarSession({
      csrf: csrf({ token: () => Promise.reject(fault), header: 'X-T' }),
    })
    expect(await rejection(session.post('x'))).toBe(fault)
  })

  it('is named among what an export leaves out', async () => {
    const { session } = await jarSession()
    expect((await exportSession(session)).omitted).toContain('csrf')
  })

  it('refuses options that were not made into a hook', async () => {
    const { session } = await jarSession()
    session.csrf = django as never
    expect(await rejection(session.post('x'))).toBeInstanceOf(InvalidRequestError)
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
