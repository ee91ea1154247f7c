import { type AddressInfo, type LookupFunction, type Server, Socket, createServer } from 'node:net'
import { ConnectionError, type Dialled, ProxyError, Session, TimeoutError } from '@session-fetch/node'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { holdTimers } from '../fault-stage.js'
import { turns } from '../wire/deliver.js'

/** A proxy that does one thing with each connection, once it has heard something. */
interface FakeProxy {
  readonly port: number
  readonly heard: string[]
  readonly sockets: Set<Socket>
}

const servers: Server[] = []
const sessions: Session[] = []
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()))
  for (const server of servers.splice(0)) server.close()
})

async function fake(answer: (socket: Socket, heard: Buffer, turn: number) => unknown): Promise<FakeProxy> {
  const [heard, sockets]: [string[], Set<Socket>] = [[], new Set()]
  const server = createServer((socket) => {
    let turn = 0
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    socket.on('data', (bytes) => {
      heard.push(String(bytes))
      answer(socket, bytes, turn)
      turn += 1
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, heard, sockets }
}

function through(port: number, scheme = 'http'): Session {
  const session = new Session({ proxy: `${scheme}://me:secret@127.0.0.1:${port}` })
  sessions.push(session)
  return session
}

async function failure(session: Session, url: string, init = {}): Promise<Error & Record<string, unknown>> {
  const error: unknown = await session.get(url, init).then(
    () => expect.unreachable('the call succeeded'),
    (reason: unknown) => reason,
  )
  expect(String(error)).not.toContain('secret')
  return error as Error & Record<string, unknown>
}

describe('proxy: one that is asked for a tunnel', () => {
  it.each<[answer: string, status: number, retryable: boolean]>([
    ['HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 6\r\n\r\nsecret', 407, false],
    ['HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno', 403, false],
    ['HTTP/1.0 502 Bad Gateway\r\n\r\n', 502, true],
    ['HTTP/1.1 302 Found\r\nLocation: http://evil.test/\r\n\r\n', 302, false],
    ['HTTP/1.1 101 Switching Protocols\r\n\r\n', 101, false],
  ])('that answers %j ends the call with that status', async (answer, status, retryable) => {
    const proxy = await fake((socket) => socket.write(answer))
    const error = await failure(through(proxy.port), 'https://origin.test/')
    expect(error).toBeInstanceOf(ProxyError)
    expect(error).toMatchObject({ status, retryable, phase: 'connect' })
    expect(proxy.heard).toHaveLength(1)
    expect(proxy.heard[0]).toContain('CONNECT origin.test:443 HTTP/1.1\r\n')
    await expect.poll(() => proxy.sockets.size).toBe(0)
  })

  it.each<[what: string, play: (socket: Socket) => void]>([
    ['closes', (socket) => void socket.end()],
    ['resets', (socket) => void socket.resetAndDestroy()],
    ['closes in mid-head', (socket) => void socket.end('HTTP/1.1 200 OK\r\nX-')],
    ['speaks no HTTP', (socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n\r\n')],
    ['speaks HTTP/0.9', (socket) => void socket.write('<html>\r\n\r\n')],
    ['has no status', (socket) => void socket.write('HTTP/1.1 xyz\r\n\r\n')],
    ['never ends its head', (socket) => void socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`)],
    ['speaks before it is spoken to', (socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\nhello')],
    ['opens the tunnel and closes it', (socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n')],
  ])('that %s ends the call at once, after one attempt', async (_what, play) => {
    const proxy = await fake(play)
    const error = await failure(through(proxy.port), 'https://origin.test/')
    expect(error).toBeInstanceOf(ProxyError)
    expect(error).not.toHaveProperty('status')
    expect(proxy.heard.filter((text) => text.startsWith('CONNECT'))).toHaveLength(1)
  })

  const OPEN = 'HTTP/1.1 200 OK\r\n\r\n'
  const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'

  it.each<[what: string, parts: string[]]>([
    ['100', ['HTTP/1.1 100 Continue\r\n\r\n', OPEN]],
    ['103', [HINTS, OPEN]],
    ['102 and 199', ['HTTP/1.1 102 Processing\r\n\r\nHTTP/1.0 199 Odd\r\n\r\n', OPEN]],
    ['103 in one piece with the answer', [HINTS + OPEN]],
    ['103 in two pieces', ['HTTP/1.1 103 Ear', `ly Hints\r\n\r\n${OPEN}`]],
    ['103 sixteen times', [HINTS.repeat(16), OPEN]],
  ])('may answer with %s before it opens the tunnel', async (_what, parts) => {
    const proxy = await fake(async (socket, _heard, turn) => {
      if (turn > 0) socket.end()
      for (const part of turn > 0 ? [] : parts) {
        await new Promise((resolve) => socket.write(part, resolve))
        await turns()
      }
    })
    await failure(through(proxy.port), 'https://origin.test/')
    expect(proxy.heard[1]?.slice(0, 2)).toBe('\x16\x03') // TLS has begun
  })

  it.each<[what: string, play: (socket: Socket) => void]>([
    ['sends 17 interim answers', (socket) => void socket.write(HINTS.repeat(17) + OPEN)],
    ['sends an interim answer and closes', (socket) => void socket.end(HINTS)],
    ['is broken after an interim answer', (socket) => void socket.write(`${HINTS}nonsense\r\n\r\n`)],
    ['refuses after an interim answer', (socket) => void socket.write(`${HINTS}HTTP/1.1 403 No\r\n\r\n`)],
  ])('that %s ends the call, after one attempt', async (_what, play) => {
    const proxy = await fake(play)
    expect(await failure(through(proxy.port), 'https://origin.test/')).toBeInstanceOf(ProxyError)
    expect(proxy.heard).toHaveLength(1)
    await expect.poll(() => proxy.sockets.size).toBe(0)
  })

  it('that hangs fails the call at its deadline, and leaves no socket', async () => {
    const pass = holdTimers()
    const proxy = await fake(() => pass(150))
    const session = through(proxy.port)
    expect(await failure(session, 'https://origin.test/', { timeout: 150 })).toBeInstanceOf(TimeoutError)
    await expect.poll(() => proxy.sockets.size).toBe(0)
    const limited = await failure(session, 'https://origin.test/', { timeout: { connect: 150 } })
    expect(limited).toMatchObject({ name: 'TimeoutError', phase: 'connect' })
    await expect.poll(() => proxy.sockets.size).toBe(0)
    expect(session.stats()).toMatchObject({ running: 0, pending: 0 })
    expect(proxy.heard).toHaveLength(2)
  })

  it('that hangs does not block an abort, or closing the session', async () => {
    const proxy = await fake(() => {})
    const session = through(proxy.port)
    const controller = new AbortController()
    const aborted = failure(session, 'https://origin.test/', { signal: controller.signal })
    const closed = failure(session, 'https://origin.test/')
    await expect.poll(() => proxy.heard.length).toBe(2)
    controller.abort()
    expect(await aborted).toMatchObject({ name: 'AbortError' })
    await expect.poll(() => proxy.sockets.size).toBe(1)
    await session.close()
    expect(await closed).toMatchObject({ name: 'SessionClosedError' })
    await expect.poll(() => proxy.sockets.size).toBe(0)
  })

  it('that is down fails the call with a retryable ProxyError', async () => {
    const gone = await fake(() => {})
    await new Promise((resolve) => servers.pop()?.close(resolve))
    const error = await failure(through(gone.port), 'https://origin.test/')
    expect(error).toBeInstanceOf(ProxyError)
    expect(error).toMatchObject({ retryable: true, request: { url: 'https://origin.test/' } })
    expect(String(error)).toContain('ECONNREFUSED')
  })

  it('that has no address fails the call with a ProxyError', async () => {
    const session = new Session({ proxy: 'http://proxy.invalid:80' })
    sessions.push(session)
    expect(await failure(session, 'https://origin.test/')).toBeInstanceOf(ProxyError)
  })

  it('causes a ProxyError, also with a guard', async () => {
    const lookup: LookupFunction = (host, _options, callback) =>
      host === 'proxy.test'
        ? callback(Object.assign(new Error('no'), { code: 'ESERVFAIL' }), [])
        : callback(null, '192.0.2.1', 4)
    const session = new Session({ proxy: 'http://proxy.test', lookup, guard: () => true })
    sessions.push(session)
    const error = await failure(session, 'https://origin.test/')
    expect(error).toMatchObject({ name: 'ProxyError', retryable: true })
    expect(String(error)).toContain('ESERVFAIL')
  })

  it.each(['EHOSTDOWN', 'ENETDOWN', 'EUNHEARDOF'])(
    'that cannot be reached, with %s, is worth a retry',
    async (code) => {
      const connect = vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket) {
        return this.destroy(Object.assign(new Error(code), { code }))
      })
      const error = await failure(through(1), 'https://origin.test/').finally(() => connect.mockRestore())
      expect(error).toMatchObject({ name: 'ProxyError', retryable: true })
    },
  )

  it('whose address the guard refuses fails the call with the guard’s error', async () => {
    const proxy = await fake(() => {})
    const thrown = Object.assign(new Error('out of order'), { code: 'ECONNREFUSED' })
    const words: (() => boolean)[] = [
      () => false,
      () => {
        throw thrown
      },
    ]
    const errors: unknown[] = []
    for (const word of words) {
      const guard = ({ proxy }: Dialled): boolean => proxy === undefined || word()
      const lookup: LookupFunction = (_host, _options, callback) => callback(null, '192.0.2.1', 4)
      const session = new Session({ proxy: `http://127.0.0.1:${proxy.port}`, lookup, guard })
      sessions.push(session)
      errors.push(await failure(session, 'https://origin.test/'))
    }
    expect(errors).toEqual([expect.any(ConnectionError), thrown])
    expect(errors[0]).not.toBeInstanceOf(ProxyError)
    expect(proxy.heard).toEqual([])
  })

  it('that failed once is retried, up to the limit of retry', async () => {
    const proxy = await fake((socket) => void socket.end())
    const error = await failure(through(proxy.port), 'https://origin.test/', {
      retry: { limit: 1, delay: 1 },
    })
    expect(error).toBeInstanceOf(ProxyError)
    expect(proxy.heard).toHaveLength(2)
  })
})

describe('proxy: one that is asked to forward', () => {
  it('that responds with 407 is distinguished from the origin', async () => {
    const proxy = await fake((socket) =>
      socket.write('HTTP/1.1 407 Who\r\nSet-Cookie: a=1; Domain=test\r\nContent-Length: 6\r\n\r\nsecret'),
    )
    const session = through(proxy.port)
    const error = await failure(session, 'http://origin.test/')
    expect(error).toBeInstanceOf(ProxyError)
    expect(error).toMatchObject({ status: 407 })
    expect(await session.cookies.getAll({ url: 'http://origin.test/' })).toEqual([])
  })

  it('that hangs fails the call at its deadline', async () => {
    const proxy = await fake(() => {})
    const error = await failure(through(proxy.port), 'http://origin.test/', { timeout: 150 })
    expect(error).toBeInstanceOf(TimeoutError)
  })

  it('receives the complete URL, with the origin as Host', async () => {
    const proxy = await fake((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
    expect(await through(proxy.port).get('http://origin.test:81/a?b=1#c').text()).toBe('ok')
    expect(proxy.heard[0]).toMatch(
      /^GET http:\/\/origin\.test:81\/a\?b=1 HTTP\/1\.1\r\nhost: origin\.test:81\r\n/i,
    )
  })
})

describe('proxy: a 407 without one', () => {
  it('is a response like any other', async () => {
    const origin = await fake((socket) => socket.write('HTTP/1.1 407 Odd\r\nContent-Length: 2\r\n\r\nok'))
    const session = new Session({ proxy: null })
    sessions.push(session)
    expect((await session.get(`http://127.0.0.1:${origin.port}/`)).status).toBe(407)
  })
})

describe('proxy: a SOCKS5 proxy', () => {
  const GREETED = Buffer.from([5, 2])
  const LOGGED_IN = Buffer.from([1, 0])
  const reply = (...bytes: number[]): Buffer => Buffer.from(bytes)

  /** Plays the first steps correctly, and then the given ones. */
  const after =
    (...last: (Buffer | null)[]) =>
    (socket: Socket, _heard: Buffer, turn: number): void => {
      const bytes = [GREETED, LOGGED_IN, ...last][turn]
      if (bytes === null) socket.end()
      else if (bytes) socket.write(bytes)
    }

  it('receives the name, the port and the credentials', async () => {
    const proxy = await fake((socket, heard, turn) => {
      if (turn < 3) after(reply(5, 0, 0, 3, 4, 97, 46, 98, 99, 0, 80))(socket, heard, turn)
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
    expect(await through(proxy.port, 'socks5h').get('http://origin.test:81/').text()).toBe('ok')
    expect(proxy.heard.slice(0, 3)).toEqual([
      '\x05\x02\x00\x02',
      '\x01\x02me\x06secret',
      '\x05\x01\x00\x03\x0borigin.test\x00Q',
    ])
  })

  it('may respond byte by byte', async () => {
    const proxy = await fake((socket, _heard, turn) => {
      const bytes = [
        ...([GREETED, LOGGED_IN, reply(5, 0, 0, 1, 0, 0, 0, 0, 0, 0)][turn] ??
          Buffer.from('HTTP/1.1 204 No\r\n\r\n')),
      ]
      const next = (): void =>
        void (bytes.length > 0 && socket.write(Buffer.from([bytes.shift() ?? 0]), () => setImmediate(next)))
      next()
    })
    expect((await through(proxy.port, 'socks5h').get('http://origin.test/')).status).toBe(204)
  })

  it.each<[what: string, ...last: (Buffer | null)[]]>([
    ['closes', null],
    ['refuses by its rules', reply(5, 2, 0, 1, 0, 0, 0, 0, 0, 0)],
    ['answers with an unknown kind of address', reply(5, 0, 0, 9, 0, 0, 0)],
    ['speaks no SOCKS5', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('that %s ends the call at once', async (_what, ...last) => {
    const proxy = await fake(after(...last))
    const error = await failure(through(proxy.port, 'socks5h'), 'http://origin.test/')
    expect(error).toBeInstanceOf(ProxyError)
    expect(proxy.heard).toHaveLength(3)
    await expect.poll(() => proxy.sockets.size).toBe(0)
  })

  it.each<[what: string, play: (socket: Socket) => void]>([
    ['wants GSSAPI', (socket) => void socket.write(reply(5, 1))],
    ['accepts nothing', (socket) => void socket.write(reply(5, 255))],
    ['speaks SOCKS4', (socket) => void socket.write(reply(4, 0))],
    ['closes', (socket) => void socket.end()],
  ])('that %s when greeted ends the call at once', async (_what, play) => {
    const proxy = await fake(play)
    expect(await failure(through(proxy.port, 'socks5h'), 'http://origin.test/')).toBeInstanceOf(ProxyError)
    expect(proxy.heard).toHaveLength(1)
  })
})
