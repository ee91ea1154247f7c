import { type ServerHttp2Stream, constants } from 'node:http2'
import {
  InvalidRequestError,
  type NodeSessionOptions,
  Session,
  SessionClosedError,
} from '@session-fetch/node'
import { type Authority, type Certificate, createAuthority } from '@session-fetch/test-support/certificates'
import {
  FRAME,
  type FrameServer,
  type Play,
  dataFrame,
  goAwayFrame,
  headersFrame,
  resetFrame,
  startFrameServer,
} from '@session-fetch/test-support/http2-frames'
import { startNginx } from '@session-fetch/test-support/nginx'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startEchoServer } from '../echo-server.js'
import { fakeIo } from '../fake-io.js'
import { atEnd } from '../fault-stage.js'
import { type Handler, type Http2Origin, startHttp2Origin } from './origin.js'
import { bundled, removePrograms } from '../run-script.js'
import type { Plan } from '../scripts/many-calls.js'

afterAll(removePrograms)

let authority: Authority
let certificate: Certificate
beforeAll(async () => {
  authority = await createAuthority()
  certificate = await authority.issue(['DNS:localhost', 'IP:127.0.0.1'])
})
afterAll(() => authority.close())

function make(options: NodeSessionOptions = {}): Session {
  const session = new Session({
    http2: true,
    trustEnv: false,
    timeout: { connect: Infinity },
    tls: { ca: authority.ca },
    ...options,
  })
  atEnd(() => session.close())
  return session
}

/** A server of frames for the test that is running. */
async function frames(play: Play): Promise<FrameServer> {
  const server = await startFrameServer(certificate, play)
  atEnd(() => server.close())
  return server
}

/** An origin for the test that is running. */
async function origin(
  handle: Handler,
  options?: Parameters<typeof startHttp2Origin>[2],
): Promise<Http2Origin> {
  const server = await startHttp2Origin(certificate, handle, options)
  atEnd(() => server.close())
  return server
}

/** Returns the number of received bytes. */
const count: Handler = (stream) => {
  let bytes = 0
  stream.on('data', (chunk: Buffer) => (bytes += chunk.byteLength))
  stream.on('end', () => {
    if (stream.destroyed) return
    stream.respond({ ':status': 200 })
    stream.end(String(bytes))
  })
}

const MEGABYTE = 1_000_000
const numbers = (length: number): number[] => Array.from({ length }, (_, index) => index)

describe('http2, a header that it forbids', () => {
  it.each([
    ['TE', 'gzip'],
    ['Proxy-Connection', 'keep-alive'],
    ['HTTP2-Settings', 'AAMAAABk'],
  ])('leaves nothing behind that throws when the session is closed: %s', async (name, value) => {
    const thrown: unknown[] = []
    const note = (error: unknown): void => void thrown.push(error)
    process.on('uncaughtException', note)
    atEnd(() => process.off('uncaughtException', note))
    const { server, url } = await origin(count)
    const closed = new Promise((resolve) => server.on('connection', (socket) => socket.on('close', resolve)))
    const session = make()
    const call = session.get(url, { headers: { [name]: value } })
    await expect(call).rejects.toBeInstanceOf(InvalidRequestError)
    await session.close()
    await closed
    expect(thrown).toEqual([])
  })

  it('is not reported as a server error if it is too large to be sent', async () => {
    const { url } = await origin(count, { maxSendHeaderBlockLength: 1_000_000 })
    const session = make()
    const large = session.get(url, { headers: { 'X-Large': 'x'.repeat(2_000_000) } })
    await expect(large).rejects.toBeInstanceOf(InvalidRequestError)
    expect(await session.get(url).text()).toBe('0')
    expect(session.stats()).toMatchObject({ running: 0, pending: 0 })
  })

  it('may be longer than 64 KiB', async () => {
    const { url } = await origin((stream, headers) => {
      stream.respond({ ':status': 200 })
      stream.end(String(String(headers['x-large']).length))
    })
    expect(
      await make()
        .get(url, { headers: { 'X-Large': 'x'.repeat(70_000) } })
        .text(),
    ).toBe('70000')
  })
})

