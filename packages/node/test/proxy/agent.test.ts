import {
  ConnectionError,
  type NodeSessionOptions,
  Session,
  TlsError,
  UnsupportedError,
} from '@session-fetch/node'
import { type Authority, createAuthority } from '@session-fetch/test-support/certificates'
import { startMicrosocks } from '@session-fetch/test-support/microsocks'
import type { Service } from '@session-fetch/test-support/service'
import { type Squid, startSquid } from '@session-fetch/test-support/squid'
import { startTinyproxy } from '@session-fetch/test-support/tinyproxy'
import { ProxyAgent } from 'proxy-agent'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Echo, type EchoServer, startEchoServer } from '../echo-server.js'

const USER = { name: 'user', password: 's3cr.t' }

let authority: Authority
let plain: EchoServer
let secure: EchoServer
let squid: Squid
let tinyproxy: Service
let microsocks: Service

beforeAll(async () => {
  authority = await createAuthority()
  const certificate = await authority.issue(['DNS:localhost', 'IP:127.0.0.1'])
  ;[plain, secure, squid, tinyproxy, microsocks] = await Promise.all([
    startEchoServer(),
    startEchoServer({ certificate }),
    startSquid({ user: USER }),
    startTinyproxy(USER),
    startMicrosocks(USER),
  ])
})
afterAll(async () => {
  await Promise.all([plain, secure, squid, tinyproxy, microsocks].map((service) => service.close()))
  await authority.close()
})

const closers: (() => unknown)[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const close of closers.splice(0).reverse()) await close()
})

/** A session whose agent takes its proxy from `choose`, or from the environment. */
function through(choose?: () => string, options: NodeSessionOptions = {}): Session {
  const chosen = choose && { getProxyForUrl: choose }
  const agent = new ProxyAgent({ keepAlive: true, ca: authority.ca, ...chosen })
  const session = new Session({ agent, ...options })
  closers.push(
    () => agent.destroy(),
    () => session.close(),
  )
  return session
}

const at = (service: Service, scheme = 'http', user = 'user:s3cr.t@'): string =>
  `${scheme}://${user}127.0.0.1:${service.port}`

const proxies: [string, () => string][] = [
  ['tinyproxy', () => at(tinyproxy)],
  ['squid', () => at(squid)],
  ['microsocks', () => at(microsocks, 'socks5')],
]

describe.each(proxies)('agent of proxy-agent, through %s,', (_name, proxy) => {
  it('requests http URLs, with bodies', async () => {
    const echo = await through(proxy)
      .post(`${plain.url}a?b=1`, { json: { c: 2 } })
      .json<Echo>()
    expect(echo).toMatchObject({ method: 'POST', target: '/a?b=1' })
    expect(echo.headers).not.toHaveProperty('proxy-authorization')
  })

  it('requests https URLs, and keeps the connection', async () => {
    const session = through(proxy)
    const before = secure.connections()
    for (const path of ['a', 'b', 'c'])
      expect(await session.get(secure.url + path).json()).toMatchObject({ target: `/${path}` })
    expect(secure.connections() - before).toBe(1)
  })

  it('follows redirects from http to https', async () => {
    const url = `${plain.url}to?${encodeURIComponent(`${secure.url}end`)}`
    const response = await through(proxy).get(url)
    expect([response.url, response.history.length]).toEqual([`${secure.url}end`, 1])
  })

  it('checks certificates', async () => {
    const agent = new ProxyAgent({ getProxyForUrl: proxy })
    closers.push(() => agent.destroy())
    const session = new Session({ agent })
    closers.push(() => session.close())
    await expect(session.get(secure.url)).rejects.toBeInstanceOf(TlsError)
  })
})

describe('agent of proxy-agent', () => {
  it('reads its proxy from the environment', async () => {
    vi.stubEnv('no_proxy', '')
    vi.stubEnv('NO_PROXY', '')
    vi.stubEnv('http_proxy', at(squid))
    const before = (await squid.log()).length
    expect(await through().get(`${plain.url}env`).json()).toMatchObject({ target: '/env' })
    await expect.poll(async () => (await squid.log()).length).toBe(before + 1)
    vi.stubEnv('no_proxy', '127.0.0.1')
    expect(await through().get(`${plain.url}direct`).json()).toMatchObject({ target: '/direct' })
    expect((await squid.log()).length).toBe(before + 1)
  })

  it('returns the proxy’s refusal of an http URL as the response, because the agent does not distinguish them', async () => {
    const response = await through(() => at(squid, 'http', '')).get(plain.url)
    expect(response.status).toBe(407)
  })

  it('fails if the proxy is down', async () => {
    const session = through(() => 'http://127.0.0.1:9')
    await expect(session.get(plain.url)).rejects.toBeInstanceOf(ConnectionError)
    await expect(session.get(secure.url)).rejects.toBeInstanceOf(ConnectionError)
  })

  it('is not closed by a session', async () => {
    const agent = new ProxyAgent({ keepAlive: true, getProxyForUrl: () => at(tinyproxy) })
    closers.push(() => agent.destroy())
    const [first, second] = [new Session({ agent }), new Session({ agent })]
    await first.get(plain.url).text()
    await first.close()
    expect(await second.get(plain.url).json()).toMatchObject({ method: 'GET' })
    await second.close()
  })

  it('cannot tell when it has connected, and counts no connections', async () => {
    const session = through(() => at(tinyproxy), { timeout: { connect: 100 } })
    await expect(session.get(plain.url)).rejects.toBeInstanceOf(UnsupportedError)
    expect(() => session.stats()).toThrow(UnsupportedError)
  })
})
