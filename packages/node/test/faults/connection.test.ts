import { Agent } from 'node:http'
import { type LookupFunction, Socket } from 'node:net'
import { Session, SessionResponse } from '@session-fetch/node'
import { type Visit, head, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { deviates } from '../deviations.js'
import {
  CANARY,
  TRANSPORTS,
  atEnd,
  failed,
  failure,
  holdTimers,
  mostAfterLoss,
  serve,
  sessionOver,
} from '../fault-stage.js'

describe.each(TRANSPORTS)('Session: a call, over %s,', (transport) => {
  it.each([
    ['text', 'text'],
    ['an object', { code: 'ECONNRESET' }],
    ['null', null],
    ['undefined', undefined],
    ['0', 0],
  ])('whose body throws %s is rejected with just that', async (_what, thrown) => {
    const server = await serve(() => {}, { early: true })
    const session = sessionOver(transport)
    async function* generated(): AsyncGenerator<string> {
      yield 'some'
      throw thrown
    }
    const streamed = (): ReadableStream =>
      new ReadableStream({ pull: (controller) => controller.error(thrown) })
    for (const options of [
      { body: generated() },
      { body: generated(), onUploadProgress: () => {} },
      { body: streamed() },
      { multipart: { file: { content: generated(), filename: 'f' } } },
    ]) {
      const call = session.post(server.url, options)
      expect(await call.catch((reason: unknown) => ({ reason }))).toEqual({ reason: thrown })
    }
  })

  it('whose response cannot be created rejects with the error of its constructor', async () => {
    const server = await serve(({ send }) => send(ok('mine')))
    const session = sessionOver(transport)
    const making = vi.spyOn(SessionResponse.prototype, 'attach').mockImplementationOnce(() => {
      throw new RangeError('out of responses')
    })
    onTestFinished(() => making.mockRestore())
    await expect(session.get(server.url)).rejects.toThrow('out of responses')
    expect(await session.get(server.url).text()).toBe('mine')
  })
})

describe.each(TRANSPORTS)('Session: a connection, over %s,', (transport) => {
  it('1: is refused: a ConnectionError that names the address', async () => {
    const session = sessionOver(transport)
    const error = await failed(session, 'http://127.0.0.1:9/')
    expect(error).toMatchObject({ name: 'ConnectionError', phase: 'connect', retryable: true })
    expect(error.message).toContain('127.0.0.1:9')
    expect(await failure(session, 'http://127.0.0.1:9/', { method: 'POST', body: CANARY })).toMatchObject({
      retryable: false,
    })
  })

  it.each([
    ['ENOTFOUND', false],
    ['EAI_AGAIN', true],
  ])('2: has no address, says the resolver with %s: a DnsError, retryable: %s', async (code, retryable) => {
    const lookup: LookupFunction = (_host, _options, callback) =>
      callback(Object.assign(new Error(code), { code, syscall: 'getaddrinfo' }), [])
    const session = transport === 'sockets' ? sessionOver(transport, { lookup }) : withLookup(lookup)
    const failing = await failure(session, 'http://no-such-host.test/')
    expect(failing).toEqual({ name: 'DnsError', phase: 'connect', retryable })
  })

  it.each([
    ['ESERVFAIL', true],
    ['ETIMEOUT', true],
    ['ENODATA', false],
    [undefined, true],
  ])('2: cannot be looked up, says a resolver of one’s own with %s: a DnsError', async (code, retryable) => {
    const asked: string[] = []
    const lookup: LookupFunction = (host, _options, callback) => {
      asked.push(host)
      setImmediate(
        callback,
        Object.assign(new Error(`query ${code}`), code === undefined ? {} : { code }),
        [],
      )
    }
    const session = transport === 'sockets' ? sessionOver(transport, { lookup }) : withLookup(lookup)
    const retry = { limit: 2, delay: 0 }
    const failing = await failure(session, 'http://no-such-host.test/', { retry })
    expect(failing).toEqual({ name: 'DnsError', phase: 'connect', retryable })
    expect(asked).toHaveLength(retryable ? 3 : 1)
  })

  it.each(['EHOSTDOWN', 'ENETDOWN', 'ENOBUFS', 'EPROTONOSUPPORT', 'ERR_ACCESS_DENIED', 'EUNHEARDOF'])(
    '1: cannot be opened, with %s: a ConnectionError',
    async (code) => {
      const connect = vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket) {
        Object.assign(this, { connecting: true })
        setImmediate(() => this.destroy(Object.assign(new Error(code), { code })))
        return this
      })
      atEnd(() => connect.mockRestore())
      const retryable = !code.startsWith('ERR_')
      const failing = await failure(sessionOver(transport), 'http://127.0.0.1:1/')
      expect(failing).toEqual({ name: 'ConnectionError', phase: 'connect', retryable })
    },
  )

  it.each(['ENETDOWN', 'EHOSTDOWN', 'EUNHEARDOF'])(
    '5: is lost before the headers, with %s: a ConnectionError',
    async (code) => {
      const connect = vi.spyOn(Socket.prototype, 'connect')
      atEnd(() => connect.mockRestore())
      const error = Object.assign(new Error(code), { code, syscall: 'read', errno: -64 })
      const server = await serve(() =>
        (connect.mock.contexts as Socket[]).forEach((socket) => socket.destroy(error)),
      )
      const failing = await failure(sessionOver(transport), server.url)
      expect(failing).toEqual({ name: 'ConnectionError', phase: 'headers', retryable: true })
    },
  )

  it('3: hangs in the TLS handshake: a TimeoutError, and no socket is left', async () => {
    const pass = holdTimers()
    const server = await serve(() => {}, {
      onConnection: (socket) => void socket.once('data', () => pass(100)),
    })
    const session = sessionOver(transport)
    const phase = { sockets: 'connect', 'cross-fetch': 'headers', dispatcher: 'attempt' }[transport] // others do not tell
    const url = server.url.replace('http:', 'https:')
    expect(await failure(session, url, { timeout: { [phase]: 100 } })).toMatchObject({
      name: 'TimeoutError',
      phase,
    })
    if (!deviates(transport, 'finishesHandshakes')) await server.whenOpen(0)
    expect(server.connections()).toBeLessThanOrEqual(mostAfterLoss(transport))
  })

  it.each([
    ['4: ends before the headers', (visit: Visit) => visit.end()],
    ['5: is reset before the headers', (visit: Visit) => visit.reset()],
    ['4: ends in the headers', (visit: Visit) => visit.end(`HTTP/1.1 200 OK\r\nX: ${CANARY}\r\n`)],
  ])('%s: a ConnectionError, retryable for what may be repeated', async (_name, fault) => {
    const server = await serve(fault)
    const session = sessionOver(transport)
    const lost = { name: 'ConnectionError', phase: 'headers' }
    expect(await failure(session, server.url)).toEqual({ ...lost, retryable: true })
    expect(await failure(session, server.url, { method: 'POST', body: CANARY })).toEqual({
      ...lost,
      retryable: false,
    })
    expect(await failure(session, server.url, { method: 'PUT', body: once() })).toEqual({
      ...lost,
      retryable: false,
    })
    await server.whenOpen(0)
    expect(server.requests).toHaveLength(3)
  })

  it.each([
    ['closed', (visit: Visit) => visit.end()],
    ['reset', (visit: Visit) => visit.reset()],
  ])(
    '6: is %s while it is used again: one transparent repetition, for idempotent requests',
    async (_how, lose) => {
      const server = await serve((visit) => (visit.turn === 0 ? visit.send(ok('fresh')) : lose(visit)))
      const session = sessionOver(transport)
      await session.get(server.url).text()
      expect(await session.put(server.url, { body: 'again' }).text()).toBe('fresh')
      expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'PUT', 'PUT'])
      expect(server.requests[2]?.body.toString()).toBe('again')
      if (deviates(transport, 'connectsAhead')) return
      expect(await failure(session, server.url, { method: 'POST', body: CANARY })).toMatchObject({
        retryable: false,
      })
      expect(server.requests).toHaveLength(4)
      expect(server.connections()).toBe(2)
    },
  )

  it('6: is lost repeatedly: the request is not repeated forever', async () => {
    const server = await serve((visit) => (server.requests.length === 1 ? visit.send(ok()) : visit.reset()))
    const session = sessionOver(transport)
    await session.get(server.url).text()
    expect(await failure(session, server.url)).toMatchObject({ name: 'ConnectionError' })
    expect(server.requests).toHaveLength(3)
  })

  it('7: has lost its peer: a TimeoutError, and the socket is closed', async () => {
    const pass = holdTimers()
    const server = await serve((visit) => (visit.turn === 0 ? visit.send(ok()) : pass(100)))
    const session = sessionOver(transport)
    await session.get(server.url).text()
    const failing = await failure(session, server.url, { timeout: { headers: 100 } })
    expect(failing).toEqual({ name: 'TimeoutError', phase: 'headers', retryable: true })
    await server.whenOpen(0)
    expect(server.requests).toHaveLength(2)
  })

  it.each([
    ['8: an answer nobody asked for, with the first', '', ok('evil', `X: ${CANARY}`).toString()],
    ['9: bytes beyond the length', '', 'more than was said'],
    ['32: a body of an answer to HEAD', 'HEAD', 'evil'],
  ])('%s: cost the connection, and reach no other request', async (_name, method, extra) => {
    const server = await serve((visit) =>
      visit.send(
        visit.connection === 0
          ? ok('mine')
              .toString()
              .replace(/mine$/, method === 'HEAD' ? extra : `mine${extra}`)
          : ok('next'),
      ),
    )
    const session = sessionOver(transport)
    const first = await session.request(method || 'GET', server.url)
    expect(await first.text()).toBe(method === 'HEAD' ? '' : 'mine')
    await server.whenOpen(0)
    expect(await session.get(server.url).text()).toBe('next')
    expect(server.connections()).toBe(2)
  })

  it('8: an unrequested response while idle closes the connection, and no other request gets it', async () => {
    const idle: Visit[] = []
    const server = await serve((visit) => (idle.push(visit), visit.send(ok(`answer ${visit.connection}`))))
    const agent = new Agent({ keepAlive: true })
    const session = sessionOver(transport, transport === 'cross-fetch' ? { agent } : {})
    await session.get(server.url).text()
    idle[0]?.send(ok('evil'))
    if (!deviates(transport, 'checksIdleLate')) await server.whenOpen(0)
    else
      await expect
        .poll(() => Object.values(agent.freeSockets)[0]?.[0]?.bytesRead ?? Infinity)
        .toBeGreaterThan(60)
    expect(await session.post(server.url, { body: 'not sent before' }).text()).toBe('answer 1')
    expect(await session.get(server.url).text()).toBe('answer 1')
    expect(server.connections()).toBe(2)
  })

  it('50: is reset when the server has read a POST: one request, no retry', async () => {
    const server = await serve((visit) => visit.reset())
    const session = sessionOver(transport, { retry: { limit: 3, delay: 0 } })
    const failing = await failure(session, server.url, { method: 'POST', body: CANARY })
    expect(failing).toEqual({ name: 'ConnectionError', phase: 'headers', retryable: false })
    expect(server.requests).toHaveLength(1)
    expect(await failure(session, server.url)).toMatchObject({ retryable: true })
    expect(server.requests).toHaveLength(1 + 4)
  })

  it('51: is closed with 413 while the client still writes: the 413 is delivered', async () => {
    const server = await serve(
      (visit) => visit.end(head('413 Too Large', 'Content-Length: 3', 'Connection: close') + 'big'),
      { early: true },
    )
    const response = await sessionOver(transport).post(server.url, { body: new Uint8Array(8_000_000) })
    expect(response.status).toBe(413)
    expect(await response.text()).toBe('big')
    await server.whenOpen(0)
  })

  it('52: has an upload whose source fails: that error, and the socket is closed', async () => {
    const server = await serve(() => {}, { early: true })
    const broken = new Error('the disk is gone')
    async function* source(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10)
      await server.whenRequests(1)
      throw broken
    }
    await expect(sessionOver(transport).post(server.url, { body: source() })).rejects.toBe(broken)
    await server.whenOpen(0)
  })

  it('52: a body with a wrong declared length: nothing is sent', async () => {
    const server = await serve((visit) => visit.send(ok()))
    const headers = { 'Content-Length': '10' }
    const failing = await failure(sessionOver(transport), server.url, {
      method: 'POST',
      body: 'abc',
      headers,
    })
    expect(failing).toMatchObject({ name: 'InvalidRequestError', retryable: false })
    expect(server.connections()).toBe(0)
  })
})

