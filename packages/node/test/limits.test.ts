import { Agent } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { PreparedRequest, Session } from '@session-fetch/node'
import { type Fault, head, ok } from '@session-fetch/test-support/fault-server'
import { Client } from 'undici'
import { describe, expect, it } from 'vitest'
import { CrossFetchTransport } from '../src/lib/cross-fetch-transport.js'
import { type ResponseLimits, toLimits } from '../src/lib/response-limits.js'
import { UndiciExchange } from '../src/lib/undici-exchange.js'
import { TRANSPORTS, type TransportName, atEnd, failure, serve, sessionOver } from './fault-stage.js'

/** A session whose responses from this server are limited. */
function limited(transport: TransportName, url: string, limits: ResponseLimits): Session {
  const session = sessionOver(transport)
  session.mount(url, transport === 'undici' ? undiciTransport(url, limits) : agentTransport(limits))
  return session
}

function agentTransport(limits: ResponseLimits): CrossFetchTransport {
  const agent = new Agent({ keepAlive: true })
  atEnd(() => agent.destroy())
  return new CrossFetchTransport(agent, toLimits(limits))
}

function undiciTransport(
  url: string,
  limits: ResponseLimits,
): { send(request: PreparedRequest): Promise<Response> } {
  const client = new Client(new URL(url).origin, { keepAliveTimeout: 20 })
  atEnd(() => client.destroy())
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        const options = { path: new URL(request.url).pathname, method: 'GET' as const }
        const events = { limits: toLimits(limits), resolve, reject, over: () => {} }
        client.dispatch(options, new UndiciExchange(request, options, events))
      }),
  }
}

/** Every way to take a body. */
const readers: [string, (response: Response) => Promise<unknown>][] = [
  ['text', (response) => response.text()],
  ['json', (response) => response.json()],
  ['bytes', (response) => response.bytes()],
  ['blob', (response) => response.blob()],
  ['a clone', (response) => response.clone().arrayBuffer()],
  ['a stream', (response) => drain(response.body)],
]

async function drain(body: ReadableStream<Uint8Array> | null): Promise<number> {
  let size = 0
  for await (const chunk of body ?? []) size += chunk.byteLength
  return size
}

const TOO_LARGE = { name: 'ResponseTooLargeError', phase: 'body', retryable: false }
const endless: Fault = (visit) => {
  visit.send(head('200 OK', 'Content-Length: 1000000000000'))
  const chunk = Buffer.alloc(65_536, 'x')
  const more = (): void => void (visit.socket.writable && visit.socket.write(chunk, () => setImmediate(more)))
  more()
}

describe.each(TRANSPORTS)('maxResponseSize, over %s,', (transport) => {
  it.each(readers)('lets a body of just that size through %s', async (_name, read) => {
    const server = await serve((visit) => visit.send(ok(`"${'x'.repeat(998)}"`)))
    await read(await limited(transport, server.url, { maxResponseSize: 1000 }).get(server.url))
    expect(server.open()).toBe(1)
  })

  it.each(readers)(
    'ends a body of one byte more through %s, and closes its connection',
    async (_name, read) => {
      const server = await serve((visit) => visit.send(ok(`"${'x'.repeat(999)}"`)))
      const response = await limited(transport, server.url, { maxResponseSize: 1000 }).get(server.url)
      await expect(read(response)).rejects.toMatchObject(TOO_LARGE)
    },
  )

  it.each(readers)('ends an endless body through %s, and closes its connection', async (_name, read) => {
    const server = await serve(endless)
    const response = await limited(transport, server.url, { maxResponseSize: 1_000_000 }).get(server.url)
    await expect(read(response)).rejects.toMatchObject(TOO_LARGE)
    await server.whenOpen(0)
  })

  it('takes no memory for what is only announced', async () => {
    const server = await serve((visit) =>
      visit.end(`${head('200 OK', 'Content-Length: 1000000000000')}ten bytes!`),
    )
    const before = process.memoryUsage().arrayBuffers
    const failing = await failure(limited(transport, server.url, { maxResponseSize: 1e13 }), server.url)
    expect(failing).toMatchObject({ name: 'TruncatedError' })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
  })

  it.each(readers)('counts what a body decodes to through %s', async (_name, read) => {
    const bomb = gzipSync(Buffer.from(`"${'x'.repeat(20_000)}"`))
    const server = await serve((visit) => visit.send(ok(bomb, 'Content-Encoding: gzip')))
    const session = limited(transport, server.url, { maxResponseSize: 10_000 })
    await expect(read(await session.get(server.url))).rejects.toMatchObject(TOO_LARGE)
    await read(await limited(transport, server.url, { maxResponseSize: 20_002 }).get(server.url))
  })

  it('gives a reader what came before the limit', async () => {
    const server = await serve(endless)
    const response = await limited(transport, server.url, { maxResponseSize: 200_000 }).get(server.url)
    let size = 0
    const read = async (): Promise<void> => {
      for await (const chunk of response.body ?? []) size += chunk.byteLength
    }
    await expect(read()).rejects.toMatchObject(TOO_LARGE)
    expect(size).toBeGreaterThan(100_000)
    expect(size).toBeLessThanOrEqual(200_000)
  })

  it('holds for what nobody reads', async () => {
    const server = await serve((visit) => visit.send(ok('x'.repeat(5000))))
    await limited(transport, server.url, { maxResponseSize: 1000 }).get(server.url)
    await server.whenOpen(0)
  })
})

