import { InvalidRedirectError, TooManyRedirectsError } from '@session-fetch/node'
import { describe, expect, it } from 'vitest'
import { mocked, redirect } from './mocked.js'

const url = 'https://api.test/'

describe('redirect: the method and the body after one', () => {
  it.each([
    ['GET', 'GET GET GET GET GET'],
    ['HEAD', 'HEAD HEAD HEAD HEAD HEAD'],
    ['POST', 'GET GET GET POST+ POST+'],
    ['PUT', 'PUT+ PUT+ GET PUT+ PUT+'],
    ['PATCH', 'PATCH+ PATCH+ GET PATCH+ PATCH+'],
    ['DELETE', 'DELETE+ DELETE+ GET DELETE+ DELETE+'],
    ['OPTIONS', 'OPTIONS+ OPTIONS+ GET OPTIONS+ OPTIONS+'],
  ])('of %s at 301, 302, 303, 307 and 308 are %s', async (method, expected) => {
    const codes = [301, 302, 303, 307, 308]
    const { session, api } = mocked(
      Object.fromEntries(codes.map((code) => [`/${code}`, redirect('/to', code)])),
    )
    const init = method === 'GET' || method === 'HEAD' ? {} : { json: { a: 1 } }
    for (const code of codes) await session.request(method, `${url}${code}`, init)
    const seen = api.calls.filter(({ url: at }) => at === `${url}to`)
    expect(seen.map((request) => request.method + (request.body === null ? '' : '+')).join(' ')).toBe(
      expected,
    )
    for (const { body, headers } of seen) expect(headers.has('Content-Type')).toBe(body !== null)
  })

  it('apply to later hops: a GET after a 303 stays a GET at a 307', async () => {
    const { session, api } = mocked({ '/1': redirect('/2', 303), '/2': redirect('/3', 307) })
    await session.post(`${url}1`, { form: { a: '1' } })
    expect(api.calls.map(({ method, body }) => [method, body])).toEqual([
      ['POST', 'a=1'],
      ['GET', null],
      ['GET', null],
    ])
  })

  it('send a Blob and a form again completely', async () => {
    const { session, api } = mocked({ '/1': redirect('/2', 307) })
    const form = new FormData()
    form.append('a', '1')
    for (const body of [new Blob(['blob']), form]) await session.post(`${url}1`, { body })
    expect(api.calls.map(({ body }) => body instanceof Blob || body instanceof FormData)).toEqual(
      Array(4).fill(true),
    )
  })

  it('refuse to send a stream again', async () => {
    const { session, api } = mocked({ '/1': redirect('/2', 307) })
    const call = session.post(`${url}1`, { body: new Blob(['once']).stream() })
    await expect(call).rejects.toBeInstanceOf(InvalidRedirectError)
    expect(api.calls).toHaveLength(1)
  })

  it('drop a stream if the method becomes GET', async () => {
    const { session, api } = mocked({ '/1': redirect('/2', 302) })
    await session.post(`${url}1`, { body: new Blob(['once']).stream() })
    expect([api.calls[1]?.method, api.calls[1]?.body]).toEqual(['GET', null])
  })
})

describe('redirect: credentials after one', () => {
  it.each([
    ['https://a.test/', 'https://a.test/x', true],
    ['https://a.test/', 'https://b.test/x', false],
    ['https://a.test/', 'http://a.test/x', false],
    ['http://a.test/', 'https://a.test/x', true],
    ['http://a.test:80/', 'https://a.test:443/x', true],
    ['http://a.test:8080/', 'https://a.test/x', false],
    ['http://a.test/', 'https://a.test:8443/x', false],
    ['https://a.test:443/', 'https://a.test/x', true],
    ['https://a.test/', 'https://a.test:8443/x', false],
  ])('from %s to %s are kept: %s', async (from, to, kept) => {
    const { session, sent } = mocked({ [new URL(from).href]: redirect(to) })
    const auth: [string, string] = ['user', 'secret']
    await session.get(from, { auth, headers: { 'X-Api-Key': 'secret', Cookie: 'own=1' } })
    expect([sent(0, 'Authorization') !== null, sent(1, 'Authorization') !== null]).toEqual([true, kept])
    expect([sent(1, 'X-Api-Key'), sent(1, 'Cookie')]).toEqual(kept ? ['secret', 'own=1'] : [null, null])
  })

  it('are not restored on the way back', async () => {
    const { session, sent } = mocked({
      [url]: redirect('https://b.test/'),
      'https://b.test/': redirect(`${url}2`),
    })
    await session.get(url, { auth: ['user', 'secret'], headers: { 'X-Api-Key': 'secret' } })
    expect([sent(2, 'Authorization'), sent(2, 'X-Api-Key')]).toEqual([null, null])
  })

  it('in the URL of a Location are dropped, and not sent', async () => {
    const { session, api, sent } = mocked({ [url]: redirect('https://me:pw@api.test/2') })
    const response = await session.get(url)
    expect([api.calls[1]?.url, response.url, sent(1, 'Authorization')]).toEqual([`${url}2`, `${url}2`, null])
  })
})

