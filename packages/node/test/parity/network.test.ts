import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { type NodeSessionOptions, Session, TlsError, get, request } from '@session-fetch/node'
import { netrc } from '@session-fetch/node/netrc'
import { type Authority, createAuthority } from '@session-fetch/test-support/certificates'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type EchoServer, startEchoServer } from '../echo-server.js'
import { startRawServer } from './raw-server.js'

const NOBODY = 'http://127.0.0.1:9'

let authority: Authority
let secure: EchoServer
beforeAll(async () => {
  authority = await createAuthority()
  secure = await startEchoServer({ certificate: await authority.issue(['DNS:localhost']) })
})
afterAll(async () => {
  await secure.close()
  await authority.close()
})

const closers: (() => unknown)[] = []
beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'])
    for (const spelling of [name, name.toUpperCase()]) vi.stubEnv(spelling, undefined)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const close of closers.splice(0).reverse()) await close()
})

function make(options: NodeSessionOptions = {}): Session {
  const session = new Session(options)
  closers.push(() => session.close())
  return session
}

/** An origin, and a proxy for http, since it takes whole URLs, too; `/move` redirects to `/end`. */
async function startProxy(): Promise<EchoServer> {
  const server = await startEchoServer({
    answer({ url = '' }, response) {
      if (url.endsWith('/move')) response.writeHead(302, { Location: '/end' }).end()
      return url.endsWith('/move')
    },
  })
  closers.push(() => server.close())
  return server
}

/** It is gone with the authority's folder. */
async function netrcFile(text: string): Promise<string> {
  const path = join(dirname(authority.caFile), 'netrc')
  await writeFile(path, text, { mode: 0o600 })
  return path
}

describe('proxy', () => {
  it('of the session takes precedence over the environment', async () => {
    const proxy = await startProxy()
    vi.stubEnv('ALL_PROXY', NOBODY)
    await make({ proxy: proxy.url }).get('http://origin.test/').text()
    expect(proxy.seen).toMatchObject([{ target: 'http://origin.test/' }])
  })

  it('of the environment is used by all ways to send, including redirects', async () => {
    const proxy = await startProxy()
    vi.stubEnv('http_proxy', proxy.url)
    const session = make()
    await session.get('http://origin.test/get')
    await session.request('PATCH', 'http://origin.test/request')
    await session.fetch('http://origin.test/fetch')
    await session.send(session.prepare('GET', 'http://origin.test/send'))
    await session.get('http://origin.test/move')
    await get('http://origin.test/move')
    await request('PUT', 'http://origin.test/function')
    expect(proxy.seen.map(({ target }) => target.replace('http://origin.test/', 'via '))).toEqual(
      ['get', 'request', 'fetch', 'send', 'move', 'end', 'move', 'end', 'function'].map(
        (way) => `via ${way}`,
      ),
    )
  })

  it('receives neither userinfo nor fragment', async () => {
    const proxy = await startProxy()
    await make({ proxy: proxy.url }).get('http://me:secret@origin.test/path?q=1#part').text()
    expect(proxy.seen).toMatchObject([
      { target: 'http://origin.test/path?q=1', headers: { host: 'origin.test' } },
    ])
  })

  it('without a scheme is http', async () => {
    const proxy = await startProxy()
    await make({ proxy: `127.0.0.1:${proxy.port}` })
      .get('http://origin.test/')
      .text()
    expect(proxy.seen).toHaveLength(1)
  })

  it.each(['http://origin.test/', 'https://origin.test/'])(
    'is given Basic credentials for %s, also with an empty password',
    async (url) => {
      const proxy = await startRawServer('HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      closers.push(() => proxy.close())
      for (const user of ['me', 'me:', 'me:pass']) {
        const session = make({ proxy: proxy.url.replace('//', `//${user}@`) })
        await session.get(url).catch(() => {}) // what counts is what the proxy has heard
      }
      const heard = proxy.received.map((text) => /proxy-authorization: (.*)\r/i.exec(text)?.[1])
      expect(heard).toEqual(['me:', 'me:', 'me:pass'].map((pair) => `Basic ${btoa(pair)}`))
    },
  )

  it('is released when the session is closed', async () => {
    const sockets: Socket[] = []
    const proxy = await startRawServer((socket) => {
      sockets.push(socket)
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
    closers.push(() => proxy.close())
    const session = make({ proxy: proxy.url })
    expect(await session.get('http://origin.test/').text()).toBe('ok')
    const [socket] = sockets
    expect(socket?.destroyed).toBe(false)
    const closed = socket && once(socket, 'close')
    await session.close()
    await closed
  })
})

describe('trustEnv: the environment', () => {
  it('adds no certificate authorities and no netrc by default', async () => {
    const file = await netrcFile('default login me password secret\n')
    for (const name of ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'])
      vi.stubEnv(name, authority.caFile)
    vi.stubEnv('NETRC', file)
    await expect(make({ trustEnv: true }).get(secure.url)).rejects.toThrow(TlsError)
    const origin = await startProxy()
    await make({ trustEnv: true }).get(origin.url).text()
    expect(origin.seen).toHaveLength(1)
    expect(origin.seen[0]?.headers).not.toHaveProperty('authorization')
  })
})

describe('redirect: one over TLS', () => {
  it('are followed if the authority is trusted', async () => {
    const session = make({ tls: { ca: authority.ca } })
    const response = await session.get(`${secure.url}to?${encodeURIComponent(`${secure.url}end`)}`)
    expect(response).toMatchObject({ status: 200, url: `${secure.url}end` })
    expect(response.history).toHaveLength(1)
  })
})

describe('netrc', () => {
  it('does not replace a header or credentials of the call', async () => {
    const origin = await startProxy()
    const session = make({ auth: netrc(await netrcFile('machine 127.0.0.1 login me password pw')) })
    await session.get(origin.url)
    await session.get(origin.url, { headers: { Authorization: 'Bearer said' } })
    await session.get(origin.url, { auth: ['you', 'pw'] })
    expect(origin.seen.map(({ headers }) => headers['authorization'])).toEqual([
      `Basic ${btoa('me:pw')}`,
      'Bearer said',
      `Basic ${btoa('you:pw')}`,
    ])
  })

  it('looks up the host of the URL, not text before a colon', async () => {
    const origin = await startProxy()
    const session = make({ auth: netrc(await netrcFile('machine localhost login me password pw')) })
    await session.get(`http://localhost:@127.0.0.1:${origin.port}/`)
    await session.get(`http://localhost:80@127.0.0.1:${origin.port}/`)
    expect(origin.seen).toHaveLength(2)
    for (const { headers } of origin.seen) expect(headers['authorization']).not.toBe(`Basic ${btoa('me:pw')}`)
  })

  it('returns nothing for an empty entry', async () => {
    const origin = await startProxy()
    const file = await netrcFile('machine localhost\ndefault\n')
    const session = make({ auth: netrc(file, { default: true }) })
    await session.get(`http://localhost:${origin.port}/`)
    await session.get(origin.url)
    expect(origin.seen).toHaveLength(2)
    for (const { headers } of origin.seen) expect(headers).not.toHaveProperty('authorization')
  })
})
