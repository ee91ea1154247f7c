import { Agent, type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { type Http2ServerRequest, type Http2ServerResponse, createSecureServer } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import type { HttpError, NodeSessionOptions } from '@session-fetch/node'
import { type Authority, createAuthority } from '@session-fetch/test-support/certificates'
import { type Fault, head, ok } from '@session-fetch/test-support/fault-server'
import { Agent as Dispatcher } from 'undici'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { io } from '../../src/base/io.js'
import { fakeIo } from '../fake-io.js'
import { TRANSPORTS, serve, sessionOver } from '../fault-stage.js'
import { type Ended, bundled, removePrograms } from '../run-script.js'
import type { Plan } from '../scripts/many-calls.js'

afterAll(removePrograms)

const OK = Buffer.alloc(300_000, 'x')
const FAILED = Buffer.alloc(200_000, 'e')
const PATIENT = { timeout: 300_000 }

/** `/ok` returns 300 kB, anything else a 404 with 200 kB. */
interface LargeServer {
  readonly url: string
  /** The most connections that were open at a time. */
  readonly most: () => number
  readonly open: () => number
}

let authority: Authority
let plain: LargeServer
let secure: LargeServer
let manyCalls: (...args: string[]) => Promise<Ended>
const servers: { close(): unknown }[] = []

beforeAll(async () => {
  authority = await createAuthority()
  const { key, cert } = await authority.issue(['IP:127.0.0.1'])
  const answer = (
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): void => {
    const [status, body]: [number, Buffer] = request.url === '/ok' ? [200, OK] : [404, FAILED]
    response.statusCode = status
    response.setHeader('content-length', body.length)
    response.end(body)
  }
  plain = await listen(createServer(answer), 'http')
  secure = await listen(
    createSecureServer(
      { key, cert, maxSessionMemory: 1000, settings: { maxConcurrentStreams: 100 } },
      answer,
    ) as unknown as Server,
    'https',
  )
  manyCalls = await bundled('many-calls')
})
afterAll(async () => {
  for (const server of servers) await server.close()
  await authority.close()
})

async function listen(server: Server, scheme: string): Promise<LargeServer> {
  const sockets = new Set<Socket>()
  let most = 0
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    most = Math.max(most, sockets.size)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push({ close: () => (sockets.forEach((socket) => socket.destroy()), server.close()) })
  // A server that listens on a TCP port has an AddressInfo.
  const { port } = server.address() as AddressInfo
  return { url: `${scheme}://127.0.0.1:${port}/`, most: () => most, open: () => sockets.size }
}

async function run(plan: Plan): Promise<Ended> {
  const server = plan.over === 'http2' ? secure : plain
  const url = `${server.url}${plan.use === 'ok' ? 'ok' : 'missing'}`
  const ended = await manyCalls(url, JSON.stringify(plan))
  await expect.poll(server.open).toBe(0)
  return ended
}

/** The output of a program. */
function endOf({ count }: Plan): string {
  return `${count} calls succeeded\nthe heap is as before\nexit 0\n`
}

describe('Session', () => {
  it.each<[Plan['over'], number | undefined, number | undefined]>([
    ['sockets', undefined, undefined],
    ['sockets', undefined, 20_000],
    ['sockets', 1, undefined],
    ['sockets', 2, 20_000],
    ['sockets', 128, undefined],
    ['http2', 1, undefined],
    ['http2', undefined, 20_000],
    ['http2', undefined, undefined],
    ['agent', 1, undefined],
    ['agent', 2, 20_000],
    ['agent', undefined, undefined],
    ['dispatcher', 1, undefined],
    ['dispatcher', 2, 20_000],
    ['dispatcher', undefined, undefined],
  ])(
    'lets a program leave 300 bodies unread, over %s, connections: %s, timeout: %s',
    PATIENT,
    async (over, connections, timeout) => {
      const plan: Plan = {
        over,
        count: 300,
        use: 'ok',
        ...(connections && { connections }),
        ...(timeout && { options: { timeout } }),
      }
      expect(await run(plan)).toMatchObject({ code: 0, stdout: expect.stringContaining(endOf(plan)) })
    },
  )

  it.each<[Plan['use'], number, Plan['over'], number]>([
    ['readers', 1000, 'sockets', 1],
    ['readers', 1000, 'sockets', 2],
    ['readers', 1000, 'http2', 2],
    ['readers', 1000, 'agent', 2],
    ['readers', 1000, 'dispatcher', 2],
    ['throwHttpErrors', 100, 'sockets', 2],
    ['throwHttpErrors', 100, 'http2', 2],
    ['throwHttpErrors', 100, 'agent', 2],
    ['raiseForStatus', 100, 'sockets', 2],
    ['raiseForStatus', 100, 'http2', 2],
    ['raiseForStatus', 100, 'dispatcher', 2],
    ['download', 100, 'sockets', 2],
    ['download', 100, 'http2', 2],
    ['download', 100, 'agent', 2],
  ])(
    'lets a program catch the errors of %s %i times, over %s, connections: %i',
    PATIENT,
    async (use, count, over, connections) => {
      const plan: Plan = { use, count, over, connections }
      const { code, stdout } = await run(plan)
      expect([code, stdout]).toEqual([0, endOf(plan)]) // without a warning
    },
  )
})

describe('connections: a limit', () => {
  const large = Buffer.alloc(300_000)
  const huge = Buffer.alloc(3_000_000)
  const bodies = new Map<string, string | Buffer>([
    ['/short', 'short'],
    ['/huge', huge],
  ])
  /** Answers with a long body, or, at `/short`, with a short one. */
  const answer: Fault = ({ request, send }) => send(ok(bodies.get(request.target) ?? large))

  it('applies to calls whose bodies are read, even slowly', async () => {
    const server = await serve(answer)
    const session = sessionOver('sockets', { connections: 2, timeout: null })
    let most = 0
    const slowly = async (): Promise<number> => {
      let bytes = 0
      for await (const chunk of (await session.get(server.url)).body ?? []) {
        bytes += chunk.byteLength
        most = Math.max(most, server.open())
        await new Promise((resolve) => setTimeout(resolve, 30))
      }
      return bytes
    }
    expect(await Promise.all(Array.from({ length: 10 }, slowly))).toEqual(Array(10).fill(large.length))
    expect([most, server.connections()]).toEqual([2, 2])
  })

  it.each([1, 2])(
    'of %i is passed while nobody reads what they carry, and not afterwards',
    async (connections) => {
      const server = await serve(answer)
      const session = sessionOver('sockets', { connections, timeout: null })
      const unread = await Promise.all(Array.from({ length: 10 }, () => session.get(server.url)))
      expect(session.stats()).toMatchObject({ opened: 10, running: 10, pending: 0 })
      for (const response of unread) expect((await response.bytes()).byteLength).toBe(large.length)
      await server.whenOpen(connections)
      await Promise.all(Array.from({ length: 10 }, () => session.get(`${server.url}short`).text()))
      expect(server.connections()).toBe(10)
      expect(session.stats()).toEqual({ opened: 10, reused: 10, running: 0, pending: 0 })
    },
  )

  it('is exceeded only by the number of unread calls', async () => {
    const server = await serve(({ request, send }) =>
      request.target === '/silent' ? undefined : send(ok(large)),
    )
    const session = sessionOver('sockets', { connections: 2, timeout: null })
    const unread = await session.get(server.url)
    session.get(`${server.url}silent`).catch(() => {})
    await server.whenRequests(2)
    const waiting = session.get(server.url)
    await expect(session.get(server.url, { timeout: 400 })).rejects.toMatchObject({ phase: 'total' })
    expect(session.stats()).toMatchObject({ opened: 2, running: 2, pending: 1 })
    await unread.discard()
    expect((await waiting).status).toBe(200)
  })

  it('is exceeded after a while if a reader stopped in the middle', async () => {
    fakeIo({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
    io.now = () => performance.now()
    const server = await serve(answer)
    const session = sessionOver('sockets', { connections: 1, timeout: null })
    const reader = (await session.get(`${server.url}huge`)).body?.getReader()
    let answered = false
    const next = session.get(`${server.url}short`).text()
    void next.then(() => (answered = true))
    for (let turn = 0; turn < 3; turn += 1) {
      await reader?.read()
      await vi.advanceTimersByTimeAsync(4000)
    }
    expect([answered, server.connections()]).toEqual([false, 1])
    await vi.advanceTimersByTimeAsync(6000)
    expect(await next).toBe('short')
    expect(server.connections()).toBe(2)
  })

  it('is exceeded with one warning per origin, which names a remedy', async () => {
    const server = await serve(answer)
    const warnings: Error[] = []
    const listen = (warning: Error): void => void warnings.push(warning)
    process.on('warning', listen)
    onTestFinished(() => void process.off('warning', listen))
    for (let turn = 0; turn < 2; turn += 1) {
      const session = sessionOver('sockets', { connections: 1 })
      for (let call = 0; call < 3; call += 1)
        await session.get(`${server.url.replace('//', '//ada:c4nary@')}?c4nary`)
    }
    await vi.waitFor(() => expect(warnings).toHaveLength(1))
    expect(warnings[0]).toMatchObject({ name: 'SessionFetchWarning', code: 'SESSION_FETCH_UNREAD_BODIES' })
    expect(warnings[0]?.message).toContain(`${new URL(server.url).origin} `)
    expect(warnings[0]?.message).toContain('response.discard()')
    expect(warnings[0]?.message).not.toContain('c4nary')
  })
})

describe('agent: one whose sockets nobody frees', () => {
  it.each<[string, () => NodeSessionOptions]>([
    ['an http.Agent', () => ({ agent: closing(new Agent({ maxSockets: 1 })) })],
    [
      'an http.Agent that counts all of its sockets',
      () => ({ agent: closing(new Agent({ maxTotalSockets: 1 })) }),
    ],
    ['a dispatcher', () => ({ agent: closing(new Dispatcher({ connections: 1 })) })],
  ])('frees one where the body fits into memory, and is whole then: %s', async (_what, options) => {
    const server = await serve(({ send }) => send(ok(Buffer.alloc(300_000))))
    const session = sessionOver('sockets', { timeout: null, ...options() })
    const unread = await session.get(server.url)
    expect((await session.get(server.url)).status).toBe(200)
    expect((await unread.bytes()).byteLength).toBe(300_000)
  })

  it('cancels a longer body after a while, and its reader gets an error', async () => {
    const server = await serve(({ turn, connection, send }) =>
      send(ok(turn + connection === 0 ? Buffer.alloc(9e6) : 'ok')),
    )
    const session = sessionOver('sockets', { timeout: null, agent: closing(new Agent({ maxSockets: 1 })) })
    const unread = await session.get(server.url)
    expect(await session.get(server.url).text()).toBe('ok')
    await expect(unread.bytes()).rejects.toMatchObject({
      name: 'TruncatedError',
      message: expect.stringContaining('was left unread while other calls waited'),
    })
  })
})

function closing<Closes extends { destroy(): unknown }>(agent: Closes): Closes {
  onTestFinished(() => void agent.destroy())
  return agent
}

describe.each(TRANSPORTS)('HttpError: the body of one that is caught, over %s,', (transport) => {
  it('is complete for an immediate reader', async () => {
    const server = await serve(({ send }) =>
      send(Buffer.concat([Buffer.from(head('500 No', 'Content-Length: 200000')), FAILED])),
    )
    const session = sessionOver(transport)
    const text = await session
      .get(server.url)
      .json()
      .catch((error: HttpError) => error.response.text())
    expect(text).toHaveLength(200_000)
  })

  it('is readable up to 64 KiB for a later reader', async () => {
    const server = await serve(({ send }) =>
      send(Buffer.concat([Buffer.from(head('500 No', 'Content-Length: 200000')), FAILED])),
    )
    const error = await sessionOver(transport)
      .get(server.url)
      .json()
      .catch((reason: unknown) => reason as HttpError)
    await server.whenOpen(0)
    let bytes = 0
    const reading = (async () => {
      for await (const chunk of (error as HttpError).response.body ?? []) bytes += chunk.byteLength
    })()
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
    expect(bytes).toBeGreaterThanOrEqual(65_536)
  })
})
