import { Session } from '@session-fetch/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type CsrfOptions, csrf, django, laravel } from 'session-fetch/csrf'
import { type EchoServer, startEchoServer } from './echo-server.js'

/** A site that hands its token out as a cookie and wants it back in a header, on a 307 too. */
async function startSite(): Promise<EchoServer> {
  return startEchoServer({
    answer: (request, response) => {
      const [path = '', target = ''] = (request.url ?? '').split('?')
      if (path === '/form') response.setHeader('Set-Cookie', decodeURIComponent(target).split('&'))
      if (path === '/moved') response.writeHead(307, { Location: decodeURIComponent(target) })
      response.end()
      return true
    },
  })
}

describe('csrf in Node', () => {
  let home: EchoServer
  let away: EchoServer
  let session: Session

  beforeAll(async () => {
    ;[home, away] = await Promise.all([startSite(), startSite()])
  })

  afterAll(async () => {
    await Promise.all([home.close(), away.close()])
  })

  beforeEach(() => {
    session = new Session({ baseUrl: home.url })
    return () => session.close()
  })

  /** Gets the form that has the cookie, as a page is opened before it is sent. */
  async function open(options: CsrfOptions, cookie: string): Promise<void> {
    session.csrf = csrf(options)
    await session.get(`form?${encodeURIComponent(cookie)}`)
  }

  const last = (server: EchoServer, header: string): string | undefined => server.seen.at(-1)?.headers[header]

  it('hands a token of the jar back in its header, beside the cookie itself', async () => {
    await open(django, 'csrftoken=abc; Path=/')
    expect(last(home, 'x-csrftoken')).toBeUndefined()
    await session.post('save', { form: { a: '1' } })
    expect([last(home, 'x-csrftoken'), last(home, 'cookie')]).toEqual(['abc', 'csrftoken=abc'])
  })

  it('follows a token that the site renews', async () => {
    await open(laravel, 'XSRF-TOKEN=one%3D; Path=/')
    await session.post('save')
    const first = last(home, 'x-xsrf-token')
    await session.get(`form?${encodeURIComponent('XSRF-TOKEN=two; Path=/')}`)
    await session.post('save')
    expect([first, last(home, 'x-xsrf-token')]).toEqual(['one=', 'two'])
  })

  it('takes the cookie that fits the path of the request', async () => {
    await open(django, 'csrftoken=root; Path=/&csrftoken=deep; Path=/deep')
    await session.post('deep/save')
    const deep = last(home, 'x-csrftoken')
    await session.post('save')
    expect([deep, last(home, 'x-csrftoken')]).toEqual(['deep', 'root'])
  })

  it('stays behind on a 307 to another origin, which is a home too', async () => {
    session.origins = [away.url]
    await open(django, 'csrftoken=abc; Path=/')
    await session.post(`moved?${encodeURIComponent(`${away.url}save`)}`, { body: 'x' })
    expect(last(home, 'x-csrftoken')).toBe('abc')
    expect([away.seen.at(-1)?.method, last(away, 'x-csrftoken')]).toEqual(['POST', undefined])
  })

  it('goes along on a 307 to the same origin', async () => {
    await open(django, 'csrftoken=abc; Path=/')
    await session.post('moved?%2Fsave', { body: 'x' })
    expect([home.seen.at(-1)?.target, last(home, 'x-csrftoken')]).toEqual(['/save', 'abc'])
  })

  it('is not sent to another origin, by no verb and not by fetch', async () => {
    await open({ token: () => 'abc', header: 'X-CSRFToken' }, 'a=b')
    await session.post(`${away.url}save`)
    await session.fetch(`${away.url}save`, { method: 'POST' })
    expect(away.seen.slice(-2).map(({ headers }) => headers['x-csrftoken'])).toEqual([undefined, undefined])
    await session.fetch(`${home.url}save`, { method: 'POST' })
    expect(last(home, 'x-csrftoken')).toBe('abc')
  })
})
