import type { IncomingMessage, ServerResponse } from 'node:http'
import { type NodeSessionOptions, Session } from '@session-fetch/node'
import { type Authority, type Certificate, createAuthority } from '@session-fetch/test-support/certificates'
import { type CsrfOptions, csrf, django, laravel } from 'session-fetch/csrf'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type EchoServer, startEchoServer } from '../echo-server.js'

/** A site that sends its token as a cookie and requires it in a header, also on a 307. */
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

  it('sends a token from the jar in its header, together with the cookie', async () => {
    await open(django, 'csrftoken=abc; Path=/')
    expect(last(home, 'x-csrftoken')).toBeUndefined()
    await session.post('save', { form: { a: '1' } })
    expect([last(home, 'x-csrftoken'), last(home, 'cookie')]).toEqual(['abc', 'csrftoken=abc'])
  })

  it('sends a token that the site renewed', async () => {
    await open(laravel, 'XSRF-TOKEN=one%3D; Path=/')
    await session.post('save')
    const first = last(home, 'x-xsrf-token')
    await session.get(`form?${encodeURIComponent('XSRF-TOKEN=two; Path=/')}`)
    await session.post('save')
    expect([first, last(home, 'x-xsrf-token')]).toEqual(['one=', 'two'])
  })

  it('uses the cookie for the path of the request', async () => {
    await open(django, 'csrftoken=root; Path=/&csrftoken=deep; Path=/deep')
    await session.post('deep/save')
    const deep = last(home, 'x-csrftoken')
    await session.post('save')
    expect([deep, last(home, 'x-csrftoken')]).toEqual(['deep', 'root'])
  })

  it('is dropped on a 307 to another origin, even a trusted one', async () => {
    session.origins = [away.url]
    await open(django, 'csrftoken=abc; Path=/')
    await session.post(`moved?${encodeURIComponent(`${away.url}save`)}`, { body: 'x' })
    expect(last(home, 'x-csrftoken')).toBe('abc')
    expect([away.seen.at(-1)?.method, last(away, 'x-csrftoken')]).toEqual(['POST', undefined])
  })

  it('is kept on a 307 to the same origin', async () => {
    await open(django, 'csrftoken=abc; Path=/')
    await session.post('moved?%2Fsave', { body: 'x' })
    expect([home.seen.at(-1)?.target, last(home, 'x-csrftoken')]).toEqual(['/save', 'abc'])
  })

  it('is not sent to another origin, by any verb or fetch', async () => {
    await open({ token: () => 'abc', header: 'X-CSRFToken' }, 'a=b')
    await session.post(`${away.url}save`)
    await session.fetch(`${away.url}save`, { method: 'POST' })
    expect(away.seen.slice(-2).map(({ headers }) => headers['x-csrftoken'])).toEqual([undefined, undefined])
    await session.fetch(`${home.url}save`, { method: 'POST' })
    expect(last(home, 'x-csrftoken')).toBe('abc')
  })
})

/** What Django's CsrfViewMiddleware asks of an unsafe request: the cookie again in a header, and over TLS whence it comes. */
function djangoAnswer(request: IncomingMessage, response: ServerResponse): true {
  const { host = '', cookie = '', origin, referer } = request.headers
  const isSecure = 'encrypted' in request.socket
  const here = `${isSecure ? 'https' : 'http'}://${host}`
  const refuse = (reason: string): true => {
    response.writeHead(403, reason).end()
    return true
  }
  if (request.method === 'GET') response.setHeader('Set-Cookie', 'csrftoken=abc; Path=/; SameSite=Lax')
  else if (origin !== undefined && origin !== here) return refuse('Origin checking failed')
  else if (origin === undefined && isSecure && !referer?.startsWith(`${here}/`)) return refuse('no Referer')
  else if (!/csrftoken=abc/.test(cookie) || request.headers['x-csrftoken'] !== 'abc')
    return refuse('CSRF token missing')
  response.end('saved')
  return true
}

describe('csrf(django) and a server that checks as Django does', () => {
  let authority: Authority
  let certificate: Certificate
  const ends: (() => Promise<void>)[] = []

  beforeAll(async () => {
    authority = await createAuthority()
    certificate = await authority.issue(['DNS:localhost'])
  })
  afterAll(() => authority.close())
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  async function open(secure: boolean, options: NodeSessionOptions = {}): Promise<[EchoServer, Session]> {
    const site = await startEchoServer({ answer: djangoAnswer, ...(secure && { certificate }) })
    const session = new Session({
      baseUrl: site.url,
      csrf: csrf(django),
      tls: { ca: authority.ca },
      ...options,
    })
    ends.push(
      () => site.close(),
      () => session.close(),
    )
    return [site, session]
  }

  it.each([
    ['https', true],
    ['http', false],
  ])('saves over %s by every unsafe method, and by fetch', async (_scheme, secure) => {
    const [, session] = await open(secure)
    await session.get('form')
    const methods = ['POST', 'PUT', 'PATCH', 'DELETE']
    const calls = methods.flatMap((method) => [
      session.request(method, 'save'),
      session.fetch(new URL('save', session.baseUrl ?? ''), { method }),
    ])
    const statuses = (await Promise.all(calls)).map(({ status }) => status)
    expect(statuses).toEqual(Array(8).fill(200))
  })

  it('shows no path and no query of the request', async () => {
    const [site, session] = await open(true)
    await session.get('form')
    await session.post('deep/save?token=canary').text()
    expect(site.seen.at(-1)?.headers).toMatchObject({ origin: site.url.slice(0, -1), referer: site.url })
  })

  it('keeps it to its own origin on a redirect', async () => {
    const away = await startEchoServer({ certificate })
    ends.push(() => away.close())
    const moving = await startEchoServer({
      certificate,
      answer: (_request, response) => Boolean(response.writeHead(307, { Location: `${away.url}end` }).end()),
    })
    ends.push(() => moving.close())
    const [, session] = await open(true, { baseUrl: moving.url, origins: [away.url] })
    await session.cookies.set('csrftoken', 'abc')
    await session.post('save', { body: 'x' })
    expect(moving.seen.at(-1)?.headers).toHaveProperty('referer')
    const { headers = {} } = away.seen.at(-1) ?? {}
    expect(['origin', 'referer', 'x-csrftoken'].filter((name) => name in headers)).toEqual([])
    expect(away.seen).toHaveLength(1)
  })

  it('is refused without csrf', async () => {
    const [, session] = await open(true)
    await session.get('form')
    const headers = { 'X-CSRFToken': 'abc' }
    expect((await session.post('save', { csrf: null, headers })).statusText).toBe('no Referer')
  })
})
