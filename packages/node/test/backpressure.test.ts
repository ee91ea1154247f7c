import { Agent } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { type FaultServer, type Visit, head, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { TRANSPORTS, type TransportName, atEnd, serve, sessionOver } from './fault-stage.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const MB = 1024 * 1024
/** How much is sent through a reader: `BACKPRESSURE_MB=1024` for a whole gigabyte. */
const SIZE = Number(process.env['BACKPRESSURE_MB'] ?? 256) * MB
const FLAT = 64 * MB
const MINUTES = { timeout: 300_000 }

/** Memory beyond what there was, at its most so far. */
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

async function slowly(body: AsyncIterable<Uint8Array> | null, look: () => number): Promise<number> {
  let size = 0
  let turns = 0
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    turns += 1
    if (turns % 64 !== 0) continue
    await new Promise((resolve) => setImmediate(resolve))
    look()
  }
  return size
}

describe.each(TRANSPORTS)('back-pressure, over %s,', (transport) => {
  it(`takes ${SIZE / MB} MB through a slow reader in less than 64 MB`, MINUTES, async () => {
    const server = await serve((visit) => flood(visit, SIZE))
    const response = await sessionOver(transport, { timeout: { headers: 5000 } }).get(server.url)
    const look = memory()
    expect(await slowly(response.body, look)).toBe(SIZE)
    expect(look()).toBeLessThan(FLAT)
  })

  it('takes a long body through its decoder in less than 64 MB', MINUTES, async () => {
    const part = gzipSync(
      Buffer.from(Array.from({ length: 200_000 }, (_, index) => `${index * 7919} `).join('')),
    )
    const count = Math.ceil(SIZE / 4 / part.length)
    const server = await serve((visit) => floodWith(visit, part, count))
    const response = await sessionOver(transport, { timeout: { headers: 5000 } }).get(server.url)
    const look = memory()
    expect(await slowly(response.body, look)).toBeGreaterThan(SIZE / 4)
    expect(look()).toBeLessThan(FLAT)
  })

  it('makes a server wait for a reader that does not read', async () => {
    let visit: Visit | undefined
    const server = await serve((come) => ((visit = come), flood(come, SIZE)))
    const response = await sessionOver(transport).get(server.url)
    const reader = response.body?.getReader()
    await reader?.read()
    const sent = await settled(() => visit?.socket.bytesWritten ?? 0)
    expect(sent).toBeLessThan(16 * MB)
    await reader?.cancel()
    await server.whenOpen(0)
  })

  it('makes an upload wait for a server that does not read', async () => {
    const server = await serve(({ socket }) => void socket.pause(), { early: true })
    let made = 0
    let ended = false
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        for (; made < SIZE; made += 65_536) yield new Uint8Array(65_536)
      } finally {
        ended = true
      }
    }
    const stop = new AbortController()
    const call = sessionOver(transport, { timeout: { headers: 60_000 } }).post(server.url, {
      body: body(),
      signal: stop.signal,
    })
    await server.whenRequests(1)
    expect(await settled(() => made)).toBeLessThan(16 * MB)
    stop.abort()
    await expect(call).rejects.toMatchObject({ name: 'AbortError' })
    await server.whenOpen(0)
    await expect.poll(() => ended).toBe(true)
  })

  it('sends a long upload in less than 64 MB', MINUTES, async () => {
    const server = await serve(({ socket, send }) => swallow(socket, SIZE, () => send(ok('all'))), {
      early: true,
    })
    const look = memory()
    const body = new ReadableStream({
      pull(controller) {
        look()
        if (sent >= SIZE) controller.close()
        else controller.enqueue(new Uint8Array(65_536))
        sent += 65_536
      },
    })
    let sent = 0
    const session = sessionOver(transport, { timeout: { headers: 120_000 } })
    expect(await session.post(server.url, { body }).text()).toBe('all')
    expect(look()).toBeLessThan(FLAT)
  })
})

/** Calls end at different moments: before they start, while the server thinks, and in the body. */
const ABORTED = 10_000

describe.each(TRANSPORTS)('aborts, over %s,', (transport) => {
  it(`leave nothing behind, however many: ${ABORTED}`, MINUTES, async () => {
    const server = await serve((visit) => visit.send(`${head('200 OK', 'Content-Length: 100')}some`))
    const session = sessionOver(transport, options(transport))
    const abortMany = async (count: number): Promise<void> => {
      for (let done = 0; done < count; done += 50) {
        await Promise.all(Array.from({ length: 50 }, (_, index) => abortOne(session.fetch, server, index)))
      }
      await server.whenOpen(0)
    }
    await abortMany(500)
    const [handles, heap] = [resources(), heapUsed()]
    await abortMany(ABORTED)
    expect(resources()).toBeLessThanOrEqual(handles + 5)
    expect(heapUsed() - heap).toBeLessThan(10 * MB)
  })
})

async function abortOne(send: typeof fetch, server: FaultServer, index: number): Promise<void> {
  const stop = new AbortController()
  const call = send(server.url, { signal: stop.signal })
  if (index % 3 === 0) stop.abort()
  else if (index % 3 === 1) setImmediate(() => stop.abort())
  else call.then(() => stop.abort()).catch(() => {})
  const error: unknown = await call.then((response) => response.text()).catch((error: unknown) => error)
  expect(error).toMatchObject({ name: 'AbortError' })
}

function options(transport: TransportName): { agent?: Agent } {
  if (transport === 'undici') return {}
  const agent = new Agent({ keepAlive: true })
  atEnd(() => agent.destroy())
  return { agent }
}

function resources(): number {
  return process.getActiveResourcesInfo().length
}

function heapUsed(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

/** The value that a growing number has come to rest at. */
async function settled(value: () => number): Promise<number> {
  for (;;) {
    const before = value()
    await new Promise((resolve) => setTimeout(resolve, 200))
    if (before > 0 && value() === before) return before
  }
}

function floodWith({ socket, send }: Visit, part: Uint8Array, count: number): void {
  send(head('200 OK', 'Content-Encoding: gzip', `Content-Length: ${part.length * count}`))
  let left = count
  const more = (): void => {
    while (left > 0 && socket.writable) {
      left -= 1
      if (!socket.write(part)) return
    }
  }
  socket.on('drain', more)
  more()
}

function swallow(socket: Visit['socket'], size: number, done: () => void): void {
  let came = 0
  socket.on('data', (bytes: Buffer) => {
    came += bytes.byteLength
    if (came >= size) {
      came = -Infinity
      done()
    }
  })
}