describe.each(TRANSPORTS)('without a limit, over %s,', (transport) => {
  it('a body may decode to 10 MiB, whatever it is made of', async () => {
    const bytes = gzipSync(Buffer.alloc(10 * 1024 * 1024))
    const server = await serve((visit) => visit.send(ok(bytes, 'Content-Encoding: gzip')))
    const session = sessionOver(transport)
    expect((await session.get(server.url).bytes()).byteLength).toBe(10 * 1024 * 1024)
    expect(await drain((await session.get(server.url)).body)).toBe(10 * 1024 * 1024)
  })

  it('a body may decode to more when it is less than 200 times its size', async () => {
    const noise = Buffer.from(Array.from({ length: 1_500_000 }, (_, index) => `${index} `).join(''))
    const server = await serve((visit) =>
      visit.send(ok(gzipSync(noise, { level: 1 }), 'Content-Encoding: gzip')),
    )
    expect(noise.length).toBeGreaterThan(11_000_000)
    expect(await drain((await sessionOver(transport).get(server.url)).body)).toBe(noise.length)
  })

  it('a bomb inside a coding is one, and closes its connection', async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(100_000_000)))
    const server = await serve((visit) => visit.send(ok(bomb, 'Content-Encoding: gzip, gzip')))
    const session = sessionOver(transport)
    await expect(session.get(server.url).bytes()).rejects.toMatchObject(TOO_LARGE)
    await expect(drain((await session.get(server.url)).body)).rejects.toMatchObject(TOO_LARGE)
  })

  it('a bomb that nobody reads is never decoded', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    const server = await serve(({ request, send }) => {
      if (request.target === '/end') return send(ok('end'))
      const fields = ['Location: /end', 'Content-Encoding: gzip', `Content-Length: ${bomb.length}`]
      send(Buffer.concat([Buffer.from(head('302 Found', ...fields)), bomb]))
    })
    const response = await sessionOver(transport).get(server.url)
    expect(await response.text()).toBe('end')
    await expect(response.history[0]?.text()).rejects.toMatchObject({
      name: expect.stringMatching(/Abort|TooLarge/) as string,
    })
  })
})

describe.each(TRANSPORTS)('limits of a head, over %s,', (transport) => {
  it.each([
    ['maxHeaderCount', { maxHeaderCount: 3 }, head('200 OK', 'Content-Length: 0', 'A: 1', 'B: 1', 'C: 1')],
    [
      'maxSetCookies',
      { maxSetCookies: 1 },
      head('200 OK', 'Content-Length: 0', 'Set-Cookie: a=1', 'Set-Cookie: b=1'),
    ],
  ])('%s: more are a HeadersTooLargeError', async (_name, limits, bytes) => {
    const server = await serve((visit) => visit.send(bytes))
    expect(await failure(limited(transport, server.url, limits), server.url)).toMatchObject({
      name: 'HeadersTooLargeError',
      phase: 'headers',
    })
    const more = { maxHeaderCount: 4, maxSetCookies: 2 }
    expect((await limited(transport, server.url, more).get(server.url)).status).toBe(200)
  })

  it('maxInterim: more are a ProtocolError', async () => {
    const server = await serve((visit) => visit.send(head('103 Early').repeat(2) + ok().toString()))
    const failing = await failure(limited(transport, server.url, { maxInterim: 1 }), server.url)
    expect(failing).toMatchObject({ name: 'ProtocolError', phase: 'headers' })
    expect((await limited(transport, server.url, { maxInterim: 2 }).get(server.url)).status).toBe(200)
  })
})
