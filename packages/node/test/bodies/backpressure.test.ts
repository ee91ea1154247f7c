import { Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Session } from '@session-fetch/node'
import { type FaultServer, type Visit, head, ok } from '@session-fetch/test-support/fault-server'
import { Agent as Dispatcher } from 'undici'
import { describe, expect, it } from 'vitest'
import { TRANSPORTS, type TransportName, atEnd, serve, sessionOver } from '../fault-stage.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const MB = 1024 * 1024
/** The amount of data; bench/endurance.mjs sends a gigabyte. */
const SIZE = 256 * MB
/**
 * Node allocates up to 64 MB of buffers before it collects them, and the heap of the other tests in this process may grow:
 * Node 24 took 119 MB. A body that is not paused takes all of `SIZE`.
 */
const FLAT = 160 * MB
const PATIENT = { timeout: 180_000 }
/** More than the buffers of two sockets in the system and in Node. */
const BUFFERS = 24 * MB

/** How much more memory the process has taken than at first, at its most so far. */
function memory(): () => number {
  collectGarbage()
  const before = process.memoryUsage.rss()
  let most = 0
  return () => {
    most = Math.max(most, process.memoryUsage.rss() - before)
    return most
  }
}

/** Sends `size` bytes as fast as they are taken; the same chunk again and again. */
function flood({ socket, send }: Visit, size: number): void {
  send(head('200 OK', `Content-Length: ${size}`))
  const chunk = Buffer.alloc(65_536, 'x')
  let left = size
  const more = (): void => {
    while (left > 0 && socket.writable) {
      left -= chunk.byteLength
      if (!socket.write(chunk)) return
    }
  }
  socket.on('drain', more)
  more()
}

/** Reads all of a body, with a pause after every megabyte. */
async function slowly(body: AsyncIterable<Uint8Array> | null, look: () => number): Promise<number> {
  let size = 0
  let pause = MB
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    if (size < pause) continue
    pause += MB
    await new Promise((resolve) => setImmediate(resolve))
    look()
  }
  return size
}

/** Many turns for everything else that is under way: so many requests, one after another, on another connection. */
async function meanwhile(session: Session, { url }: FaultServer): Promise<void> {
  for (let count = 0; count < 200; count += 1) await session.get(`${url}small`).text()
}

/** Responds when a whole body was received. */
function swallow({ socket, request, send }: Visit, size: number): void {
  let left = size - request.body.byteLength
  socket.on('data', (bytes: Buffer) => {
    left -= bytes.byteLength
    if (left <= 0) send(ok('all'))
  })
}

async function* bytes(size: number, onChunk: (made: number) => void): AsyncGenerator<Uint8Array> {
  for (let made = 0; made < size; made += 65_536) {
    onChunk(made)
    yield new Uint8Array(65_536)
  }
}

/** A session without a deadline, and with a connection for the calls beside the long one. */
function patient(transport: TransportName): Session {
  const agent = transport === 'dispatcher' ? new Dispatcher({ connections: 2 }) : undefined
  if (agent) atEnd(() => agent.destroy())
  return sessionOver(transport, { timeout: null, ...(agent && { agent }) })
}

describe.each(TRANSPORTS)('Session, over %s,', (transport) => {
  it(`takes ${SIZE / MB} MB through a slow reader in bounded memory`, PATIENT, async () => {
    const server = await serve((visit) => flood(visit, SIZE))
    const response = await patient(transport).get(server.url)
    const look = memory()
    expect(await slowly(response.body, look)).toBe(SIZE)
    expect(look()).toBeLessThan(FLAT)
  })

  it('makes a server wait for a reader that does not read', PATIENT, async () => {
    let visit: Visit | undefined
    const server = await serve((come) => {
      if (come.request.target === '/small') return come.send(ok())
      visit = come
      flood(come, SIZE)
    })
    const session = patient(transport)
    const reader = (await session.get(server.url)).body?.getReader()
    await reader?.read()
    await meanwhile(session, server)
    expect(visit?.socket.bytesWritten).toBeLessThan(BUFFERS)
    await reader?.cancel()
    await server.whenOpen(1)
  })

  it('makes an upload wait for a server that does not read', PATIENT, async () => {
    const server = await serve(
      ({ request, socket, send }) => (request.target === '/small' ? send(ok()) : void socket.pause()),
      { early: true },
    )
    let made = 0
    let tellEnd: (() => void) | undefined
    const ended = new Promise<void>((resolve) => (tellEnd = resolve))
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        yield* bytes(SIZE, (count) => (made = count))
      } finally {
        tellEnd?.()
      }
    }
    const stop = new AbortController()
    const session = patient(transport)
    const call = session.post(server.url, { body: body(), signal: stop.signal })
    const failing = expect(call).rejects.toMatchObject({ name: 'AbortError' })
    await server.whenRequests(1)
    await meanwhile(session, server)
    expect(made).toBeGreaterThan(0)
    expect(made).toBeLessThan(BUFFERS)
    stop.abort()
    await failing
    await ended // nobody wants more of it, and it was told so
  })

  it.each([
    ['an async iterable', (body: AsyncIterable<Uint8Array>) => body],
    ['a Readable', (body: AsyncIterable<Uint8Array>) => Readable.from(body, { objectMode: false })],
    [
      'a web stream',
      (body: AsyncIterable<Uint8Array>) => Readable.toWeb(Readable.from(body)) as ReadableStream,
    ],
  ])('sends a long body from %s in bounded memory', PATIENT, async (_name, of) => {
    const server = await serve((visit) => swallow(visit, SIZE / 2), { early: true })
    const look = memory()
    const session = patient(transport)
    const body = of(bytes(SIZE / 2, look)) as NonNullable<RequestInit['body']>
    expect(await session.post(server.url, { body }).text()).toBe('all')
    expect(look()).toBeLessThan(FLAT)
  })
})
