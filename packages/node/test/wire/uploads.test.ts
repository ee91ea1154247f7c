import { createReadStream } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { ConnectionError, InvalidRequestError } from '@session-fetch/node'
import { head, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it, vi } from 'vitest'
import { TRANSPORTS, serve, sessionOver } from '../fault-stage.js'
import { Gate } from './gate.js'
import { parseRequests } from './parse-requests.js'
import { type Recorder, startRecorder } from './recorder.js'

/** A Blob whose bytes are not as many as it says, as those of a file that is being written are not. */
class WrongBlob extends Blob {
  readonly #bytes: Blob

  constructor(said: number, real: number) {
    super([new Uint8Array(said)])
    this.#bytes = new Blob([new Uint8Array(real).fill(0x78)])
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#bytes.stream()
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.#bytes.arrayBuffer()
  }
}

describe('body: one of another length than was declared', () => {
  const lengths = [
    ['too short', 10, 3],
    ['too short, by all', 10, 0],
    ['too long', 3, 10],
    ['too long, from nothing', 0, 10],
    ['large and too short', 1_100_000, 1_099_999],
    ['large and too long', 1_100_000, 1_100_001],
  ] as const

  it.each(lengths)('(%s) fails, and nothing follows it on its connection', async (_how, said, real) => {
    const recorder = await startRecorder()
    const session = sessionOver('sockets')
    const call = session.post(recorder.url, { body: new WrongBlob(said, real) })
    await expect(call).rejects.toBeInstanceOf(InvalidRequestError)
    expect(await session.get(`${recorder.url}next`).text()).toBe('ok')
    const raw = recorder.raw(0)
    if (raw.startsWith('POST')) expect(raw.slice(raw.indexOf('\r\n\r\n') + 4)).toMatch(/^x*$/)
    expect(recorder.requests.map(({ target }) => target).at(-1)).toBe('/next')
  })

  it.each(lengths)('(%s) fails with progress, too', async (_how, said, real) => {
    const recorder = await startRecorder()
    const session = sessionOver('sockets')
    const call = session.post(recorder.url, { body: new WrongBlob(said, real), onUploadProgress: () => {} })
    await expect(call).rejects.toBeInstanceOf(InvalidRequestError)
    expect(await session.get(`${recorder.url}next`).text()).toBe('ok')
    const raw = recorder.raw(0)
    expect(raw.slice(raw.indexOf('\r\n\r\n') + 4)).toMatch(/^x*$/)
    expect(recorder.requests.map(({ target }) => target).at(-1)).toBe('/next')
  })
})

describe('body: one whose source fails half-way', () => {
  const broken = new Error('the disk is gone')

  /** Some bytes, and then, when the server has them, whatever `next` does. */
  async function* source(recorder: Recorder, next: () => unknown): AsyncGenerator<Uint8Array | string> {
    yield 'some'
    await recorder.whenRequests(1)
    yield next() as string
    yield 'more'
  }

  const fail = (): never => {
    throw broken
  }

  it.each([
    ['an iterable', (recorder: Recorder) => source(recorder, fail)],
    [
      'a web stream',
      (recorder: Recorder) =>
        new ReadableStream<Uint8Array>({
          async pull(controller) {
            controller.enqueue(Buffer.from('some'))
            await recorder.whenRequests(1)
            controller.error(broken)
          },
        }),
    ],
  ])('(%s) is not ended as if it were whole, and fails with the error of the source', async (_name, body) => {
    const recorder = await startRecorder(() => {}, { early: true })
    const session = sessionOver('sockets')
    await expect(session.post(recorder.url, { body: body(recorder) })).rejects.toBe(broken)
    await recorder.whenOpen(0)
    expect(() => parseRequests(recorder.raw(0))).toThrow('"" is not')
    expect(recorder.raw(0)).toMatch(/\r\n\r\n4\r\nsome\r\n$/)
  })

  it.each([[7], [null], [undefined], [{}], [['a']], [new Uint16Array(2)], [new ArrayBuffer(2)]])(
    'because it gives %j is not ended as if it were whole',
    async (chunk) => {
      const recorder = await startRecorder(() => {}, { early: true })
      const call = sessionOver('sockets').post(recorder.url, { body: source(recorder, () => chunk) })
      await expect(call).rejects.toBeInstanceOf(InvalidRequestError)
      await recorder.whenOpen(0)
      expect(recorder.raw(0)).toMatch(/\r\n\r\n4\r\nsome\r\n$/)
    },
  )

  it('is not ended as if it were whole by an abort', async () => {
    const recorder = await startRecorder(() => {}, { early: true })
    const stop = new AbortController()
    const body = source(recorder, () => (stop.abort(broken), 'late'))
    await expect(sessionOver('sockets').post(recorder.url, { body, signal: stop.signal })).rejects.toBe(
      broken,
    )
    await recorder.whenOpen(0)
    expect(recorder.raw(0)).toMatch(/\r\n\r\n4\r\nsome\r\n$/)
  })
})