describe('http2, a server that destroys connections now and then', () => {
  it('does not block calls with large bodies', async () => {
    fakeIo({ toFake: ['setInterval', 'clearInterval'] }) // none is found by looking for silences
    let asked = 0
    const { url } = await origin((stream, _headers, session) => {
      stream.resume()
      stream.on('end', () => {
        if (stream.destroyed) return
        asked += 1
        if (asked % 20 === 0) session.destroy()
        else {
          stream.respond({ ':status': 200 })
          stream.end(Buffer.alloc(300_000))
        }
      })
    })
    const session = make({ timeout: { connect: Infinity } })
    for (let round = 0; round < 5; round += 1) {
      const calls = numbers(30).map(() => session.post(url, { body: Buffer.alloc(150_000) }).bytes())
      for (const result of await Promise.allSettled(calls)) {
        const error: Error | undefined = result.status === 'rejected' ? result.reason : undefined
        expect([undefined, 'ConnectionError', 'TruncatedError']).toContain(error?.name)
      }
    }
    expect(session.stats()).toMatchObject({ running: 0, pending: 0 })
  })
})

describe('http2, a server that allows few streams', () => {
  it.each<[what: string, body: () => BodyInit]>([
    ['bytes', () => Buffer.alloc(MEGABYTE)],
    ['text', () => 'x'.repeat(MEGABYTE)],
    ['a Blob', () => new Blob([Buffer.alloc(MEGABYTE)])],
    ['a stream', () => new Blob([Buffer.alloc(MEGABYTE)]).stream()],
  ])('is sent no more of %s at a time', async (_what, body) => {
    let most = 0
    let running = 0
    const { url } = await origin(
      (stream, headers, session) => {
        running += 1
        most = Math.max(most, running)
        stream.on('close', () => (running -= 1))
        count(stream, headers, session)
      },
      { settings: { maxConcurrentStreams: 3 } },
    )
    const session = make()
    const calls = numbers(15).map(() => session.post(url, { body: body() }).text())
    expect(new Set(await Promise.all(calls))).toEqual(new Set([String(MEGABYTE)]))
    expect(most).toBeLessThanOrEqual(3)
    expect(session.stats()).toEqual({ opened: 1, reused: 14, running: 0, pending: 0 })
  })

  it('may be nginx', async () => {
    const counting = await startEchoServer({
      answer(request, response) {
        let bytes = 0
        request.on('data', (chunk: Buffer) => (bytes += chunk.byteLength))
        request.on('end', () => response.end(String(bytes)))
        return true
      },
    })
    atEnd(() => counting.close())
    const directives = `http2_max_concurrent_streams 3; client_max_body_size 2m; location /up { proxy_pass ${counting.url}; }`
    const nginx = await startNginx({ certificate, http2: true, directives })
    atEnd(() => nginx.close())
    const session = make()
    const uploads = numbers(15).map(() =>
      session.put(`${nginx.url}up`, { body: Buffer.alloc(MEGABYTE) }).text(),
    )
    expect(new Set(await Promise.all(uploads))).toEqual(new Set([String(MEGABYTE)]))
    const reads = numbers(60).map(() => session.get(`${nginx.url}connection`).text())
    expect((await Promise.all(reads)).every((text) => text.includes('HTTP/2.0'))).toBe(true)
    expect(session.stats()).toMatchObject({ opened: 1, running: 0, pending: 0 })
  })

  it('refuses streams that were opened before its settings arrived, and they are repeated', async () => {
    const { url } = await origin(count, { settings: { maxConcurrentStreams: 2 } })
    const session = make()
    const calls = numbers(50).map(() => session.get(url).text())
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['0']))
    expect(session.stats()).toMatchObject({ opened: 1, running: 0, pending: 0 })
  })

  it('and refuses more than it declares gets as many as it accepts', async () => {
    let [running, refused] = [0, 0]
    const { url } = await origin((stream) => {
      running += 1
      stream.on('close', () => (running -= 1))
      if (running > 2) {
        refused += 1
        stream.close(constants.NGHTTP2_REFUSED_STREAM)
        return
      }
      stream.respond({ ':status': 200 })
      setImmediate(() => stream.end('taken'))
    })
    const session = make()
    const calls = numbers(80).map(() => session.post(url).text())
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['taken']))
    expect(refused).toBeGreaterThan(0)
  })

  it('gets more as soon as it allows more', async () => {
    const held: ServerHttp2Stream[] = []
    const { url } = await origin(
      (stream, headers, session) => {
        held.push(stream)
        if (held.length === 1) session.settings({ maxConcurrentStreams: 3 })
        if (held.length === 3) for (const each of held) count(each, headers, session)
      },
      { settings: { maxConcurrentStreams: 1 } },
    )
    const session = make()
    const calls = numbers(3).map(() => session.post(url, { body: 'x' }).text())
    expect(await Promise.all(calls)).toEqual(['1', '1', '1'])
  })

  it('delays uploads that the server does not accept yet, regardless of their total size', async () => {
    const held: ServerHttp2Stream[] = []
    const { url } = await origin((stream, headers, session) => {
      held.push(stream)
      if (held.length === 30) for (const each of held) count(each, headers, session)
    })
    const session = make()
    const calls = numbers(30).map(() => session.post(url, { body: Buffer.alloc(MEGABYTE) }).text())
    expect(new Set(await Promise.all(calls))).toEqual(new Set([String(MEGABYTE)]))
    expect(session.stats()).toMatchObject({ opened: 1, running: 0, pending: 0 })
  })
})

