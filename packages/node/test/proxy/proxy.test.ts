import { PooledTransport, ProxyError, type ProxyOptions, Session, TlsError, get } from '@session-fetch/node'
import { type Authority, createAuthority } from '@session-fetch/test-support/certificates'
import { startMicrosocks } from '@session-fetch/test-support/microsocks'
import type { Service } from '@session-fetch/test-support/service'
import { type Squid, startSquid } from '@session-fetch/test-support/squid'
import { startTinyproxy } from '@session-fetch/test-support/tinyproxy'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Echo, type EchoServer, startEchoServer } from '../echo-server.js'

const USER = { name: 'user', password: 's3cr.t' }
const AS_USER = 'user:s3cr%2Et@'
const BASIC = `Basic ${Buffer.from('user:s3cr.t').toString('base64')}`

let authority: Authority
let plain: EchoServer
let secure: EchoServer
let squid: Squid
let tlsSquid: Squid
let openSquid: Squid
let tinyproxy: Service
let microsocks: Service
let openSocks: Service

const running: { close(): Promise<void> }[] = []
const started = async <T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
  const service = await starting
  running.push(service)
  return service
}

beforeAll(async () => {
  authority = await createAuthority()
  const certificate = await authority.issue(['DNS:localhost', 'IP:127.0.0.1'])
  ;[plain, secure, squid, tlsSquid, openSquid, tinyproxy, microsocks, openSocks] = await Promise.all([
    started(startEchoServer()),
    started(startEchoServer({ certificate })),
    started(startSquid({ user: USER })),
    started(startSquid({ user: USER, certificate })),
    started(startSquid()),
    started(startTinyproxy(USER)),
    started(startMicrosocks(USER)),
    started(startMicrosocks()),
  ])
})
afterAll(async () => {
  await Promise.all(running.map((service) => service.close()))
  await authority.close()
})

const sessions: Session[] = []
beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'])
    for (const spelling of [name, name.toUpperCase()]) vi.stubEnv(spelling, undefined)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(sessions.splice(0).map((session) => session.close()))
})

function through(proxy: ProxyOptions | null | undefined, more: object = {}): Session {
  const session = new Session({ proxy, tls: { ca: authority.ca }, ...more })
  sessions.push(session)
  return session
}

const at = (service: Service, { scheme = 'http', user = AS_USER, host = '127.0.0.1' } = {}): string =>
  `${scheme}://${user}${host}:${service.port}`

