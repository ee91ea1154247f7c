import { describe, expect, it } from 'vitest'
import { byPath, byUrl, oneShot, redirect, rejection, testSession } from '../../test/test-session.js'
import { InvalidRedirectError } from '../model/errors.js'
import { TooManyRedirectsError } from './redirects.js'

const HOME = 'https://api.test/'
/** `/3` leads to `/2` leads to `/1` leads to `/0`, which answers. */
const countdown = byPath({
  '/3': () => redirect('/2', 301),
  '/2': () => redirect('/1', 302),
  '/1': () => redirect('/0', 307),
  '/0': () => new Response('end'),
})

describe('followRedirects', () => {
  it('follows to the end, with the history oldest first', async () => {
    const { session } = testSession(countdown)
    const response = await session.get('https://api.test/3#part')
    expect([response.url, response.redirected, await response.text()]).toEqual([
      'https://api.test/0#part',
      true,
      'end',
    ])
    expect(response.history.map((past) => [past.status, past.url])).toEqual([
      [301, 'https://api.test/3#part'],
      [302, 'https://api.test/2#part'],
      [307, 'https://api.test/1#part'],
    ])
  })

  it('each past response has its own history', async () => {
    const { history } = await testSession(countdown).session.get('https://api.test/3')
    expect(history.map((past) => past.history.length)).toEqual([0, 1, 2])
    expect(history[2]?.history).toEqual(history.slice(0, 2))
  })

  it('does not change a response that is not a redirect', async () => {
    const response = await testSession(countdown).session.get('https://api.test/0')
    expect([response.history, response.redirected, response.next]).toEqual([[], false, null])
  })

  it('the body of a past response remains readable', async () => {
    const { session } = testSession(
      byPath({ '/': () => new Response('moved', { status: 302, headers: { Location: '/0' } }) }),
    )
    const response = await session.get(HOME)
    expect(await response.history[0]?.text()).toBe('moved')
  })

  it('follows for HEAD', async () => {
    const { session, api } = testSession(countdown)
    await session.head('https://api.test/3')
    expect(api.calls.map((request) => request.method)).toEqual(['HEAD', 'HEAD', 'HEAD', 'HEAD'])
  })

  it('stores the cookies of each hop before the next', async () => {
    const { session, sent, cookies } = testSession(
      byUrl({
        'https://api.test/': () => redirect('/in', 302, { 'Set-Cookie': 'sid=1' }),
        'https://api.test/in': () => redirect('https://other.test/', 302, { 'Set-Cookie': 'in=1' }),
      }),
    )
    await session.get(HOME)
    expect(sent(1).headers.get('Cookie')).toBe('sid=1')
    expect(sent(2).headers.get('Cookie')).toBeNull()
    expect(cookies.headerFor(HOME)).toBe('sid=1; in=1')
  })

  it('does not restore stripped credentials', async () => {
    const { session, sent } = testSession(
      byUrl({
        'https://api.test/': () => redirect('https://other.test/'),
        'https://other.test/': () => redirect('https://api.test/again'),
        'https://api.test/again': () => redirect('/end'),
      }),
      { auth: ['me', 'pw'], headers: { 'X-Key': 'k' } },
    )
    await session.get(HOME, { cookies: { call: '1' }, headers: { 'X-Mine': '1' } })
    expect([...sent(0).headers.keys()]).toEqual(['authorization', 'cookie', 'x-key', 'x-mine'])
    expect([1, 2, 3].map((index) => [...sent(index).headers])).toEqual([[], [], []])
  })

  it('sends auth and call cookies on each hop to the session’s origins', async () => {
    const { session, api } = testSession(countdown, { auth: ['me', 'pw'] })
    await session.get('https://api.test/3', { cookies: { call: '1' } })
    expect(api.calls.map((request) => request.headers.get('Authorization'))).toEqual(
      Array(4).fill(`Basic ${btoa('me:pw')}`),
    )
    expect(api.calls.map((request) => request.headers.get('Cookie'))).toEqual(Array(4).fill('call=1'))
  })

  it('applies params once', async () => {
    const { session, sent } = testSession(countdown, { params: { lang: 'en' } })
    await session.get('https://api.test/1')
    expect([sent(0).url, sent(1).url]).toEqual(['https://api.test/1?lang=en', 'https://api.test/0'])
  })

  it.each([
    ['origins', { origins: ['https://other.test'] }, true],
    ['a baseUrl elsewhere', { baseUrl: HOME }, false],
    ['no home at all', {}, false],
  ])('with %s carries a body to another origin: %s', async (_what, options, carries) => {
    const { session, api } = testSession(
      byUrl({ [HOME]: () => redirect('https://other.test/', 307) }),
      options,
    )
    const call = session.post(HOME, { json: 1 })
    if (carries) await call
    else expect(await rejection(call)).toBeInstanceOf(InvalidRedirectError)
    expect(api.calls.map((request) => request.body)).toEqual(carries ? ['1', '1'] : ['1'])
  })

  it('sends a stream once', async () => {
    const { session, api } = testSession(byPath({ '/': () => redirect('/b', 307) }))
    expect(await rejection(session.put(HOME, { body: oneShot() }))).toBeInstanceOf(InvalidRedirectError)
    expect(api.calls).toHaveLength(1)
  })

  it.each(['file:///etc/passwd', 'data:,x'])('asks no transport for %s', async (location) => {
    const { session, api } = testSession(byPath({ '/': () => redirect(location) }))
    expect(await rejection(session.get(HOME))).toBeInstanceOf(InvalidRedirectError)
    expect(api.calls).toHaveLength(1)
  })
})