describe('redirect: its target', () => {
  it.each([
    ['//b.test/x', 'https://b.test/x'],
    ['/x', 'https://api.test/x'],
    ['x', 'https://api.test/dir/x'],
    ['?q', 'https://api.test/dir/page?q'],
    ['HTTPS://API.test/x', 'https://api.test/x'],
    ['https:echo', 'https://api.test/dir/echo'],
    ['/a b', 'https://api.test/a%20b'],
    ['/100%', 'https://api.test/100%'],
  ])('%s is %s', async (location, target) => {
    const { session, api } = mocked({ '/dir/page': [redirect(location), 'ok'] })
    await session.get(`${url}dir/page`)
    expect(api.calls[1]?.url).toBe(target)
  })

  it('that is only a fragment is the same URL', async () => {
    const { session, api } = mocked({ '/page': [redirect('#new'), 'ok'] })
    const response = await session.get(`${url}page#old`)
    expect([api.calls.length, response.url]).toEqual([2, `${url}page#new`])
  })

  it('of an empty Location is the same URL', async () => {
    const { session, api } = mocked({ '/page': [redirect(''), 'ok'] })
    const response = await session.post(`${url}page?q#old`, { body: 'x' })
    expect(api.calls.map((call) => [call.method, call.url])).toEqual([
      ['POST', `${url}page?q#old`],
      ['GET', `${url}page?q#old`],
    ])
    expect([response.redirected, await response.text()]).toEqual([true, 'ok'])
  })

  it.each(['ftp://api.test/', 'mailto:me@api.test', 'http://:1', 'https://api.test:99999/', 'javascript:1'])(
    '%s is refused',
    async (location) => {
      const { session, api } = mocked({ '/page': redirect(location) })
      await expect(session.get(`${url}page`)).rejects.toBeInstanceOf(InvalidRedirectError)
      expect(api.calls).toHaveLength(1)
    },
  )
})

describe('response.history', () => {
  const answers = { '/1': redirect('/2'), '/2': redirect('/3', 301), '/3': redirect('/4', 307) }

  it('contains complete responses, oldest first, each with its own history', async () => {
    const response = await mocked(answers).session.get(`${url}1`)
    expect(response.history.map(({ status, history }) => [status, history.length])).toEqual([
      [302, 0],
      [301, 1],
      [307, 2],
    ])
    for (const hop of response.history)
      expect([hop.url, hop.history.includes(hop)]).toEqual([hop.request.url, false])
    expect(response.history.map((hop) => hop.url)).toEqual([`${url}1`, `${url}2`, `${url}3`])
  })

  it('is always a list', async () => {
    expect((await mocked().session.get(url)).history).toEqual([])
  })

  it('of an endless chain has as many entries as maxRedirects', async () => {
    const { session, api } = mocked({ '/1': redirect('/1') }, { maxRedirects: 5 })
    const error = await session.get(`${url}1`).then(
      () => null,
      (reason: unknown) => reason,
    )
    if (!(error instanceof TooManyRedirectsError)) throw error
    expect([api.calls.length, error.response?.history.length, error.request?.url]).toEqual([6, 5, `${url}1`])
  })

  it('stays empty with maxRedirects: 0, and the first redirect throws', async () => {
    const { session } = mocked({ '/1': redirect('/2') }, { maxRedirects: 0 })
    await expect(session.get(`${url}1`)).rejects.toBeInstanceOf(TooManyRedirectsError)
  })
})

describe("redirect: 'manual'", () => {
  it('returns the next request, ready to be sent', async () => {
    const { session, api } = mocked({ '/1': redirect('/2', 303, 'sid=1; Path=/') })
    const response = await session.post(`${url}1`, { form: { a: '1' }, redirect: 'manual' })
    const { next } = response
    expect([response.status, next?.method, next?.url, next?.body]).toEqual([303, 'GET', `${url}2`, null])
    if (next === null) throw new Error('no next request')
    expect(await session.send(next).text()).toBe('ok')
    expect(api.calls[1]?.headers.get('Cookie')).toBe('sid=1')
  })

  it('steps through a chain, and has no next request at the end', async () => {
    const { session } = mocked({ '/1': redirect('/2'), '/2': redirect('/3') })
    const seen: string[] = []
    let next: ReturnType<typeof session.prepare> | null = session.prepare('GET', `${url}1`, {
      redirect: 'manual',
    })
    while (next) {
      next.redirect = 'manual'
      const response = await session.send(next)
      seen.push(response.url)
      next = response.next
    }
    expect(seen).toEqual([`${url}1`, `${url}2`, `${url}3`])
  })
})
