import { inspect } from 'node:util'
import type { FetchLike, Transport } from '@session-fetch/core'
import type { FaultServer } from '@session-fetch/test-support/fault-server'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { requestHeaders } from '../../src/bodies/header-list.js'
import { Session, fetchTransport } from '../../src/index.js'
import { atEnd, serve } from '../fault-stage.js'

/** Transports that users write over a fetch. */
const transports: Record<string, Transport> = {
  'fetchTransport()': fetchTransport(),
  'fetchTransport() with a spread': fetchTransport((url, init) => fetch(url, { ...init })),
  'fetchTransport() with a Request': fetchTransport((url, init) => fetch(new Request(url, init))),
  'a transport with a spread': transportOf((url, init) => fetch(url, { ...init })),
  'a transport with Object.assign': transportOf((url, init) => fetch(url, Object.assign({}, init))),
}

function transportOf(fetch: FetchLike): Transport {
  return { send: (request) => fetch(request.url, request as RequestInit) }
}

/** What ends a call, and the name of the error that it then rejects with. */
const ends: Record<string, [name: string, end: (session: Session, controller: AbortController) => unknown]> =
  {
    abort: ['AbortError', (_session, controller) => controller.abort()],
    close: ['SessionClosedError', (session) => session.close()],
  }

interface Stage {
  readonly session: Session
  readonly server: FaultServer
  /** Resolves when the connection of the first request is closed. Fetch may open another, and keep that. */
  readonly closed: Promise<void>
}

/** A session over a transport, and a server that never responds. */
async function stage(transport: Transport): Promise<Stage> {
  let close = (): void => {}
  const closed = new Promise<void>((resolve) => (close = resolve))
  const server = await serve(({ socket }) => void socket.once('close', close))
  const session = new Session({ baseUrl: server.url, trustEnv: false, headers: { 'X-App': '1' } })
  session.mount('http://', transport)
  atEnd(() => session.close())
  return { session, server, closed }
}

describe.each(Object.entries(transports))('Session, over %s', (_name, transport) => {
  it.each(Object.entries(ends))('a request ends at the server by %s', async (_end, [name, end]) => {
    const { session, server, closed } = await stage(transport)
    const controller = new AbortController()
    const call = session.get('', { signal: controller.signal }).catch((error: unknown) => error)
    await server.whenRequests(1)
    await end(session, controller)
    expect(await call).toMatchObject({ name })
    await closed
  })

  it('a request ends at the server by timeout', async () => {
    const { session, server, closed } = await stage(transport)
    const call = session.get('', { timeout: 300 }).catch((error: unknown) => error)
    expect(await call).toMatchObject({ name: 'TimeoutError' })
    await Promise.race([closed, server.whenOpen(0)]) // a slow machine may not have connected yet
  })

  it('a request has bytes over shared memory as bytes', async () => {
    const { session, server } = await stage(transport)
    const body = new Uint8Array(new SharedArrayBuffer(3)) as unknown as Uint8Array<ArrayBuffer>
    body.set([97, 98, 99])
    session.post('', { body }).catch(() => {})
    await server.whenRequests(1)
    expect(String(server.requests[0]?.body)).toBe('abc')
  })

  it('a request has its method, headers and body', async () => {
    const { session, server } = await stage(transport)
    session.post('', { body: 'text', headers: { 'X-Call': '2' } }).catch(() => {})
    await server.whenRequests(1)
    expect(server.requests[0]).toMatchObject({ method: 'POST', headers: { 'x-app': '1', 'x-call': '2' } })
    expect(String(server.requests[0]?.body)).toBe('text')
  })
})

describe('fetchTransport, on a server', () => {
  it('shows no query in the cause of a failure, wherever the engine quotes it', async () => {
    const url = 'http://127.0.0.1:9/path?token=hunter2'
    const failed = Object.assign(new TypeError(`failed to fetch ${url}`), { code: 'EFAIL', path: url })
    const session = new Session()
    session.mount(
      'http://',
      fetchTransport(() => Promise.reject(failed)),
    )
    const error = await session.get(url).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'ERR_CONNECTION', cause: { code: 'EFAIL' } })
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
  })

  it('says that the runtime has no fetch, and does not retry', async () => {
    vi.stubGlobal('fetch', undefined)
    onTestFinished(() => void vi.unstubAllGlobals())
    const session = new Session({ retry: 2 })
    session.mount('http://', fetchTransport())
    await expect(session.get('http://127.0.0.1:9/')).rejects.toMatchObject({
      code: 'ERR_UNSUPPORTED',
      message: expect.stringContaining('write fetchTransport(fetch)'),
    })
  })
})

describe('requestHeaders', () => {
  /** As Bun and workerd have them: what they are given is read by no method that a subclass may have. */
  class ReadFromWithin extends Headers {
    constructor(init?: Headers) {
      super()
      if (init) Headers.prototype.forEach.call(init, (value, name) => this.append(name, value))
    }
  }

  it('are a list if the engine reads a subclass by its methods', () => {
    const headers = requestHeaders({ Accept: '*/*' })
    expect(Object.getPrototypeOf(headers)).not.toBe(Headers.prototype)
    expect([...new Headers(headers)]).toEqual([['accept', '*/*']])
  })

  it('are plain Headers if the engine reads internal state', () => {
    const headers = requestHeaders({ Accept: '*/*' }, ReadFromWithin as typeof Headers)
    expect(Object.getPrototypeOf(headers)).toBe(Headers.prototype)
    expect([...new ReadFromWithin(headers)]).toEqual([['accept', '*/*']])
  })
})
