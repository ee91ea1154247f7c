import { Agent, type RequestListener, type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { NodeSessionOptions } from '@session-fetch/node'
import { type FaultServer, head } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { TRANSPORTS, atEnd, overConnections, serve, sessionOver } from '../fault-stage.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const MB = 1024 * 1024
const SOCKETS = 64
const PATIENT = { timeout: 180_000 }
/** How many there are of each; bench/endurance.mjs has far more. */
const [ABORTED, REQUESTS] = [500, 10_000]
const CONCURRENT: Record<(typeof TRANSPORTS)[number], number> = {
  sockets: 10_000,
  'cross-fetch': 2000,
  dispatcher: 2000,
}

/** No more than 64 connections. Idle ones are kept, or, where they would be counted, soon closed. */
function limited(transport: (typeof TRANSPORTS)[number], keep: boolean): NodeSessionOptions {
  if (transport === 'sockets')
    return { connections: SOCKETS, timeout: { connect: Infinity }, ...(keep ? {} : { keepAlive: 20 }) }
  if (transport === 'dispatcher') return { ...overConnections(transport, SOCKETS), timeout: null }
  const agent = new Agent({ keepAlive: keep, maxSockets: SOCKETS })
  atEnd(() => agent.destroy())
  return { agent, timeout: null }
}

interface PlainServer {
  readonly url: string
  readonly connections: () => number
}

async function plainServer(answer: RequestListener): Promise<PlainServer> {
  let connections = 0
  const server: Server = createServer(answer).on('connection', () => (connections += 1))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atEnd(() => (server.closeAllConnections(), server.close()))
  // A server that listens on a TCP port has an AddressInfo.
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    connections: () => connections,
  }
}

/** Aborts before the call has begun, while it is on its way, or in mid-body. */
async function abortOne(send: typeof fetch, { url }: FaultServer, index: number): Promise<void> {
  const stop = new AbortController()
  const call = send(url, { signal: stop.signal })
  if (index % 3 === 0) stop.abort()
  else if (index % 3 === 1) setImmediate(() => stop.abort())
  else call.then(() => stop.abort()).catch(() => {})
  await expect(call.then((response) => response.text())).rejects.toMatchObject({ name: 'AbortError' })
}

function heapUsed(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

describe.each(TRANSPORTS)('Session, over %s,', (transport) => {
  it(`endures: ${ABORTED} aborted calls leave no socket behind`, PATIENT, async () => {
    const server = await serve((visit) => visit.send(`${head('200 OK', 'Content-Length: 100')}some`))
    const session = sessionOver(transport, limited(transport, false))
    for (let done = 0; done < ABORTED; done += 50)
      await Promise.all(Array.from({ length: 50 }, (_, index) => abortOne(session.fetch, server, index)))
    await server.whenOpen(0)
    if (transport === 'sockets') expect(session.stats()).toMatchObject({ running: 0, pending: 0 })
  })

  const concurrent = CONCURRENT[transport]

  it(`endures: ${concurrent} calls at once over ${SOCKETS} sockets all succeed`, PATIENT, async () => {
    const server = await plainServer((request, response) => response.end(request.url))
    const session = sessionOver(transport, limited(transport, true))
    const call = (index: number): Promise<string> => session.get(`${server.url}${index}`).text()
    const answers = await Promise.all(Array.from({ length: concurrent }, (_, index) => call(index)))
    expect(answers.every((answer, index) => answer === `/${index}`)).toBe(true)
    expect(server.connections()).toBe(SOCKETS)
  })
})

describe('Session', () => {
  it(`endures: ${REQUESTS} requests leave the heap as it was`, PATIENT, async () => {
    const server = await plainServer((_request, response) => {
      response.setHeader('Set-Cookie', ['sid=1; Path=/', `t=${Math.random()}`]).end('{"ok":true}')
    })
    const session = sessionOver('sockets', { timeout: 60_000, hooks: { request: () => {} } })
    const many = async (count: number): Promise<void> => {
      let left = count
      const worker = async (): Promise<void> => {
        while (left-- > 0) await session.get(server.url, { params: { left } }).json()
      }
      await Promise.all(Array.from({ length: 32 }, worker))
    }
    await many(REQUESTS / 4)
    const before = heapUsed()
    await many((REQUESTS * 3) / 4)
    expect(heapUsed() - before).toBeLessThan(2 * MB)
  })

  it('endures: unread responses of calls with one signal are garbage-collected', PATIENT, async () => {
    const server = await plainServer((_request, response) => response.end('x'.repeat(20_000)))
    const session = sessionOver('sockets', { timeout: 600_000 })
    const { signal } = new AbortController()
    const seen: WeakRef<object>[] = []
    for (let done = 0; done < 1000; done += 1) {
      const response = await session.get(server.url, { signal })
      seen.push(new WeakRef(response))
      if (done % 2 === 0) seen.push(new WeakRef(response.body as object)) // its stream hears of the signal
    }
    await expect
      .poll(() => (collectGarbage(), seen.filter((each) => each.deref() !== undefined).length), PATIENT)
      .toBeLessThan(10)
  })
})
