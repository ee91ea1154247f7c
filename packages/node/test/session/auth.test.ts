import { once } from 'node:events'
import { Agent, type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { digest } from '@session-fetch/core/digest'
import { Session, type SessionOptions, bearer } from '@session-fetch/node'
import { type Httpbin, startHttpbin } from '@session-fetch/test-support/httpbin'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let httpbin: Httpbin
beforeAll(async () => {
  httpbin = await startHttpbin()
})
afterAll(() => httpbin.close())

const transports: [string, () => SessionOptions][] = [
  ['sockets', () => ({})],
  ['cross-fetch with an http.Agent', () => ({ agent: new Agent({ keepAlive: true }) })],
]

describe.each(transports)('auth against httpbin, over %s', (_name, transport) => {
  let session: Session
  beforeEach(() => {
    session = new Session({ baseUrl: httpbin.url, ...transport() })
  })
  afterEach(() => session.close())

  it.each(['basic-auth', 'hidden-basic-auth'])('passes /%s', async (path) => {
    session.auth = ['user', 'passwd']
    expect(await session.get(`${path}/user/passwd`).json()).toEqual({ authenticated: true, user: 'user' })
  })

  it('passes /bearer', async () => {
    session.auth = bearer('token')
    expect(await session.get('bearer').json()).toEqual({ authenticated: true, token: 'token' })
  })

  it('passes /bearer with a token from a refresh', async () => {
    session.auth = bearer({ refresh: () => 'token' })
    const response = await session.get('bearer')
    expect(response.history.map(({ status }) => status)).toEqual([401])
    expect(await response.json()).toEqual({ authenticated: true, token: 'token' })
  })

  describe.each(['', '/MD5', '/SHA-256', '/SHA-512'])('/digest-auth%s', (algorithm) => {
    const path = `digest-auth/auth/user/passwd${algorithm}`

    it('accepts the right user, and stores the cookies of the challenge', async () => {
      const response = await session.get(path, { auth: digest('user', 'passwd') })
      expect([response.status, await response.json()]).toEqual([200, { authenticated: true, user: 'user' }])
      expect(response.history.map(({ status }) => status)).toEqual([401])
      expect((await session.cookies.get('fake'))?.value).toBe('fake_value')
    })

    it('challenges once for all requests', async () => {
      session.auth = digest('user', 'passwd')
      const first = await session.get(path)
      const rest = await Promise.all([session.get(path), session.head(path), session.options(path)])
      expect([first, ...rest].map(({ status, history }) => [status, history.length])).toEqual([
        [200, 1],
        [200, 0],
        [200, 0],
        [200, 0],
      ])
    })

    it('rejects other users, after one attempt', async () => {
      const wrong = await session.get(path, { auth: digest('user', 'other') })
      expect([wrong.status, wrong.history.length]).toEqual([401, 1])
      expect((await session.get(path)).status).toBe(401)
    })
  })

  it('passes /digest-auth if a nonce is valid for one request', async () => {
    session.auth = digest('user', 'passwd')
    for (let call = 0; call < 3; call += 1) {
      const { status, history } = await session.get('digest-auth/auth/user/passwd/SHA-256/1')
      expect([status, history.length]).toEqual([200, 1])
    }
  })

  it('does not answer qop="auth-int" with a weaker qop', async () => {
    const response = await session.get('digest-auth/auth-int/user/passwd', { auth: digest('user', 'passwd') })
    expect([response.status, response.history.length]).toEqual([401, 0])
  })

  it('does not answer Basic as Digest', async () => {
    const response = await session.get('basic-auth/user/passwd', { auth: digest('user', 'passwd') })
    expect([response.status, response.history.length]).toEqual([401, 0])
  })
})

/** `/token` gives a new token; all else wants the newest. It refuses the first 100 calls all at once. */
async function startTokenServer(): Promise<{ url: string; refreshes: () => number; server: Server }> {
  let refreshes = 0
  const waiting: (() => void)[] = []
  const server = createServer((request, response) => {
    if (request.url === '/token') {
      refreshes += 1
      response.end(`token-${refreshes}`)
    } else if (request.headers.authorization === 'Bearer token-1') response.end('in')
    else {
      waiting.push(() => response.writeHead(401).end('who?'))
      if (waiting.length === 100) for (const refuse of waiting) refuse()
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // listening on a port
  return { url: `http://127.0.0.1:${port}/`, refreshes: () => refreshes, server }
}

describe.each(transports)('bearer refresh, over %s', (_name, transport) => {
  it('refreshes once for 100 calls that are refused at once', async () => {
    const { url, refreshes, server } = await startTokenServer()
    const session = new Session({ baseUrl: url, ...transport() })
    session.auth = bearer({ token: 'old', refresh: () => session.get('token', { auth: null }).text() })
    try {
      const responses = await Promise.all(Array.from({ length: 100 }, (_, index) => session.get(`${index}`)))
      expect(await Promise.all(responses.map((response) => response.text()))).toEqual(Array(100).fill('in'))
      expect(responses.every(({ history }) => history.length === 1)).toBe(true)
      expect(refreshes()).toBe(1)
    } finally {
      await session.close()
      server.closeAllConnections()
      server.close()
    }
  })
})
