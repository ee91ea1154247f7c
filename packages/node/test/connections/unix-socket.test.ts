import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ConnectionError,
  InvalidRedirectError,
  InvalidRequestError,
  Session,
  mockTransport,
  unixSocketTransport,
} from '@session-fetch/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Echo, type EchoServer, startEchoServer } from '../echo-server.js'

describe('unixSocketTransport', () => {
  let folder: string
  let path: string
  let server: EchoServer
  let session: Session
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-fetch-'))
    path = join(folder, 'api.sock')
    server = await startEchoServer({ path })
    session = new Session({ proxy: 'http://127.0.0.1:9' })
    session.mount('http://docker/', unixSocketTransport(path))
  })
  afterEach(async () => {
    await session.close()
    await server.close()
    await rm(folder, { recursive: true })
  })

  it('sends the requests of its prefix without a proxy, with the name as Host', async () => {
    const echo = await session.get('http://docker/v1.43/containers?all=1').json<Echo>()
    expect(echo).toMatchObject({ target: '/v1.43/containers?all=1', headers: { host: 'docker' } })
  })

  it('keeps its connection, and cookies by the name', async () => {
    await session.cookies.set({ name: 'a', value: '1', url: 'http://docker/' })
    await session.get('http://docker/one').text()
    const echo = await session.post('http://docker/two', { json: { b: 2 } }).json<Echo>()
    expect(echo.headers).toMatchObject({ cookie: 'a=1', 'content-type': 'application/json' })
    expect(server.connections()).toBe(1)
  })

  it('follows redirects within it, and to other transports', async () => {
    const response = await session.get('http://docker/to?%2Fend')
    expect(response.url).toBe('http://docker/end')
    await expect(session.get('http://docker/to?http%3A%2F%2Forigin.test%2F')).rejects.toThrow('The proxy')
  })

  it('is not reachable by a redirect from another transport', async () => {
    session.mount(
      'http://api.test',
      mockTransport(() => Response.redirect('http://docker/v1.43/secrets', 307)),
    )
    await expect(session.post('http://api.test/')).rejects.toThrow(InvalidRedirectError)
    expect(server.connections()).toBe(0)
    const { next } = await session.post('http://api.test/', { redirect: 'manual' })
    expect(next?.url).toBe('http://docker/v1.43/secrets')
  })

  it.each<[what: string, child: (parent: Session) => Session]>([
    ['a session that extends it', (parent) => parent.extend()],
    ['a fork', (parent) => parent.fork()],
    ['a fork of a fork', (parent) => parent.fork().fork()],
  ])('is not reachable by a redirect in %s either', async (_what, child) => {
    const redirect = mockTransport(() => Response.redirect('http://docker/v1.43/secrets', 307))
    session.mount('http://api.test/', redirect)
    await expect(child(session).get('http://api.test/')).rejects.toThrow(InvalidRedirectError)
  })

  it('rejects if nothing listens', async () => {
    session.mount('http://gone/', unixSocketTransport(join(folder, 'gone.sock')))
    const error = await session.get('http://gone/').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ phase: 'connect', cause: { code: 'ENOENT' } })
  })

  it.each([[''], [7]])('refuses %j for a path', (given) => {
    expect(() => unixSocketTransport(given as string)).toThrow(InvalidRequestError)
  })

  it('is closed with the session', async () => {
    await session.get('http://docker/').text()
    await session.close()
    await server.close() // ends only when no connection is open
  })
})