const failure = (call: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(call).then(
    () => expect.unreachable('the call succeeded'),
    (reason: unknown) => reason,
  )

const proxies: [string, () => string][] = [
  ['squid with basic auth', () => at(squid)],
  ['squid over TLS', () => at(tlsSquid, { scheme: 'https', host: 'localhost' })],
  ['tinyproxy with basic auth', () => at(tinyproxy)],
  ['microsocks with a password', () => at(microsocks, { scheme: 'socks5' })],
  ['microsocks, resolving names', () => at(microsocks, { scheme: 'socks5h' })],
  ['microsocks without a password', () => at(openSocks, { scheme: 'socks5', user: '' })],
]

describe.each(proxies)('proxy: through %s', (_name, proxy) => {
  it('an http URL is fetched', async () => {
    const session = through(proxy())
    const echo = await session.post(`${plain.url}a?b=1`, { json: { c: 2 } }).json<Echo>()
    expect(echo).toMatchObject({
      method: 'POST',
      target: '/a?b=1',
      headers: { host: `127.0.0.1:${plain.port}` },
    })
    expect(echo.headers).not.toHaveProperty('proxy-authorization')
  })

  it('an https URL is fetched, with a verified certificate and a kept connection', async () => {
    const session = through(proxy())
    for (let call = 0; call < 3; call += 1) {
      const echo = await session.get(`${secure.url}a?b=${call}`).json<Echo>()
      expect(echo).toMatchObject({ target: `/a?b=${call}`, headers: { host: `localhost:${secure.port}` } })
      expect(echo.headers).not.toHaveProperty('proxy-authorization')
    }
    expect(session.stats()).toMatchObject({ opened: 1, reused: 2 })
    await expect(
      through({ all: proxy(), tls: { ca: authority.ca } }, { tls: {} }).get(secure.url),
    ).rejects.toThrow(TlsError)
  })

  it('redirects between http and https are followed', async () => {
    const session = through(proxy())
    const response = await session.get(`${plain.url}to?${encodeURIComponent(`${secure.url}end`)}`)
    expect(response.url).toBe(`${secure.url}end`)
    expect(session.stats()).toMatchObject({ opened: 2 })
  })

  it('a body of 1 MiB is transferred in both directions', async () => {
    const body = new Uint8Array(1_048_576).fill(97)
    const server = await startEchoServer({
      answer(request, response) {
        request.pipe(response)
        return true
      },
    })
    try {
      const echo = await through(proxy()).post(server.url, { body }).bytes()
      expect(Buffer.compare(echo, body)).toBe(0)
    } finally {
      await server.close()
    }
  })
})

describe('proxy: one that refuses', () => {
  it.each<[string, () => string, number]>([
    ['squid, asked for http', () => plain.url, 407],
    ['squid, asked for https', () => secure.url, 407],
  ])('%s: its 407 is a ProxyError, not a response', async (_what, url, status) => {
    for (const user of ['', 'user:wrong@']) {
      const error = await failure(through(at(squid, { user })).get(url()))
      expect(error).toBeInstanceOf(ProxyError)
      expect(error).toMatchObject({ status, retryable: false, request: { method: 'GET', url: url() } })
      expect(String(error)).not.toContain('wrong')
    }
  })

  it('tinyproxy, without credentials, is a ProxyError', async () => {
    expect(await failure(through(at(tinyproxy, { user: '' })).get(secure.url))).toMatchObject({ status: 407 })
  })

  it('microsocks, with wrong credentials, is a ProxyError', async () => {
    for (const user of ['', 'user:wrong@']) {
      const error = await failure(through(at(microsocks, { scheme: 'socks5', user })).get(plain.url))
      expect(error).toBeInstanceOf(ProxyError)
      expect(error).toMatchObject({ retryable: false })
    }
  })

  it('squid responds with 503 for an https origin that is down: a ProxyError', async () => {
    const error = await failure(through(at(squid)).get('https://127.0.0.1:9/'))
    expect(error).toBeInstanceOf(ProxyError)
    expect(error).toMatchObject({ status: 503, retryable: true })
  })

  it('microsocks, for an origin that is down, is a ProxyError that names the reason', async () => {
    const error = await failure(
      through(at(openSocks, { scheme: 'socks5', user: '' })).get('http://127.0.0.1:9/'),
    )
    expect(error).toBeInstanceOf(ProxyError)
    expect(String(error)).toContain('connection refused')
  })

  it('is not used over TLS if its certificate is not trusted', async () => {
    const proxy = at(tlsSquid, { scheme: 'https', host: 'localhost' })
    const error = await failure(through(proxy, { tls: { rejectUnauthorized: false } }).get(plain.url))
    expect(error).toBeInstanceOf(ProxyError)
    expect(error).toMatchObject({ retryable: false })
    expect(String(error)).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    await expect(
      through({ all: proxy, tls: { rejectUnauthorized: false } }).get(plain.url),
    ).resolves.toMatchObject({ status: 200 })
  })
})

describe('proxy: credentials', () => {
  it('are sent to their own proxy only', async () => {
    const seen: (string | undefined)[] = []
    const recorder = await startEchoServer({
      answer(request, response) {
        seen.push(request.headers['proxy-authorization'])
        response.writeHead(302, { Location: secure.url }).end()
        return true
      },
    })
    try {
      const session = through({
        http: `http://${AS_USER}127.0.0.1:${recorder.port}`,
        https: at(openSquid, { user: '' }),
      })
      const echo = await session.get('http://origin.test/').json<Echo>()
      expect(seen).toEqual([BASIC])
      expect(recorder.seen[0]).toMatchObject({
        target: 'http://origin.test/',
        headers: { host: 'origin.test' },
      })
      expect(echo.headers).not.toHaveProperty('proxy-authorization')
    } finally {
      await recorder.close()
    }
  })

  it('are not read from a header, which would be sent to the origin', async () => {
    const headers = { 'Proxy-Authorization': BASIC }
    await expect(through(null).get(plain.url, { headers })).rejects.toThrow(
      "put credentials in the proxy's URL",
    )
  })

  it('have separate connections', async () => {
    const proxies = [at(squid), at(squid, { user: 'user:wrong@' })]
    vi.stubEnv('ALL_PROXY', proxies[0])
    const session = through(null)
    session.mount('https://', new PooledTransport({ liveEnv: true, tls: { ca: authority.ca } }))
    expect((await session.get(secure.url)).status).toBe(200)
    vi.stubEnv('ALL_PROXY', proxies[1])
    expect(await failure(session.get(secure.url))).toMatchObject({ status: 407 })
  })
})

describe('proxy: the choice', () => {
  const carried = async (): Promise<number> => (await openSquid.log().catch(() => [])).length

  it('is one per scheme, and null is none', async () => {
    const before = await carried()
    const session = through({ all: at(openSquid, { user: '' }), https: null })
    await session.get(secure.url)
    expect(await carried()).toBe(before)
    await session.get(plain.url).text()
    await expect.poll(carried).toBe(before + 1)
  })

  it('excludes the hosts in `no`', async () => {
    const before = await carried()
    const session = through({ all: at(openSquid, { user: '' }), no: ['localhost', 'example.com'] })
    await session.get(secure.url).text()
    await session.get(plain.url).text()
    expect(await carried()).toBe(before)
    expect(session.stats()).toMatchObject({ opened: 2 })
  })

  it('reads the environment when the session is created, and for each functional call', async () => {
    const session = through(undefined)
    expect((await session.get(plain.url)).status).toBe(200)
    expect((await get(plain.url)).status).toBe(200)
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:9')
    expect((await session.get(plain.url)).status).toBe(200)
    expect(await failure(through(undefined).get(plain.url))).toBeInstanceOf(ProxyError)
    expect(await failure(get(plain.url))).toBeInstanceOf(ProxyError)
    vi.stubEnv('NO_PROXY', '127.0.0.0/8')
    expect((await through(undefined).get(plain.url)).status).toBe(200)
    expect((await get(plain.url)).status).toBe(200)
  })

  it('is made for each hop', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:9')
    const error = await failure(through(undefined).get(`${plain.url}to?${encodeURIComponent(secure.url)}`))
    expect(error).toBeInstanceOf(ProxyError)
    expect(error).toMatchObject({ request: { url: secure.url } })
  })

  it.each<[string, object]>([
    ['proxy: null', { proxy: null }],
    ['trustEnv: false', { trustEnv: false }],
    ['proxies of its own, that leave it out', { proxy: { https: 'http://127.0.0.1:9' } }],
  ])('leaves the environment aside with %s', async (_what, options) => {
    vi.stubEnv('ALL_PROXY', 'http://127.0.0.1:9')
    expect((await through(undefined, options).get(plain.url)).status).toBe(200)
  })

  it.each<[string, unknown]>([
    ['a number', 7],
    ['a strange scheme', 'ftp://proxy.test'],
    ['a strange member', { htps: 'http://proxy.test' }],
    ['a list that is none', { all: 'http://proxy.test', no: 7 }],
    ['TLS options that are none', { all: 'https://proxy.test', tls: { ca: 7 } }],
  ])('refuses %s when the session is made', (_what, proxy) => {
    expect(() => new Session({ proxy: proxy as ProxyOptions })).toThrow(/^proxy/)
  })
})