describe('http2, a server that refuses', () => {
  it('temporarily is retried', async () => {
    let asked = 0
    const { url } = await origin((stream, headers, session) => {
      asked += 1
      if (asked < 4) stream.close(constants.NGHTTP2_REFUSED_STREAM)
      else count(stream, headers, session)
    })
    expect(await make().post(url, { body: 'once' }).text()).toBe('4')
    expect(asked).toBe(4)
  })

  it('with a GOAWAY each time is retried, but not forever', async () => {
    const server = await frames(({ type }, send) => {
      if (type === FRAME.headers) send(goAwayFrame(0, constants.NGHTTP2_NO_ERROR))
    })
    const session = make()
    await expect(session.post(server.url, { body: 'x' })).rejects.toMatchObject({
      name: 'ConnectionError',
      message: expect.stringContaining('The server did not process the request'),
      retryable: true,
    })
    expect(server.connections()).toBe(6)
    expect(session.stats()).toMatchObject({ running: 0, pending: 0 })
  })

  it('does not block an abort while a request waits to be sent again', async () => {
    let refused = 0
    const server = await frames(({ type, stream }, send) => {
      if (type !== FRAME.headers) return
      refused += 1
      send(resetFrame(stream, constants.NGHTTP2_REFUSED_STREAM))
    })
    const session = make()
    const controller = new AbortController()
    const call = session.get(server.url, { signal: controller.signal })
    const outcome = expect(call).rejects.toMatchObject({ name: 'AbortError' })
    await expect.poll(() => refused).toBe(2)
    controller.abort()
    await outcome
    expect(session.stats()).toMatchObject({ running: 0, pending: 0 })
  })

  it('fails the call if the session is closed meanwhile', async () => {
    let refused = 0
    const server = await frames(({ type, stream }, send) => {
      if (type !== FRAME.headers) return
      refused += 1
      send(resetFrame(stream, constants.NGHTTP2_REFUSED_STREAM))
    })
    const parent = make()
    const outcome = expect(parent.extend().get(server.url)).rejects.toBeInstanceOf(SessionClosedError)
    await expect.poll(() => refused).toBe(2)
    await parent.close()
    await outcome
  })
})

