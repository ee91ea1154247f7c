import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { type Http2ServerRequest, type Http2ServerResponse, createSecureServer } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { type Authority, createAuthority } from '@session-fetch/test-support/certificates'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ended, bundled } from './run-script.js'
import type { Plan } from './scripts/many-calls.js'

const OK = Buffer.alloc(300_000, 'x')
const FAILED = Buffer.alloc(200_000, 'e')
const PATIENT = { timeout: 60_000 }

/** `/ok` gives 300 kB, anything else a 404 with 200 kB. */
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

describe('a program', () => {
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
    'may leave 300 bodies unread, over %s, connections: %s, timeout: %s',
    PATIENT,
    async (over, connections, timeout) => {
      const plan: Plan = {
        over,
        count: 300,
        use: 'ok',
        ...(connections && { connections }),
        ...(timeout && { options: { timeout } }),
      }
      expect(await run(plan)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('300 calls succeeded\n'),
      })
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
    'may catch the errors of %s %i times, over %s, connections: %i',
    PATIENT,
    async (use, count, over, connections) => {
      const { code, stdout } = await run({ use, count, over, connections })
      expect([code, stdout]).toEqual([0, `${count} calls succeeded\nexit 0\n`]) // without a warning
    },
  )
})
