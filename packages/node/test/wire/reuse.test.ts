import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { CallOptions } from '@session-fetch/node'
import { createAuthority } from '@session-fetch/test-support/certificates'
import { type Visit, head, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fakeIo } from '../fake-io.js'
import { TRANSPORTS, overConnections, serve, sessionOver } from '../fault-stage.js'
import { turns } from './deliver.js'
import { Gate } from './gate.js'
import { startHastyServer } from './hasty-server.js'
import { startRecorder } from './recorder.js'

describe('Session', () => {
  it.each([
    ['Connection: close', []],
    ['Connection: keep-alive, close', []],
    ['Connection: CLOSE', []],
    ['Connection: x', ['Connection: close']],
    ['Keep-Alive: timeout=1', []],
    ['Keep-Alive: timeout=0, max=5', []],
  ])('closes a connection after %s', async (field, more) => {
    const server = await serve((visit) => visit.send(ok('mine', field, ...more)))
    const session = sessionOver('sockets')
    fakeIo({ toFake: ['setTimeout', 'clearTimeout'] }) // it is not closed for being idle
    expect(await session.get(server.url).text()).toBe('mine')
    await server.whenOpen(0)
    expect(await session.get(server.url).text()).toBe('mine')
    expect(server.connections()).toBe(2)
  })

  it.each([
    'Keep-Alive: timeout=5, max=100',
    'Keep-Alive: max=1',
    'Keep-Alive: nonsense',
    'Connection: closed',
  ])('closes a connection not after %s', async (field) => {
    const server = await serve((visit) => visit.send(ok('mine', field)))
    const session = sessionOver('sockets')
    for (let call = 0; call < 3; call += 1) expect(await session.get(server.url).text()).toBe('mine')
    expect(server.connections()).toBe(1)
  })
})

describe('Session: a server that ends each connection after a whole response, and does not say so,', () => {
  const sends: [string, () => CallOptions & { method: string }][] = [
    ['POST', () => ({ method: 'POST', body: 'once' })],
    ['POST without a body', () => ({ method: 'POST' })],
    ['PATCH', () => ({ method: 'PATCH', json: { once: true } })],
    ['PUT of a stream', () => ({ method: 'PUT', body: new Blob(['once']).stream() })],
  ]

  it.each(TRANSPORTS.flatMap((transport) => sends.map(([name, call]) => [name, transport, call] as const)))(
    'gets each %s of 40 over %s',
    async (_name, transport, call) => {
      const server = await serve(({ socket }) => socket.end(ok('mine')))
      const session = sessionOver(transport)
      for (let sent = 0; sent < 40; sent += 1) {
        const { method, ...options } = call()
        expect(await session.request(method, server.url, options).text()).toBe('mine')
      }
      expect(server.requests).toHaveLength(40)
    },
  )

  it('gets each POST of 40 over TLS', async () => {
    const authority = await createAuthority()
    onTestFinished(() => authority.close())
    const { cert, key } = await authority.issue(['IP:127.0.0.1'])
    const server = await serve(({ socket }) => socket.end(ok('mine')), { tls: { cert, key } })
    const session = sessionOver('sockets', { tls: { ca: authority.ca } })
    for (let sent = 0; sent < 40; sent += 1)
      expect(await session.post(server.url, { body: 'once' }).text()).toBe('mine')
  })

  it('gets each of the POSTs that wait for each other', async () => {
    const server = await serve(({ socket }) => socket.end(ok('mine')))
    const session = sessionOver('sockets', { connections: 2 })
    const posts = Array.from({ length: 16 }, () => session.post(server.url, { body: 'once' }).text())
    expect(await Promise.all(posts)).toEqual(Array(16).fill('mine'))
  })

  it('gets a burst of POSTs after a time in which the process did nothing', async () => {
    const server = fork(new URL('impatient-server.mjs', import.meta.url))
    onTestFinished(() => void server.kill())
    const [port] = await once(server, 'message')
    const session = sessionOver('sockets')
    const burst = (): Promise<string[]> =>
      Promise.all(
        Array.from({ length: 8 }, () => session.post(`http://127.0.0.1:${port}/`, { body: 'once' }).text()),
      )
    await burst()
    await session.get(`http://127.0.0.1:${port}/`).text()
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300) // what the server does meanwhile is not heard
    expect(await burst()).toEqual(Array(8).fill('mine'))
  })
})