describe('http2, a server that demands HTTP/1.1', () => {
  /** Demands it for each stream, and answers in it with the method and the body's length. */
  async function demanding(): Promise<Http2Origin> {
    const { server, ...rest } = await origin(
      (stream, headers) => {
        if (headers[':path'] === '/h2') {
          stream.respond({ ':status': 200 })
          stream.end('h2')
        } else stream.close(constants.NGHTTP2_HTTP_1_1_REQUIRED)
      },
      { allowHTTP1: true },
    )
    server.on('request', (request, response) => {
      if (request.httpVersion !== '1.1') return
      let length = 0
      request.on('data', (chunk: Buffer) => (length += chunk.byteLength))
      request.on('end', () => response.end(`${request.method} ${length}`))
    })
    return { server, ...rest }
  }

  it.each<[method: string, body: (() => BodyInit) | undefined, answer: string]>([
    ['GET', undefined, 'GET 0'],
    ['POST', () => 'text', 'POST 4'],
    ['PATCH', () => Buffer.alloc(300_000), 'PATCH 300000'],
    ['POST', () => new Blob(['blob']), 'POST 4'],
  ])('is spoken to in HTTP/1.1 from then on: %s', async (method, body, answer) => {
    const { url, sessions } = await demanding()
    const session = make()
    expect(await session.get(`${url}h2`).text()).toBe('h2')
    expect(await session.request(method, url, body && { body: body() }).text()).toBe(answer)
    expect(await session.get(`${url}h2`).text()).toBe('GET 0')
    expect(sessions()).toBe(1)
    expect(session.stats()).toEqual({ opened: 2, reused: 2, running: 0, pending: 0 })
  })

  it('gets all waiting and pending requests', async () => {
    const { url } = await demanding()
    const session = make({ connections: 2 })
    const calls = numbers(20).map(() => session.post(url, { body: 'text' }).text())
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['POST 4']))
    expect(session.stats()).toMatchObject({ running: 0, pending: 0 })
  })

  it('for a one-shot body is an error, and the next call succeeds', async () => {
    const { url } = await demanding()
    const session = make()
    const body = new Blob(['x']).stream()
    await expect(session.post(url, { body })).rejects.toMatchObject({
      name: 'ConnectionError',
      message: expect.stringContaining('ERR_HTTP2_HTTP_1_1_REQUIRED'),
      retryable: false,
    })
    expect(await session.post(url, { body: new Blob(['x']).stream() }).text()).toBe('POST 1')
  })

  it('by closing the connection is supported, too', async () => {
    const { url } = await origin(
      (_stream, _headers, session) => session.goaway(constants.NGHTTP2_HTTP_1_1_REQUIRED, 0),
      {
        allowHTTP1: true,
      },
    ).then((started) => {
      started.server.on('request', (request, response) => {
        if (request.httpVersion === '1.1') response.end('1.1')
      })
      return started
    })
    expect(await make().post(url, { body: 'x' }).text()).toBe('1.1')
  })
})

describe('http2, a connection that goes away under a long answer', () => {
  it('does not count against the next one', async () => {
    let finish = (): void => {}
    const { url, sessions } = await origin(
      (stream, headers, session) => {
        stream.respond({ ':status': 200 })
        if (headers[':path'] === '/long') {
          stream.write('begun, ')
          session.goaway(constants.NGHTTP2_NO_ERROR)
          finish = () => void stream.end('ended')
        } else stream.end('short')
      },
      { settings: { maxConcurrentStreams: 1 } },
    )
    const session = make()
    const long = await session.get(`${url}long`)
    for (let call = 0; call < 3; call += 1) expect(await session.get(url).text()).toBe('short')
    finish()
    expect(await long.text()).toBe('begun, ended')
    expect(sessions()).toBe(2)
    expect(session.stats()).toEqual({ opened: 2, reused: 2, running: 0, pending: 0 })
  })
})

