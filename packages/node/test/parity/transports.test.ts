import { Session, fetchTransport, mockTransport } from '@session-fetch/node'
import { type ContractServer, startContractServer } from '@session-fetch/test-support/contract-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mocked } from './mocked.js'

const named = (name: string) => mockTransport(() => new Response(name))
const served = (session: Session, url: string): Promise<string> => session.get(url).text()

describe('mount', () => {
  it('matches the longest prefix first, in any order of mounting', async () => {
    const prefixes = ['https://', 'https://api.test/v1/', 'https://api.test', 'https://api.test/v1/users/']
    for (const order of [prefixes, [...prefixes].reverse()]) {
      const session = new Session()
      for (const prefix of order) session.mount(prefix, named(prefix))
      expect(await served(session, 'https://api.test/v1/users/7')).toBe('https://api.test/v1/users/')
      expect(await served(session, 'https://api.test/v1/x')).toBe('https://api.test/v1/')
      expect(await served(session, 'https://api.test/x')).toBe('https://api.test')
      expect(await served(session, 'https://other.test/')).toBe('https://')
    }
  })

  it('accepts patterns for all subdomains of a host, and matches ports', async () => {
    const session = new Session()
    session.mount('https://', named('all'))
    session.mount('https://*.example.com', named('below'))
    session.mount('https://example.com:1234', named('port'))
    const urls = [
      'https://a.b.example.com/',
      'https://example.com/',
      'https://evilexample.com/',
      'https://example.com:1234/',
    ]
    expect(await Promise.all(urls.map((url) => served(session, url)))).toEqual([
      'below',
      'all',
      'all',
      'port',
    ])
  })

  it('ignores the case of scheme and host', async () => {
    const session = new Session()
    session.mount('HTTPS://API.Test/', named('found'))
    expect(await served(session, 'https://api.TEST/x')).toBe('found')
  })

  it('ends at a boundary, with a slash or without', async () => {
    const session = new Session()
    session.mount('https://', named('other'))
    session.mount('https://host.test', named('host'))
    session.mount('https://host.test/api', named('api'))
    const urls = [
      'https://host.test.evil/',
      'https://host.test:8443/',
      'https://host.test/apis',
      'https://host.test/api/x',
    ]
    expect(await Promise.all(urls.map((url) => served(session, url)))).toEqual([
      'other',
      'other',
      'host',
      'api',
    ])
  })

  it('replaces what was mounted at the same prefix', async () => {
    const session = new Session()
    session.mount('https://api.test', named('first'))
    session.mount('https://api.test', named('second'))
    expect(await served(session, 'https://api.test/')).toBe('second')
  })

  it('accepts custom schemes, and refuses an invalid prefix', async () => {
    const session = new Session()
    session.mount('memory://', named('memory'))
    expect(await served(session, 'memory://store/key')).toBe('memory')
    expect(() => session.mount('api.test', named('none'))).toThrow('api.test')
  })
})

describe('Transport', () => {
  it('gets the platform option unchanged', async () => {
    const { session, api } = mocked()
    const next = { revalidate: 60 }
    await session.get('https://api.test/', { platform: { next } })
    expect((api.calls[0] as { next?: unknown } | undefined)?.next).toBe(next)
  })

  it('may be an application in the same process', async () => {
    const app = (request: Request): Response =>
      Response.json({ path: new URL(request.url).pathname, agent: request.headers.get('X-App') })
    const session = new Session({ headers: { 'X-App': 'demo' } })
    session.mount(
      'https://app.test',
      fetchTransport(async (url, init) => app(new Request(url, init))),
    )
    expect(await session.get('https://app.test/users').json()).toEqual({ path: '/users', agent: 'demo' })
  })
})

describe('mockTransport', () => {
  it('records every request as it would be sent', async () => {
    const api = mockTransport(
      async ({ method }) => new Response(method, { headers: { 'Set-Cookie': 'a=1; Path=/' } }),
    )
    const session = new Session({ auth: ['user', 'secret'] })
    session.mount('https://api.test', api)
    await session.get('https://api.test/1')
    await session.post('https://api.test/2', { json: { b: 2 } })
    const [first, second] = api.calls
    expect([first?.headers.has('Authorization'), second?.headers.get('Cookie'), second?.body]).toEqual([
      true,
      'a=1',
      '{"b":2}',
    ])
  })
})

describe('connections', () => {
  let site: ContractServer
  beforeAll(async () => {
    site = await startContractServer()
  })
  afterAll(() => site.close())

  it('do not exceed the limit, and calls wait for a free one', async () => {
    const session = new Session({ connections: 2, baseUrl: site.url })
    const before = site.connections()
    const calls = Array.from({ length: 10 }, () => session.get('json').json())
    expect(await Promise.all(calls)).toHaveLength(10)
    expect(site.connections() - before).toBeLessThanOrEqual(2)
    await session.close()
  })

  it('are not exhausted by unread responses', async () => {
    const session = new Session({ connections: 1, baseUrl: site.url })
    for (let call = 0; call < 5; call += 1) expect((await session.get('json')).status).toBe(200)
    await session.close()
  })

  it('are freed after an aborted call', async () => {
    const session = new Session({ connections: 1, baseUrl: site.url })
    const hanging = session.get(`hang?id=${crypto.randomUUID()}`, { signal: AbortSignal.timeout(30) })
    const waiting = session.get('json').json()
    await expect(hanging).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(await waiting).toBeTypeOf('object')
    await session.close()
  })
})