describe('Session: a server that closes an idle connection just before the next request', () => {
  it.each([
    ['ends', ({ socket }: Visit) => socket.end()],
    ['destroys', ({ socket }: Visit) => socket.destroy()],
    ['resets', ({ socket }: Visit) => socket.resetAndDestroy()],
  ])('and %s it gets an idempotent one again, and no other', async (_how, lose) => {
    const visits: Visit[] = []
    const server = await serve((visit) => (visits.push(visit), visit.send(ok('mine'))))
    const session = sessionOver('sockets')
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS'] as const) {
      await session.get(server.url).text()
      const { length } = server.requests
      lose(visits.at(-1) as Visit) // there was one just now
      expect(await session.request(method, server.url).text()).toBe('mine')
      // Who only ends its half still reads the other, and has it twice.
      expect([...new Set(server.requests.slice(length).map((request) => request.method))]).toEqual([method])
    }
  })

  it.each([
    ['destroys', ({ socket }: Visit) => socket.destroy()],
    ['resets', ({ socket }: Visit) => socket.resetAndDestroy()],
  ])('and %s it gets a POST once, or never', async (_how, lose) => {
    const visits: Visit[] = []
    const server = await serve((visit) => (visits.push(visit), visit.send(ok('mine'))))
    const session = sessionOver('sockets')
    await session.get(server.url).text()
    visits.forEach(lose)
    const outcome = await session.post(server.url, { body: 'once' }).text().catch(String)
    const sent = server.requests.filter(({ method }) => method === 'POST')
    if (sent.length === 0) expect(outcome).toMatch(/^ConnectionError/)
    else expect([outcome, sent.length]).toEqual(['mine', 1])
  })

  it.each([
    ['ends', (visit: Visit) => visit.end()],
    ['resets', (visit: Visit) => visit.reset()],
    ['ends in the status line', (visit: Visit) => visit.end('HTTP/1.1 2')],
    ['ends after an interim answer', (visit: Visit) => visit.end(head('103 Early Hints'))],
  ])('and %s it when a POST has come gets it once', async (_how, lose) => {
    const server = await serve((visit) => (visit.turn === 0 ? visit.send(ok('mine')) : lose(visit)))
    const session = sessionOver('sockets')
    await session.get(server.url).text()
    const failing = session.post(server.url, { body: 'once' })
    await expect(failing).rejects.toMatchObject({ name: 'ConnectionError', retryable: false })
    await server.whenOpen(0)
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST'])
  })

  it('after an answer that is none gets nothing again', async () => {
    const server = await serve((visit) =>
      visit.send(visit.turn === 0 ? ok('mine') : 'HTTP/1.1 2x0 OK\r\n\r\n'),
    )
    const session = sessionOver('sockets')
    await session.get(server.url).text()
    await expect(session.get(server.url)).rejects.toMatchObject({ name: 'ProtocolError' })
    await server.whenOpen(0)
    expect(server.requests).toHaveLength(2)
  })

  it('after some of an answer gets nothing again', async () => {
    const server = await serve((visit) =>
      visit.turn === 0 ? visit.send(ok('mine')) : visit.end('HTTP/1.1 2'),
    )
    const session = sessionOver('sockets')
    await session.get(server.url).text()
    await expect(session.get(server.url)).rejects.toMatchObject({ name: 'ConnectionError' })
    expect(server.requests).toHaveLength(2)
  })
})

describe('Session: an answer before all of the request was sent', () => {
  const early = { early: true }

  it.each([
    ['413 with a length', ok('mine').toString().replace('200 OK', '413 Too Large')],
    ['200 in chunks', `${head('200 OK', 'Transfer-Encoding: chunked')}4\r\nmine\r\n0\r\n\r\n`],
    ['200 with a close', ok('mine', 'Connection: close').toString()],
  ])('(%s) is given at once, and no request follows in the body', async (_name, answer) => {
    const recorder = await startRecorder(
      (visit) => visit.send(visit.connection === 0 ? answer : ok('next')),
      early,
    )
    const session = sessionOver('sockets')
    const gate = new Gate()
    async function* body(): AsyncGenerator<string> {
      yield 'some'
      await gate.opened
      yield 'more'
    }
    const response = await session.post(recorder.url, { body: body() })
    expect(await response.text()).toBe('mine')
    expect(await session.get(`${recorder.url}next`).text()).toBe('next')
    gate.open()
    await recorder.whenOpen(1)
    await turns()
    expect(recorder.raw(0)).toMatch(/^POST .*\r\n\r\n4\r\nsome\r\n$/s)
    expect(recorder.raw(1)).toMatch(/^GET \/next /)
  })

  it('is no answer to the next one, though the server reads on', async () => {
    const server = await startHastyServer()
    const session = sessionOver('sockets')
    const body = new Uint8Array(500_000)
    const names = ['a', 'b', 'c']
    const calls = names.map((name) => session.post(`${server.url}${name}`, { body }).text())
    expect(await Promise.all(calls)).toEqual(['/a', '/b', '/c'])
    for (const name of names) expect(await session.get(`${server.url}${name}`).text()).toBe(`/${name}`)
  })

  it('gives up a connection on which bytes are still to be sent', async () => {
    const server = await serve((visit) => {
      visit.send(ok('mine'))
      if (visit.connection === 0) visit.socket.pause()
    }, early)
    const session = sessionOver('sockets')
    expect(await session.post(server.url, { body: new Uint8Array(20_000_000) }).text()).toBe('mine')
    expect(await session.get(server.url).text()).toBe('mine')
    expect(server.connections()).toBe(2)
  })

  it.each(TRANSPORTS)('ends the source of the body, over %s', async (transport) => {
    const server = await serve((visit) => visit.send(ok('mine')), early)
    const ended = new Gate()
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          yield new Uint8Array(65_536)
          await turns(1)
        }
      } finally {
        ended.open()
      }
    }
    expect(await sessionOver(transport).post(server.url, { body: body() }).text()).toBe('mine')
    await ended.opened
    await server.whenOpen(0)
  })

  it('cancels a stream that is waited for', async () => {
    const server = await serve((visit) => visit.send(ok('mine')), early)
    const cancelled = new Gate()
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(3)),
      cancel: () => cancelled.open(),
    })
    expect(await sessionOver('sockets').post(server.url, { body }).text()).toBe('mine')
    await cancelled.opened
    await server.whenOpen(0)
  })
})

describe.each(TRANSPORTS)('response.body: one that nobody may read, over %s,', (transport) => {
  it.each([
    ['of 205, with a length', `${head('205 Reset Content', 'Content-Length: 200000')}${'x'.repeat(200_000)}`],
    ['of 205, without an end', `${head('205 Reset Content')}${'x'.repeat(200_000)}`],
  ])('%s holds no connection for ever', async (_name, answer) => {
    const server = await serve((visit) => visit.send(visit.request.target === '/' ? answer : ok('next')))
    const session = sessionOver(transport, overConnections(transport, 1))
    const response = await session.get(server.url)
    expect([response.status, response.body]).toEqual([205, null])
    expect(await session.get(`${server.url}next`).text()).toBe('next')
  })
})