describe.each(TRANSPORTS)('signal: an abort, over %s,', (transport) => {
  it('53: before the call opens nothing', async () => {
    const server = await serve((visit) => visit.send(ok()))
    const reason = new Error('no')
    await expect(sessionOver(transport).get(server.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    )
    expect(server.connections()).toBe(0)
  })

  it('53: while it waits for headers closes the socket', async () => {
    const server = await serve(() => controller.abort())
    const controller = new AbortController()
    const call = sessionOver(transport).get(server.url, { signal: controller.signal })
    await expect(call).rejects.toMatchObject({ name: 'AbortError' })
    await server.whenOpen(0)
    expect(server.connections()).toBeLessThanOrEqual(mostAfterLoss(transport))
  })

  it('53: during the body fails every reader and closes the socket', async () => {
    const server = await serve((visit) => visit.send(head('200 OK', 'Content-Length: 10') + 'half'))
    const controller = new AbortController()
    const response = await sessionOver(transport).get(server.url, { signal: controller.signal })
    const reader = response.body?.getReader()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('half')
    controller.abort()
    await expect(reader?.read()).rejects.toMatchObject({ name: 'AbortError' })
    await server.whenOpen(0)
    expect(server.connections()).toBeLessThanOrEqual(mostAfterLoss(transport))
  })

  it('53: after the end changes nothing', async () => {
    const server = await serve((visit) => visit.send(ok('whole')))
    const controller = new AbortController()
    const session = sessionOver(transport)
    const response = await session.get(server.url, { signal: controller.signal })
    expect(await response.text()).toBe('whole')
    controller.abort()
    expect(await session.get(server.url).text()).toBe('whole')
    expect(server.connections()).toBe(1)
  })
})

describe('timeout: the time of a call', () => {
  it('55: includes the wait for a connection: a TimeoutError, and the others continue in order', async () => {
    const visits: Visit[] = []
    const server = await serve((visit) => visits.push(visit))
    const session = sessionOver('sockets', { connections: 1 })
    const first = session.get(server.url).text()
    await server.whenRequests(1)
    const failing = failure(session, server.url, { timeout: { connect: 100 } })
    const last = session.get(`${server.url}last`).text()
    expect(await failing).toEqual({ name: 'TimeoutError', phase: 'connect', retryable: true })
    visits[0]?.send(ok('first'))
    expect(await first).toBe('first')
    await server.whenRequests(2)
    visits[1]?.send(ok('last'))
    expect(await last).toBe('last')
    expect(server.requests.map(({ target }) => target)).toEqual(['/', '/last'])
    expect(server.connections()).toBe(1)
  })

  it.each(TRANSPORTS)(
    '56: is the monotonic one, over %s: a clock that jumps ends no call',
    async (transport) => {
      const wall = vi.spyOn(Date, 'now')
      atEnd(() => wall.mockRestore())
      const server = await serve((visit) => {
        wall.mockReturnValue(Date.UTC(2199, 0))
        visit.send(ok('in time'))
      })
      const timeout = { total: 20_000, headers: 20_000, body: 20_000 }
      expect(await sessionOver(transport, { timeout }).get(server.url).text()).toBe('in time')
    },
  )

  it.each(TRANSPORTS)(
    '58: runs in hooks, over %s: one that never settles ends at the deadline',
    async (transport) => {
      const pass = holdTimers()
      const server = await serve((visit) => visit.send(ok(CANARY)))
      const response = [(): Promise<void> => (pass(200), new Promise(() => {}))]
      const session = sessionOver(transport, { hooks: { response } })
      const failing = await failure(session, server.url, { timeout: 200 })
      expect(failing).toEqual({ name: 'TimeoutError', phase: 'total', retryable: false })
    },
  )

  it.each(TRANSPORTS)(
    '58: a hook that throws is passed on, over %s, and the connection is free',
    async (transport) => {
      const server = await serve((visit) => visit.send(ok('kept')))
      const own = new Error('my own')
      const session = sessionOver(transport)
      const hooks = { response: [() => Promise.reject(own)] }
      await expect(session.get(server.url, { hooks })).rejects.toBe(own)
      expect(await session.get(server.url).text()).toBe('kept')
      expect(server.connections()).toBe(1)
    },
  )
})

describe('agent: a dispatcher that cannot connect', () => {
  it.each([
    ['ConnectionError', { code: 'EHOSTDOWN', syscall: 'connect' }],
    ['ConnectionError', { code: 'EPROTONOSUPPORT' }],
    ['ConnectionError', { code: 'ERR_ACCESS_DENIED' }],
    ['DnsError', { code: 'ESERVFAIL', syscall: 'queryA' }],
    ['DnsError', { code: 'EMFILE', syscall: 'getaddrinfo' }],
  ])('gives a %s for %j', async (name, fields) => {
    const dispatch = (
      _options: object,
      handler: { onResponseError(at: undefined, error: Error): void },
    ): boolean => {
      handler.onResponseError(undefined, Object.assign(new Error('it failed'), fields))
      return true
    }
    const failing = await failure(sessionOver('sockets', { agent: { dispatch } as never }), 'http://a.test/')
    expect(failing).toMatchObject({ name, phase: 'connect' })
  })
})

function withLookup(lookup: LookupFunction): Session {
  const agent = new Agent({ lookup })
  const session = new Session({ agent })
  atEnd(() => (agent.destroy(), session.close()))
  return session
}

async function* once(): AsyncGenerator<string> {
  yield CANARY
}