describe('http2, responses that nobody reads', () => {
  const large: Handler = (stream, headers) => {
    if (headers[':path'] === '/hang') return
    stream.respond({ ':status': 200 })
    stream.end(Buffer.alloc(300_000, 'x'))
  }

  it.each([1, 3, 100])('do not block a call if %d streams are allowed', async (streams) => {
    const { url, sessions } = await origin(large, { settings: { maxConcurrentStreams: streams } })
    const session = make()
    const responses: Response[] = []
    for (let call = 0; call < 2 * streams + 1; call += 1) responses.push(await session.get(url))
    expect(sessions()).toBe(3)
    // None was lost, and later reads free the window.
    for (const response of responses) expect(await response.text()).toHaveLength(300_000)
    expect(await session.get(url).text()).toHaveLength(300_000)
    expect(session.stats()).toMatchObject({ opened: 3, running: 0, pending: 0 })
  })

  it('do not block calls next to a slow call', async () => {
    const { url } = await origin(large, { settings: { maxConcurrentStreams: 3 } })
    const session = make()
    const controller = new AbortController()
    const hanging = expect(session.get(`${url}hang`, { signal: controller.signal })).rejects.toThrow()
    const unread = [await session.get(url), await session.get(url), await session.get(url)]
    expect(unread.map(({ status }) => status)).toEqual([200, 200, 200])
    controller.abort()
    await hanging
  })

  it('keep an extra connection only while it is in use', async () => {
    const { url, server } = await origin(large, { settings: { maxConcurrentStreams: 1 } })
    let open = 0
    server.on('connection', (socket) => {
      open += 1
      socket.on('close', () => (open -= 1))
    })
    const session = make()
    const responses = [await session.get(url), await session.get(url), await session.get(url)]
    expect(open).toBe(3)
    for (const response of responses) await response.text()
    await expect.poll(() => open).toBe(1)
  })

  it('do not include bodies that are being read: the next call waits', async () => {
    let finish = (): void => {}
    let answered = 0
    const { url, sessions } = await origin(
      (stream, headers) => {
        answered += 1
        stream.respond({ ':status': 200 })
        if (headers[':path'] === '/slow') finish = () => void stream.end('slow')
        else stream.end('next')
      },
      { settings: { maxConcurrentStreams: 1 } },
    )
    const session = make()
    const slow = session.get(`${url}slow`).text()
    await expect.poll(() => answered).toBe(1)
    fakeIo({ toFake: ['setTimeout', 'clearTimeout'] })
    const next = session.get(url).text()
    await vi.advanceTimersByTimeAsync(60_000) // the pool looks many times
    finish()
    expect(await Promise.all([slow, next])).toEqual(['slow', 'next'])
    expect(sessions()).toBe(1)
  })
})

describe('http2, a process that does nothing but call', () => {
  const plan = (timeout: number): string =>
    JSON.stringify({ over: 'http2', count: 1, use: 'ok', options: { timeout } } satisfies Plan)

  it('runs until the call has settled, whatever the server does', async () => {
    const program = await bundled('many-calls')
    const silent = await frames(() => {})
    const refusing = await frames(({ type, stream }, send) => {
      if (type === FRAME.headers) send(resetFrame(stream, constants.NGHTTP2_REFUSED_STREAM))
    })
    const leaving = await frames(({ type }, send) => {
      if (type === FRAME.headers) send(goAwayFrame(0, constants.NGHTTP2_NO_ERROR))
    })
    const [late, refused, left] = [
      await program(silent.url, plan(300)),
      await program(refusing.url, plan(20_000)),
      await program(leaving.url, plan(20_000)),
    ]
    expect(late.stdout).toMatch(/^failed: TimeoutError[^]*exit 0\n$/)
    expect(refused.stdout).toMatch(/^failed: ConnectionError[^]*exit 0\n$/)
    expect(left.stdout).toMatch(/^failed: ConnectionError[^]*exit 0\n$/)
  })

  it('ends with an idle connection open', async () => {
    const { url } = await origin(count)
    expect(await (await bundled('many-calls'))(url, plan(20_000))).toMatchObject({
      code: 0,
      stdout: '1 calls succeeded\nthe heap is as before\nexit 0\n',
    })
  })
})

