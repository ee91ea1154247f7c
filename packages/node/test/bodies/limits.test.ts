import { randomBytes } from 'node:crypto'
import { Agent } from 'node:http'
import { gzipSync } from 'node:zlib'
import {
  type CallOptions,
  InvalidRequestError,
  type LimitOptions,
  Session,
  type SessionOptions,
} from '@session-fetch/node'
import { type Fault, head, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { TRANSPORTS, failure, serve, sessionOver } from '../fault-stage.js'

/** Every reader of a body. */
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

/** What decodes to some hundred times its size, but less than 200: noise that repeats within gzip's window. */
const REPETITIVE_SIZE = 11_000_000
const REPETITIVE = gzipSync(Buffer.alloc(REPETITIVE_SIZE, randomBytes(20_000)), { level: 6 })

const GZIP = 'Content-Encoding: gzip'
const TOO_LARGE = { name: 'ResponseTooLargeError', phase: 'body', retryable: false }
const endless: Fault = (visit) => {
  visit.send(head('200 OK', 'Content-Length: 1000000000000'))
  const chunk = Buffer.alloc(65_536, 'x')
  const more = (): void => void (visit.socket.writable && visit.socket.write(chunk, () => setImmediate(more)))
  more()
}

describe.each(TRANSPORTS)('maxResponseSize, over %s,', (transport) => {
  it.each(readers)('accepts a body of exactly that size through %s', async (_name, read) => {
    const server = await serve((visit) => visit.send(ok(`"${'x'.repeat(998)}"`)))
    await read(await sessionOver(transport, { maxResponseSize: 1000 }).get(server.url))
    expect(server.open()).toBe(1)
  })

  it.each(readers)(
    'ends a body of one byte more through %s, and closes its connection',
    async (_name, read) => {
      const server = await serve((visit) => visit.send(ok(`"${'x'.repeat(999)}"`)))
      const response = await sessionOver(transport, { maxResponseSize: 1000 }).get(server.url)
      await expect(read(response)).rejects.toMatchObject(TOO_LARGE)
    },
  )

  it.each(readers)('ends an endless body through %s, and closes its connection', async (_name, read) => {
    const server = await serve(endless)
    const response = await sessionOver(transport, { maxResponseSize: 1_000_000 }).get(server.url)
    await expect(read(response)).rejects.toMatchObject(TOO_LARGE)
    await server.whenOpen(0)
  })

  it('allocates no memory for an announced length', async () => {
    const server = await serve((visit) =>
      visit.end(`${head('200 OK', 'Content-Length: 1000000000000')}ten bytes!`),
    )
    const before = process.memoryUsage().arrayBuffers
    const failing = await failure(sessionOver(transport, { maxResponseSize: 1e13 }), server.url)
    expect(failing).toMatchObject({ name: 'TruncatedError' })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
  })

  it.each(readers)('counts the decoded body through %s', async (_name, read) => {
    const bomb = gzipSync(Buffer.from(`"${'x'.repeat(20_000)}"`))
    const server = await serve((visit) => visit.send(ok(bomb, GZIP)))
    const session = sessionOver(transport, { maxResponseSize: 10_000 })
    await expect(read(await session.get(server.url))).rejects.toMatchObject(TOO_LARGE)
    await read(await sessionOver(transport, { maxResponseSize: 20_002 }).get(server.url))
  })

  it('returns the part before the limit to a reader', async () => {
    const server = await serve(endless)
    const response = await sessionOver(transport, { maxResponseSize: 200_000 }).get(server.url)
    let size = 0
    const read = async (): Promise<void> => {
      for await (const chunk of response.body ?? []) size += chunk.byteLength
    }
    await expect(read()).rejects.toMatchObject(TOO_LARGE)
    expect(size).toBeGreaterThan(100_000)
    expect(size).toBeLessThanOrEqual(200_000)
  })

  it('applies to unread bodies', async () => {
    const server = await serve((visit) => visit.send(ok('x'.repeat(5000))))
    await sessionOver(transport, { maxResponseSize: 1000 }).get(server.url)
    await server.whenOpen(0)
  })
})

describe.each(TRANSPORTS)('limits.ratio, unless it is set, over %s,', (transport) => {
  it('means that a body may decode to 10 MiB, whatever it is made of', async () => {
    const bytes = gzipSync(Buffer.alloc(10 * 1024 * 1024))
    const server = await serve((visit) => visit.send(ok(bytes, GZIP)))
    const session = sessionOver(transport)
    expect((await session.get(server.url).bytes()).byteLength).toBe(10 * 1024 * 1024)
    expect(await drain((await session.get(server.url)).body)).toBe(10 * 1024 * 1024)
  })

  it('means that a body may decode to more when it is less than 200 times its size', async () => {
    const server = await serve((visit) => visit.send(ok(REPETITIVE, GZIP)))
    const response = await sessionOver(transport).get(server.url)
    expect(await drain(response.body)).toBe(REPETITIVE_SIZE)
  })

  it('detects a bomb inside another coding, and closes its connection', async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(20_000_000)))
    const server = await serve((visit) => visit.send(ok(bomb, 'Content-Encoding: gzip, gzip')))
    const session = sessionOver(transport)
    await expect(session.get(server.url).bytes()).rejects.toMatchObject(TOO_LARGE)
    await expect(drain((await session.get(server.url)).body)).rejects.toMatchObject(TOO_LARGE)
  })

  it('does not decode an unread bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000))
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

describe.each(TRANSPORTS)('limits.ratio, over %s,', (transport) => {
  it('is 200 by default', async () => {
    const server = await serve((visit) => visit.send(ok(REPETITIVE, GZIP)))
    const strict = sessionOver(transport, { limits: { ratio: 50 } })
    await expect(strict.get(server.url).bytes()).rejects.toMatchObject(TOO_LARGE)
    expect((await sessionOver(transport).get(server.url).bytes()).length).toBe(REPETITIVE_SIZE)
  })

  it('is disabled by Infinity', async () => {
    const server = await serve((visit) => visit.send(ok(gzipSync(Buffer.alloc(11_000_000)), GZIP)))
    const trusting = sessionOver(transport, { limits: { ratio: Infinity } })
    expect((await trusting.get(server.url).bytes()).length).toBe(11_000_000)
    await expect(sessionOver(transport).get(server.url).bytes()).rejects.toMatchObject(TOO_LARGE)
  })
})

const nothing = (...headers: string[]): string => head('200 OK', 'Content-Length: 0', ...headers)

describe.each(TRANSPORTS)('limits.headers, over %s,', (transport) => {
  it.each([
    ['headers', nothing('A: 1', 'B: 1', 'C: 1'), 3, 4],
    ['setCookies', nothing('Set-Cookie: a=1', 'Set-Cookie: b=1'), 1, 2],
    ['headerBytes', nothing(`A: ${'x'.repeat(2000)}`), 1000, 3000],
    ['headerBytes', nothing(`A: ${'x'.repeat(30_000)}`), 20_000, 40_000],
    ['headerBytes', nothing(`A: ${'x'.repeat(30_000)}`), undefined, Infinity],
    ['headers', nothing(...Array.from({ length: 400 }, (_, n) => `A${n}: 1`)), undefined, Infinity],
    ['setCookies', nothing(...Array.from({ length: 190 }, (_, n) => `Set-Cookie: a${n}=1`)), undefined, 190],
  ])('%s: more are a HeadersTooLargeError', async (name, bytes, tooFew, enough) => {
    const server = await serve((visit) => visit.send(bytes))
    const strict = sessionOver(transport, { limits: { [name]: tooFew } })
    expect(await failure(strict, server.url)).toMatchObject({
      name: 'HeadersTooLargeError',
      phase: 'headers',
    })
    await server.whenOpen(0)
    expect(await strict.cookies.getAll()).toEqual([])
    const lenient = sessionOver(transport, { limits: { [name]: enough } })
    expect((await lenient.get(server.url)).status).toBe(200)
  })

  it('informational: more are a ProtocolError', async () => {
    const server = await serve((visit) => visit.send(head('103 Early').repeat(2) + ok().toString()))
    const failing = await failure(sessionOver(transport, { limits: { informational: 1 } }), server.url)
    expect(failing).toMatchObject({ name: 'ProtocolError', phase: 'headers' })
    expect((await sessionOver(transport, { limits: { informational: 2 } }).get(server.url)).status).toBe(200)
  })
})

describe.each(TRANSPORTS)('maxResponseSize as a setting, over %s,', (transport) => {
  it('is live, can be replaced by a call, and removed by null', async () => {
    const server = await serve((visit) => visit.send(ok('ten bytes!')))
    const session = sessionOver(transport, { maxResponseSize: 9 })
    await expect(session.get(server.url).text()).rejects.toMatchObject(TOO_LARGE)
    expect(await session.get(server.url, { maxResponseSize: 10 }).text()).toBe('ten bytes!')
    expect(await session.get(server.url, { maxResponseSize: null }).text()).toBe('ten bytes!')
    session.maxResponseSize = 10
    expect(await session.get(server.url).text()).toBe('ten bytes!')
    await expect(session.get(server.url, { maxResponseSize: 0 }).text()).rejects.toMatchObject(TOO_LARGE)
  })

  it('applies to extend() and redirects', async () => {
    const server = await serve(({ request, send }) =>
      send(
        request.target === '/' ? nothing('Location: /end').replace('200 OK', '302 Found') : ok('ten bytes!'),
      ),
    )
    const session = sessionOver(transport, { maxResponseSize: 9 }).extend()
    await expect(session.get(server.url).text()).rejects.toMatchObject(TOO_LARGE)
  })
})

describe('maxResponseSize and limits', () => {
  it.each([-1, 1.5, NaN, '10', {}])('refuse a maxResponseSize of %j', async (maxResponseSize) => {
    const options = { maxResponseSize } as CallOptions
    await expect(new Session().get('http://127.0.0.1:9/', options)).rejects.toThrow(
      'maxResponseSize must be a whole number of 0 or more',
    )
  })

  it.each([-1, 1.5, NaN, '10', {}])('refuse limits.headers of %j', (headers) => {
    const limits = { headers } as LimitOptions
    expect(() => new Session({ limits })).toThrow('limits.headers must be a whole number of 0 or more')
    expect(() => new Session({ limits, agent: new Agent() })).toThrow(InvalidRequestError)
  })

  it('refuse an unknown limit', () => {
    const limits = { maxHeaders: 1 } as LimitOptions
    expect(() => new Session({ limits })).toThrow(
      'limits has no member "maxHeaders"; its members are headerBytes, headers, setCookies, informational, ratio',
    )
  })

  it('apply to the children of a session', () => {
    expect(() => new Session().extend({ limits: {} } as SessionOptions)).toThrow(InvalidRequestError)
  })
})