describe('body: a large one that nobody wants the rest of', () => {
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(5_000_000)]))
  const bodies = [
    ['Blob', new Blob([new Uint8Array(5_000_000)])],
    ['form', form],
  ] as const

  it.each(bodies)('is let go after an early answer, as a %s', async (_kind, body) => {
    const early = head('413 Content Too Large', 'Content-Length: 0', 'Connection: close')
    const server = await serve(({ end }) => end(early), { early: true })
    const response = await sessionOver('sockets').post(server.url, { body })
    expect(response.status).toBe(413)
    await server.whenOpen(0)
  })

  it.each(bodies)('is let go after an abort, as a %s', async (_kind, body) => {
    const server = await serve(({ socket }) => socket.pause(), { early: true })
    const session = sessionOver('sockets')
    const stop = new AbortController()
    const call = session.post(server.url, { body, signal: stop.signal })
    await server.whenRequests(1)
    stop.abort()
    await expect(call).rejects.toMatchObject({ name: 'AbortError' })
    expect(session.stats().running).toBe(0)
  })

  it('is not told so by a method that its caller gave it', async () => {
    const cancel = vi.fn(() => Promise.reject(new Error('not asked')))
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) yield new Uint8Array(100_000)
    }
    const early = head('413 Content Too Large', 'Content-Length: 0', 'Connection: close')
    const server = await serve(({ end }) => end(early), { early: true })
    const body = Object.assign(chunks(), { cancel })
    expect((await sessionOver('sockets').post(server.url, { body })).status).toBe(413)
    await server.whenOpen(0)
    expect(cancel).not.toHaveBeenCalled()
  })
})

describe('body: a Readable', () => {
  const WAYS = [
    ['sockets', {}],
    ['sockets', { onUploadProgress: () => {} }],
    ['cross-fetch', {}],
  ] as const

  it.each(WAYS)(
    'that fails before the connection is there is the call’s error, over %s %j',
    async (way, options) => {
      const server = await serve(({ send }) => send(ok('ok')))
      const body = createReadStream('/nowhere/at/all')
      const failed = new Promise<void>((resolve) => void body.once('close', resolve))
      const session = sessionOver(way, {
        hooks: { request: ({ request }) => (request.body ? failed : undefined) },
      })
      const call = session.put(server.url, { body, ...options })
      await expect(call).rejects.toMatchObject({ code: 'ENOENT' })
      expect(await session.get(server.url).text()).toBe('ok')
    },
  )

  it.each(WAYS)('that waits is destroyed by an abort, over %s %j', async (way, options) => {
    const server = await serve(() => {}, { early: true })
    const session = sessionOver(way)
    const stop = new AbortController()
    const body = new PassThrough()
    body.write('begun')
    const call = session.put(server.url, { body, signal: stop.signal, ...options })
    await server.whenRequests(1)
    stop.abort()
    await expect(call).rejects.toMatchObject({ name: 'AbortError' })
    await expect.poll(() => body.destroyed).toBe(true)
  })

  it.each(TRANSPORTS)('that was read or destroyed before is refused, over %s', async (way) => {
    const server = await serve(({ send }) => send(ok('ok')))
    const session = sessionOver(way)
    const body = Readable.from(['once'])
    expect(await session.put(server.url, { body }).text()).toBe('ok')
    for (const spent of [body, new PassThrough().destroy()])
      await expect(session.put(server.url, { body: spent })).rejects.toThrow(InvalidRequestError)
    expect(server.requests).toHaveLength(1)
  })

  it.each(TRANSPORTS)('of what is neither bytes nor text fails, over %s', async (way) => {
    const server = await serve(({ send }) => send(ok('ok')), { early: true })
    const call = sessionOver(way).put(server.url, { body: Readable.from([1, 2]) })
    await expect(call).rejects.toThrow(InvalidRequestError)
  })

  it.each(TRANSPORTS)('that is destroyed half-way fails, over %s', async (way) => {
    const server = await serve(() => {}, { early: true })
    const body = new PassThrough()
    body.write('begun')
    const call = sessionOver(way).put(server.url, { body })
    await server.whenRequests(1)
    body.destroy()
    await expect(call).rejects.toMatchObject({ name: 'ConnectionError', retryable: false })
  })

  it.each(TRANSPORTS)('that waits is destroyed when its connection is lost, over %s', async (way) => {
    const server = await serve(({ socket }) => socket.destroy(), { early: true })
    const body = new PassThrough()
    body.write('begun')
    const call = sessionOver(way).put(server.url, { body })
    await expect(call).rejects.toBeInstanceOf(ConnectionError)
    await expect.poll(() => body.destroyed).toBe(true)
  })
})

describe('body: a server that does not read', () => {
  const MB = 1024 * 1024
  /** More than the buffers of two sockets in the system and in Node. */
  const BUFFERS = 24 * MB
  const SIZE = 48 * MB
  const PATIENT = { timeout: 180_000 }

  it('makes the source of a body wait, and gets all of it when it reads on', PATIENT, async () => {
    let read = 0
    const resume = new Gate()
    const server = await serve(
      ({ request, socket, send }) => {
        if (request.target === '/small') return send(ok())
        read = request.body.byteLength
        socket.pause()
        void resume.opened.then(() => socket.resume())
        socket.on('data', (bytes: Buffer) => {
          read += bytes.byteLength
          if (read === SIZE) send(head('200 OK', 'Content-Length: 0'))
        })
      },
      { early: true },
    )
    let made = 0
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
      if (made === SIZE) return controller.close()
      made += MB / 2
      controller.enqueue(new Uint8Array(MB / 2))
    }
    const session = sessionOver('sockets', { timeout: null })
    const body = new Blob([new Uint8Array(SIZE)]) // of known length, so that its end can be counted
    const streamed = session.post(server.url, {
      body: Object.assign(body, { stream: () => new ReadableStream({ pull }) }),
    })
    await server.whenRequests(1)
    for (let count = 0; count < 200; count += 1) await session.get(`${server.url}small`).text()
    expect(made).toBeGreaterThan(0)
    expect(made).toBeLessThan(BUFFERS)
    resume.open()
    expect((await streamed).status).toBe(200)
    expect([made, read]).toEqual([SIZE, SIZE])
  })
})