describe('http2, a server that leaves its connections one after the other', () => {
  it('fails no request that waits to be sent', async () => {
    let seen = 0
    const left = new WeakSet()
    const server = await frames(({ type, stream }, send, socket) => {
      if (type !== FRAME.headers || left.has(socket)) return
      seen += 1
      send(headersFrame(stream, 200), dataFrame(stream, 'mine', { end: true }))
      if (seen % 20 > 0) return
      left.add(socket)
      send(goAwayFrame(stream, constants.NGHTTP2_NO_ERROR))
    })
    const session = make()
    const worker = async (): Promise<void> => {
      for (let call = 0; call < 20; call += 1) expect(await session.get(server.url).text()).toBe('mine')
    }
    await Promise.all(numbers(12).map(worker))
  })

  it('fails no request that it did not process, however often it closes connections', async () => {
    const answered = new WeakMap<object, number>()
    const server = await frames(({ type, stream }, send, socket) => {
      const before = answered.get(socket) ?? 0
      if (type !== FRAME.headers || before === 3) return
      answered.set(socket, before + 1)
      send(headersFrame(stream, 200), dataFrame(stream, 'mine', { end: true }))
      if (before === 2) send(goAwayFrame(stream, constants.NGHTTP2_NO_ERROR))
    })
    const session = make()
    const calls = numbers(40).map((call) => session.fetch(server.url, { method: call % 2 ? 'POST' : 'GET' }))
    for (const call of calls) expect(await (await call).text()).toBe('mine')
  })
})

describe('http2, a server that has too much to do', () => {
  const calm = (after: number): Promise<FrameServer> => {
    let seen = 0
    return frames(({ type, stream }, send) => {
      if (type !== FRAME.headers) return
      seen += 1
      if (seen <= after) send(resetFrame(stream, constants.NGHTTP2_ENHANCE_YOUR_CALM))
      else send(headersFrame(stream, 200), dataFrame(stream, `${seen}`, { end: true }))
    })
  }

  it('gets idempotent requests again, and no others', async () => {
    const server = await calm(2)
    expect(await make().get(server.url).text()).toBe('3')
    const other = await calm(1)
    await expect(make().post(other.url).text()).rejects.toThrow('ECONNRESET')
    expect(await make().put(other.url).text()).toBe('2')
  })

  it('permanently is not retried forever', async () => {
    const server = await calm(Infinity)
    await expect(make().get(server.url).text()).rejects.toThrow('ECONNRESET')
  })
})

describe('http2, a server that answers and ends its connection at once', () => {
  // An assertion of Node's that fails is an uncaught exception, which fails this file.
  it.each<[what: string, then: (session: Session, others: AbortController) => unknown]>([
    ['the session is closed', (session) => session.close()],
    ['another call is aborted', (_session, others) => others.abort()],
  ])('ends no process when %s then', async (_what, then) => {
    const server = await frames(({ type, stream }, send, socket) => {
      if (type !== FRAME.headers || socket.writableEnded) return
      send(headersFrame(stream, 200), dataFrame(stream, 'mine', { end: true }))
      socket.end()
    })
    for (let round = 0; round < 20; round += 1) {
      const session = make({ retry: 0 })
      const others = new AbortController()
      const answer = session.get(server.url).text()
      const other = session.post(server.url, { signal: others.signal }).catch((error: Error) => error.name)
      expect(await answer).toBe('mine')
      await then(session, others)
      expect(await other).toMatch(/^(?:AbortError|ConnectionError|SessionClosedError|TypeError)$/)
      await session.close()
    }
  })
})
