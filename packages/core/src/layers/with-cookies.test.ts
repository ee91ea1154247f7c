import { describe, expect, it } from 'vitest'
import { byUrl, redirect, testSession } from '../../test/test-session.js'
import type { CallOptions } from '../call/options.js'
import type { PreparedRequest } from '../request/prepared-request.js'

const API = 'https://api.test/'

describe('withCookies', () => {
  it.each<[string, Record<string, string>, CallOptions, string | null]>([
    ['nothing', {}, {}, null],
    ['the jar’s', { a: '1', b: '2' }, {}, 'a=1; b=2'],
    ['the call’s', {}, { cookies: { a: '1' } }, 'a=1'],
    ['the caller’s header', {}, { headers: { Cookie: 'a=1; b=2' } }, 'a=1; b=2'],
    ['the call’s after the jar’s', { a: '1' }, { cookies: { b: '2' } }, 'a=1; b=2'],
    ['the call’s over the jar’s of the same name', { a: '1', b: '2' }, { cookies: { a: '9' } }, 'b=2; a=9'],
    [
      'the header’s over the jar’s of the same name',
      { a: '1', b: '2' },
      { headers: { cookie: 'a=9' } },
      'b=2; a=9',
    ],
    [
      'the call’s over the header’s',
      {},
      { cookies: { a: '9' }, headers: { Cookie: 'a=1; b=2' } },
      'a=9; b=2',
    ],
    ['names in another case as others', { a: '1' }, { cookies: { A: '9' } }, 'a=1; A=9'],
    ['nothing for an empty record', {}, { cookies: {} }, null],
  ])('sends %s', async (_what, jar, call, header) => {
    const { session, sent, cookies } = testSession()
    for (const [name, value] of Object.entries(jar)) await cookies.set(name, value)
    await session.get(API, call)
    expect(sent().headers.get('Cookie')).toBe(header)
  })

  it('stores each Set-Cookie line, and sends the cookie with the next request', async () => {
    const headers = new Headers([
      ['Set-Cookie', 'a=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT'],
      ['Set-Cookie', 'b=2; Path=/'],
    ])
    const { session, sent } = testSession(() => new Response('ok', { headers }))
    await session.get(API)
    await session.get(API)
    expect([sent(0).headers.get('Cookie'), sent(1).headers.get('Cookie')]).toEqual([null, 'a=1; b=2'])
  })

  it('does not store cookies of a call or a header', async () => {
    const { session, cookies } = testSession()
    await session.get(API, { cookies: { a: '1' }, headers: { Cookie: 'b=2' } })
    expect(cookies.headerFor(API)).toBe('')
  })

  it('sends a call’s cookies to its first host only', async () => {
    const { session, sent } = testSession(byUrl({ [API]: () => redirect('https://other.test/') }))
    await session.get(API, { cookies: { a: '1' } })
    expect([sent(0).headers.get('Cookie'), sent(1).headers.get('Cookie')]).toEqual(['a=1', null])
  })

  it.each<[string, CallOptions, string]>([
    ['header', { headers: { Cookie: 'a=1; sid=old;b=2' } }, 'sid=new; a=1; b=2'],
    ['cookies', { cookies: { sid: 'old', a: '1' } }, 'sid=new; a=1'],
  ])('sends what a redirect set, no more what the caller’s %s said of it', async (_what, call, header) => {
    const { session, sent } = testSession(
      byUrl({ [API]: () => redirect('/next', 302, { 'Set-Cookie': 'sid=new; Path=/' }) }),
    )
    await session.get(API, call)
    expect(sent(1).headers.get('Cookie')).toBe(header)
    await session.get(`${API}next`, call)
    expect(sent(2).headers.get('Cookie')).toContain('sid=old') // another call says it anew
  })

  it('sends cookies set by a redirect hook', async () => {
    const { session, sent } = testSession(
      byUrl({ [API]: () => redirect('/next', 302, { 'Set-Cookie': 'sid=new' }) }),
    )
    const redirected = ({ next }: { next: PreparedRequest }): void => next.headers.set('Cookie', 'sid=mine')
    await session.get(API, { headers: { Cookie: 'sid=old' }, hooks: { redirect: [redirected] } })
    expect(sent(1).headers.get('Cookie')).toBe('sid=mine')
  })

  it('keeps the caller’s cookie if the Set-Cookie line was rejected', async () => {
    const { session, sent, cookies } = testSession(
      byUrl({ [API]: () => redirect('/next', 302, { 'Set-Cookie': 'sid=new' }) }),
    )
    Object.assign(cookies, { capture: (lines: readonly string[]) => lines })
    await session.get(API, { headers: { Cookie: 'sid=old' } })
    expect(sent(1).headers.get('Cookie')).toBe('sid=old')
  })

  it('does not expose cookies in readable requests', async () => {
    const { session, cookies } = testSession()
    await cookies.set('a', '1')
    const response = await session.get(API, { cookies: { b: '2' } })
    expect(response.request.headers.has('Cookie')).toBe(false)
  })

  it('awaits an asynchronous store', async () => {
    const { session, sent, cookies } = testSession(
      () => new Response('ok', { headers: { 'Set-Cookie': 'a=1' } }),
    )
    const [headerFor, capture] = [cookies.headerFor.bind(cookies), cookies.capture.bind(cookies)]
    Object.assign(cookies, {
      headerFor: async (url: string) => Promise.resolve(headerFor(url)),
      capture: async (lines: string[], url: string) => Promise.resolve().then(() => capture(lines, url)),
    })
    await session.get(API)
    await session.get(API)
    expect(sent(1).headers.get('Cookie')).toBe('a=1')
  })
})