describe('maxRedirects', () => {
  it.each([
    [3, 4],
    [20, 4],
  ])('%i lets three hops pass', async (maxRedirects, requests) => {
    const { session, api } = testSession(countdown, { maxRedirects })
    expect(await session.get('https://api.test/3').text()).toBe('end')
    expect(api.calls).toHaveLength(requests)
  })

  it.each([0, 1, 2])('%i stops three hops, with the history in the error', async (maxRedirects) => {
    const { session, api } = testSession(countdown, { maxRedirects: 7 })
    const error = await rejection(session.get('https://api.test/3', { maxRedirects }))
    expect(error).toBeInstanceOf(TooManyRedirectsError)
    expect(error instanceof TooManyRedirectsError && error.response?.history).toHaveLength(maxRedirects)
    expect(api.calls).toHaveLength(maxRedirects + 1)
  })

  it.each([
    ['a page that leads to itself', byUrl({ [HOME]: () => redirect(HOME) })],
    [
      'two sites that lead to each other',
      byUrl({ [HOME]: () => redirect('https://b.test/'), 'https://b.test/': () => redirect(HOME) }),
    ],
  ])('ends the loop of %s after 20 hops', async (_what, handler) => {
    const { session, api } = testSession(handler)
    expect(await rejection(session.get(HOME))).toBeInstanceOf(TooManyRedirectsError)
    expect(api.calls).toHaveLength(21)
  })

  it.each([-1, 1.5, Number.NaN, '3' as unknown as number])('%s is refused', async (maxRedirects) => {
    const call = testSession().session.get(HOME, { maxRedirects })
    await expect(call).rejects.toMatchObject({ code: 'ERR_INVALID_REQUEST' })
  })
})

describe('redirect: its modes', () => {
  it('manual returns the redirect and the next request', async () => {
    const { session, sent, api } = testSession(
      byPath({ '/': () => redirect('/b', 302, { 'Set-Cookie': 'sid=1' }), '/b': () => new Response('b') }),
      { auth: ['me', 'pw'] },
    )
    const response = await session.post(HOME, { json: 1, redirect: 'manual' })
    expect([response.status, response.redirected, response.history, api.calls.length]).toEqual([
      302,
      false,
      [],
      1,
    ])
    const { next } = response
    expect([next?.method, next?.url, next?.body]).toEqual(['GET', 'https://api.test/b', null])
    if (next === null) return
    expect(await session.send(next).text()).toBe('b')
    expect([sent(1).headers.get('Cookie'), sent(1).headers.has('Authorization')]).toEqual(['sid=1', true])
  })

  it.each(['file:///x', 'https://'])('manual returns a redirect to %j without a next', async (location) => {
    const { session } = testSession(byPath({ '/': () => redirect(location) }))
    const response = await session.get(HOME, { redirect: 'manual' })
    expect([response.status, response.next]).toEqual([302, null])
  })

  it('error rejects a redirect, and returns other responses', async () => {
    const { session, api } = testSession(countdown)
    expect(await rejection(session.get('https://api.test/1', { redirect: 'error' }))).toBeInstanceOf(
      InvalidRedirectError,
    )
    expect(await session.get('https://api.test/0', { redirect: 'error' }).text()).toBe('end')
    expect(api.calls).toHaveLength(2)
  })

  it('of the session are overridden by the call’s', async () => {
    const { session } = testSession(countdown, { redirect: 'manual' })
    expect((await session.get('https://api.test/1')).status).toBe(307)
    expect((await session.get('https://api.test/1', { redirect: 'follow' })).status).toBe(200)
  })

  it('do not change the request, which can be sent again', async () => {
    const { session } = testSession(countdown)
    const request = session.prepare('GET', 'https://api.test/1')
    const first = await session.send(request)
    const again = await session.send(first.history[0]?.request ?? request)
    expect([(await session.send(request)).url, first.url, again.url]).toEqual(
      Array(3).fill('https://api.test/0'),
    )
  })

  it('stopped by a hook continue when next is sent', async () => {
    const { session } = testSession(countdown)
    const { next } = await session.get('https://api.test/3', {
      hooks: { redirect: ({ next }) => (next.url.endsWith('/2') ? false : undefined) },
    })
    expect(next === null ? null : (await session.send(next)).url).toBe('https://api.test/0')
  })
})
