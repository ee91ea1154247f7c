import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type ServerHttp2Stream, constants } from 'node:http2'
import { type AddressInfo, type LookupFunction, type Socket, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, addAbortSignal } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { gzipSync } from 'node:zlib'
import {
  ConnectionError,
  DecodeError,
  HeadersTooLargeError,
  InvalidRequestError,
  type NodeSessionOptions,
  ProtocolError,
  ResponseTooLargeError,
  Session,
  SessionClosedError,
  TimeoutError,
  TlsError,
  TruncatedError,
} from '@session-fetch/node'
import { type Authority, type Certificate, createAuthority } from '@session-fetch/test-support/certificates'
import {
  FRAME,
  type Frame,
  type FrameServer,
  type Play,
  dataFrame,
  goAwayFrame,
  headersFrame,
  resetFrame,
  startFrameServer,
} from '@session-fetch/test-support/http2-frames'
import { type Nginx, startNginx } from '@session-fetch/test-support/nginx'
import { type Squid, startSquid } from '@session-fetch/test-support/squid'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type EchoServer, startEchoServer } from '../echo-server.js'
import { fakeIo } from '../fake-io.js'
import { holdTimers } from '../fault-stage.js'
import { type Handler, type Http2Origin, startHttp2Origin } from './origin.js'

let authority: Authority
let certificate: Certificate
let slow: EchoServer
let nginx: Nginx
let squid: Squid

beforeAll(async () => {
  authority = await createAuthority()
  certificate = await authority.issue(['DNS:localhost', 'IP:127.0.0.1'])
  slow = await startEchoServer({
    answer(_request, response) {
      setTimeout(() => response.end('slow'), 200)
      return true
    },
  })
  const directives = `location /slow { proxy_pass ${slow.url}; }`
  ;[nginx, squid] = await Promise.all([startNginx({ certificate, http2: true, directives }), startSquid()])
})
afterAll(async () => {
  await Promise.all([nginx.close(), squid.close(), slow.close()])
  await authority.close()
})

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

function make(options: NodeSessionOptions = {}): Session {
  const session = new Session({
    http2: true,
    trustEnv: false,
    timeout: { connect: Infinity }, // a busy machine may need longer for hundreds of calls than the default
    tls: { ca: authority.ca },
    ...options,
  })
  closers.push(() => session.close())
  return session
}

describe('http2, with nginx', () => {
  it('sends concurrent requests on one connection', async () => {
    const session = make()
    const calls = Array.from({ length: 100 }, () => session.get(`${nginx.url}connection`).text())
    const numbers = new Set((await Promise.all(calls)).map((text) => text.replace(/ TLS.*/, '')))
    expect([...numbers]).toEqual([expect.stringMatching(/^\d+ HTTP\/2\.0$/)])
    expect(session.stats()).toEqual({ opened: 1, reused: 99, running: 0, pending: 0 })
  })

  it('sends as many requests at a time as the server allows, and the rest later', async () => {
    const session = make()
    const calls = Array.from({ length: 500 }, (_, call) => session.get(`${nginx.url}slow?${call}`).text())
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['slow']))
    expect(session.stats()).toEqual({ opened: 1, reused: 499, running: 0, pending: 0 })
  })

  it('is not used by sessions that do not enable it', async () => {
    expect(await make({ http2: false }).get(`${nginx.url}connection`).text()).toContain('HTTP/1.1')
  })

  it('checks the certificate, whatever the Host header says', async () => {
    await expect(make({ tls: {} }).get(nginx.url)).rejects.toThrow(TlsError)
    const text = await make()
      .get(`${nginx.url}connection`, { headers: { Host: 'other.test' } })
      .text()
    expect(text).toMatch(/HTTP\/2\.0 TLSv1\.3 localhost other\.test$/)
  })

  it('goes through a proxy', async () => {
    const session = make({ proxy: `http://127.0.0.1:${squid.port}` })
    expect(await session.get(`${nginx.url}connection`).text()).toContain('HTTP/2.0')
  })

  it('falls back to HTTP/1.1 if the origin does not support it, and keeps the connections', async () => {
    const echo = await startEchoServer({ certificate })
    closers.push(() => echo.close())
    const session = make({ connections: 4 })
    await Promise.all(Array.from({ length: 20 }, () => session.get(echo.url).text()))
    expect(echo.connections()).toBe(4)
    await session.post(echo.url, { json: { a: 1 } }).text()
    expect(echo.connections()).toBe(4)
    expect(session.stats()).toEqual({ opened: 4, reused: 17, running: 0, pending: 0 })
  })

  it('is not used for http URLs', async () => {
    const echo = await startEchoServer()
    closers.push(() => echo.close())
    expect((await make().get(echo.url)).status).toBe(200)
  })
})

/** An origin for the test that is running. */
async function origin(handle: Handler): Promise<Http2Origin> {
  const server = await startHttp2Origin(certificate, handle)
  closers.push(() => server.close())
  return server
}

/** Answers with the method, the path, some headers and the body. */
const echo: Handler = (stream, headers) => {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  stream.on('end', () => {
    if (stream.destroyed) return
    stream.respond({ ':status': 200, 'set-cookie': ['a=1', 'b=2'], 'x-two': 'one, two' })
    stream.end(JSON.stringify({ headers, body: Buffer.concat(chunks).toString() }))
  })
}

interface Seen {
  headers: Record<string, string>
  body: string
}

describe('http2, the length of a stream', () => {
  const streamed = (): Readable => Readable.from([Buffer.from('abc'), Buffer.from('def')])

  it('is sent as declared', async () => {
    const { url } = await origin(echo)
    const seen = await make()
      .put(url, { body: streamed(), headers: { 'Content-Length': 6 } })
      .json<Seen>()
    expect([seen.headers['content-length'], seen.body]).toEqual(['6', 'abcdef'])
  })

  it.each([4, 9])('of six bytes that is declared as %i fails the call', async (said) => {
    let body = ''
    const { url } = await origin(
      (stream) => void stream.on('data', (chunk: Buffer) => (body += String(chunk))),
    )
    const call = make().put(url, { body: streamed(), headers: { 'Content-Length': said } })
    await expect(call).rejects.toThrow(InvalidRequestError)
    expect(body.length).toBeLessThanOrEqual(said)
  })
})

describe('http2, a request', () => {
  it('does not wait for earlier requests', async () => {
    const held: ServerHttp2Stream[] = []
    const { url, sessions } = await origin((stream) => {
      held.push(stream)
      if (held.length < 50) return
      for (const each of held) {
        each.respond({ ':status': 200 })
        each.end('all are here')
      }
    })
    const session = make()
    const calls = Array.from({ length: 50 }, () => session.get(url).text())
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['all are here']))
    expect(sessions()).toBe(1)
  })

  it('has HTTP/2 headers and cookies', async () => {
    const { url } = await origin(echo)
    const session = make({ headers: { 'X-App': 'demo' } })
    await session.cookies.set({ name: 'c', value: '3', url })
    const { headers } = await session.get(`${url}a?b=1`).json<Seen>()
    expect(headers).toMatchObject({
      ':method': 'GET',
      ':scheme': 'https',
      ':authority': new URL(url).host,
      ':path': '/a?b=1',
      'x-app': 'demo',
      cookie: 'c=3',
    })
    for (const name of ['host', 'connection', 'content-length']) expect(headers).not.toHaveProperty(name)
    expect((await session.cookies.getAll({ url })).map(({ name }) => name)).toEqual(['c', 'a', 'b'])
  })

  it.each<
    [
      what: string,
      body: () => NonNullable<RequestInit['body']> | AsyncIterable<Uint8Array>,
      length: string | undefined,
    ]
  >([
    ['text', () => 'häuser', '7'],
    ['bytes', () => new TextEncoder().encode('häuser'), '7'],
    ['a Blob', () => new Blob(['häuser']), '7'],
    ['a web stream', () => new Blob(['häuser']).stream(), undefined],
    [
      'a generator',
      async function* () {
        yield new TextEncoder().encode('häu')
        yield new TextEncoder().encode('ser')
      },
      undefined,
    ],
  ])('carries %s', async (_what, body, length) => {
    const { url } = await origin(echo)
    const seen = await make()
      .post(url, { body: body() as BodyInit })
      .json<Seen>()
    expect(seen.body).toBe('häuser')
    expect(seen.headers['content-length']).toBe(length)
  })

  it.each([
    ['te', 'gzip'],
    ['proxy-connection', 'keep-alive'],
    ['http2-settings', 'AAMAAABk'],
  ])('with the header %s, which HTTP/2 forbids, is not sent', async (name, value) => {
    let requests = 0
    const { url } = await origin((stream, headers, session) => {
      requests += 1
      echo(stream, headers, session)
    })
    const session = make()
    const error = await session.get(url, { headers: { [name]: value } }).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(error).toMatchObject({
      message: expect.stringContaining(`"${name}"`),
      phase: 'prepare',
      retryable: false,
    })
    expect((await session.get(url, { headers: { te: 'trailers' } })).status).toBe(200)
    expect([requests, session.stats().opened]).toEqual([1, 1])
  })

  it('without a body has Content-Length: 0 if one is expected', async () => {
    const { url } = await origin(echo)
    expect((await make().post(url).json<Seen>()).headers).toMatchObject({ 'content-length': '0' })
  })

  it('whose body fails ends with that error', async () => {
    const { url } = await origin(echo)
    const reason = new Error('out of paper')
    const body = (async function* () {
      yield new Uint8Array(10)
      throw reason
    })()
    await expect(make().post(url, { body: body as unknown as BodyInit })).rejects.toBe(reason)
  })

  it('is followed through redirects and HEAD on one connection', async () => {
    const { url, sessions } = await origin((stream, headers) => {
      if (headers[':path'] === '/') stream.respond({ ':status': 302, location: '/end' }, { endStream: true })
      else
        stream.respond(
          { ':status': 200, 'content-length': '5' },
          { endStream: headers[':method'] === 'HEAD' },
        )
      if (headers[':path'] !== '/' && headers[':method'] !== 'HEAD') stream.end('hello')
    })
    const session = make()
    const response = await session.get(url)
    expect(response.url).toBe(`${url}end`)
    expect(await response.text()).toBe('hello')
    expect(await session.head(`${url}end`).text()).toBe('')
    expect(sessions()).toBe(1)
  })

  it('may be large both ways, with back-pressure', async () => {
    const { url } = await origin((stream) => {
      stream.respond({ ':status': 200 })
      stream.pipe(stream)
    })
    const body = Buffer.alloc(5_000_000, 'session-fetch ')
    expect(Buffer.compare(await make().post(url, { body }).bytes(), body)).toBe(0)
  })

  it('that is aborted does not affect others', async () => {
    const reset: number[] = []
    const { url, sessions } = await origin((stream, headers) => {
      if (headers[':path'] === '/ok') stream.respond({ ':status': 200 })
      if (headers[':path'] === '/ok') stream.end('ok')
      else stream.on('close', () => reset.push(stream.rstCode ?? -1))
    })
    const session = make()
    const controller = new AbortController()
    const hanging = session.get(`${url}hang`, { signal: controller.signal })
    expect(await session.get(`${url}ok`).text()).toBe('ok')
    controller.abort()
    await expect(hanging).rejects.toThrow('abort')
    await expect(session.get(`${url}hang`, { timeout: 50 })).rejects.toThrow(TimeoutError)
    await expect.poll(() => reset).toEqual([constants.NGHTTP2_CANCEL, constants.NGHTTP2_CANCEL])
    expect(await session.get(`${url}ok`).text()).toBe('ok')
    expect(sessions()).toBe(1)
    expect(session.stats()).toMatchObject({ running: 0, pending: 0 })
  })

  it('that is aborted while the connection is opened leaves no connection', async () => {
    const held: Socket[] = []
    const silent = createServer((socket) => void held.push(socket.resume()))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    closers.push(async () => void silent.close())
    const url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}/`
    const session = make()
    const pass = holdTimers()
    for (const timeout of [100, { connect: 100 }]) {
      const before = held.length
      const outcome = expect(session.get(url, { timeout })).rejects.toThrow(TimeoutError)
      await expect.poll(() => held.length).toBe(before + 1)
      pass(100)
      await outcome
    }
    expect(session.stats()).toEqual({ opened: 0, reused: 0, running: 0, pending: 0 })
    await expect.poll(() => held.map(({ closed }) => closed)).toEqual([true, true])
  })
})

describe('http2, a download', () => {
  it('that was truncated is resumed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'session-fetch-http2-'))
    closers.push(() => rm(folder, { recursive: true }))
    const file = Buffer.alloc(300_000, 'session-fetch ')
    const { url } = await origin((stream, { range, 'if-range': ifRange }) => {
      const start = ifRange === '"v1"' ? Number(/^bytes=(\d+)-$/.exec(String(range))?.[1]) : 0
      const rest = { 'content-range': `bytes ${start}-299999/300000`, 'content-length': 300_000 - start }
      const whole = { 'content-length': 300_000 }
      stream.respond({ ':status': start ? 206 : 200, ...(start ? rest : whole), etag: '"v1"' })
      stream.end(start ? file.subarray(start) : file.subarray(0, 100_000))
    })
    const path = join(folder, 'file')
    const session = make()
    await expect(session.download(url, path, { resume: true })).rejects.toBeInstanceOf(ProtocolError)
    expect(await session.download(url, path, { resume: true })).toMatchObject({ resumed: true })
    expect((await readFile(path)).equals(file)).toBe(true)
  })
})

describe('http2, a response', () => {
  it('skips informational responses and trailers', async () => {
    const { url } = await origin((stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</a.css>; rel=preload' })
      stream.respond({ ':status': 200 }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-late': '1' }))
      stream.end('body')
    })
    const response = await make().get(url)
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('body')
  })

  it('is decoded', async () => {
    const { url } = await origin((stream) => {
      stream.respond({ ':status': 200, 'content-encoding': 'gzip' })
      stream.end(gzipSync('plain'))
    })
    expect(await make().get(url).text()).toBe('plain')
  })

  it('that is not gzip is a DecodeError', async () => {
    const { url } = await origin((stream) => {
      stream.respond({ ':status': 200, 'content-encoding': 'gzip' })
      stream.end('plain')
    })
    await expect(make().get(url).text()).rejects.toThrow(DecodeError)
  })

  const cancelled = (stream: ServerHttp2Stream): void => {
    const controller = new AbortController()
    addAbortSignal(controller.signal, stream)
    controller.abort()
  }

  it.each<[what: string, end: (stream: ServerHttp2Stream) => void, error: new (...given: never[]) => Error]>([
    ['is reset with an error', (stream) => void stream.destroy(new Error('broken')), TruncatedError],
    ['is reset for a fault', (stream) => stream.close(constants.NGHTTP2_PROTOCOL_ERROR), ProtocolError],
    ['is cancelled', cancelled, TruncatedError],
    ['is reset without an error', (stream) => void stream.destroy(), TruncatedError],
    ['ends', (stream) => void stream.end(), ProtocolError],
    ['loses its connection', (stream) => stream.session?.destroy(), TruncatedError],
  ])('that %s before its length fails', async (_what, end, error) => {
    const { url } = await origin((stream) => {
      stream.respond({ ':status': 200, 'content-length': '9' })
      stream.write('half', () => setImmediate(end, stream))
    })
    const response = await make().get(url)
    await expect(response.text()).rejects.toThrow(error)
  })

  it('that never arrives is one error, and the next request succeeds', async () => {
    const { url, sessions } = await origin((stream, headers, session) => {
      if (headers[':path'] === '/gone') session.destroy()
      else echo(stream, headers, session)
    })
    const session = make()
    await expect(session.get(`${url}gone`)).rejects.toThrow(ConnectionError)
    expect((await session.get(url)).status).toBe(200)
    expect(sessions()).toBe(2)
  })
})

/** A server of frames for the test that is running. */
async function frames(play: Play): Promise<FrameServer> {
  const server = await startFrameServer(certificate, play)
  closers.push(() => server.close())
  return server
}

describe('http2, a stream', () => {
  it('that is reset without an error before its end is truncated', async () => {
    const { url } = await frames(({ type, stream }, send) => {
      if (type === FRAME.headers)
        send(
          headersFrame(stream, 200),
          dataFrame(stream, 'part 1'),
          resetFrame(stream, constants.NGHTTP2_NO_ERROR),
        )
    })
    await expect(make().get(url).text()).rejects.toThrow(TruncatedError)
  })

  it.each([
    [true, 'is whole where the server ended it'],
    [false, 'is truncated where the server reset it'],
  ])('that is over before it is read (%s) %s', async (end) => {
    let read = 0
    const size = 16_000
    const { url } = await frames(({ type, stream }, send) => {
      if (type !== FRAME.headers) return
      const parts = Array.from({ length: 6 }, (_, part) =>
        dataFrame(stream, 'x'.repeat(size), { end: end && part === 5 }),
      )
      if (read++ === 0)
        send(headersFrame(stream, 200), ...parts, resetFrame(stream, constants.NGHTTP2_NO_ERROR))
      else send(headersFrame(stream, 204, { end: true }))
    })
    const session = make()
    const response = await session.get(url)
    await session.get(url) // came after all of it
    const length = response.text().then((text) => text.length)
    if (end) expect(await length).toBe(6 * size)
    else await expect(length).rejects.toThrow(TruncatedError)
  })

  it.each([
    ['no', (stream: number) => [headersFrame(stream, 413), dataFrame(stream, 'no', { end: true })]],
    ['', (stream: number) => [headersFrame(stream, 413, { end: true })]],
  ])('that is answered early with "%s", and reset without an error, is a success', async (text, answer) => {
    const { url } = await frames(({ type, stream }, send) => {
      if (type === FRAME.headers) send(...answer(stream), resetFrame(stream, constants.NGHTTP2_NO_ERROR))
    })
    const session = make()
    for (const body of [new Uint8Array(1e6), new Blob([new Uint8Array(1e6)])]) {
      const response = await session.post(url, { body })
      expect([response.status, await response.text()]).toEqual([413, text])
    }
    expect(session.stats()).toMatchObject({ opened: 1, running: 0 })
  })
})

async function* slowly(): AsyncGenerator<Uint8Array> {
  for (;;) {
    yield new Uint8Array(10)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('http2, an upload', () => {
  const NOT_PROCESSED = { name: 'ConnectionError', phase: 'headers', retryable: true }
  const MAYBE_PROCESSED = { name: 'ConnectionError', phase: 'headers', retryable: false }
  const AT_FAULT = { name: 'ProtocolError', phase: 'headers', retryable: false }

  it.each<[what: string, end: (stream: number) => Uint8Array, error: object]>([
    ['refused', (stream) => resetFrame(stream, constants.NGHTTP2_REFUSED_STREAM), NOT_PROCESSED],
    ['met by a server that goes away', () => goAwayFrame(0, constants.NGHTTP2_NO_ERROR), NOT_PROCESSED],
    [
      'left out by a connection in trouble',
      () => goAwayFrame(0, constants.NGHTTP2_INTERNAL_ERROR),
      NOT_PROCESSED,
    ],
    ['left out for a fault', () => goAwayFrame(0, constants.NGHTTP2_PROTOCOL_ERROR), AT_FAULT],
    [
      'reset by a server in trouble',
      (stream) => resetFrame(stream, constants.NGHTTP2_INTERNAL_ERROR),
      MAYBE_PROCESSED,
    ],
    ['reset with a code that nobody knows', (stream) => resetFrame(stream, 99), MAYBE_PROCESSED],
    [
      'met by a connection in trouble',
      (stream) => goAwayFrame(stream, constants.NGHTTP2_INTERNAL_ERROR),
      MAYBE_PROCESSED,
    ],
    ['reset for a fault', (stream) => resetFrame(stream, constants.NGHTTP2_PROTOCOL_ERROR), AT_FAULT],
  ])('that is %s each time says so, whatever its body', async (_what, end, error) => {
    const { url } = await frames(({ type, stream }, send) => {
      if (type === FRAME.headers) send(end(stream))
    })
    for (const body of ['text', new Uint8Array(1e6), new Blob([new Uint8Array(1e6)])])
      await expect(make().post(url, { body })).rejects.toMatchObject(error)
  })

  it('that the server refuses is retried if retries are enabled', async () => {
    let refusals = 3
    const { url } = await frames(({ type, stream }, send) => {
      if (type !== FRAME.headers) return
      refusals -= 1
      send(
        refusals < 0
          ? headersFrame(stream, 204, { end: true })
          : resetFrame(stream, constants.NGHTTP2_REFUSED_STREAM),
      )
    })
    const retry = { limit: 1, methods: ['POST'], delay: 0 }
    expect((await make().post(url, { body: 'x', retry })).status).toBe(204)
    expect(refusals).toBe(-1)
  })

  it('that is sent again on a connection that never opens ends with the limit of connect', async () => {
    const { url } = await frames(({ type }, send) => {
      if (type === FRAME.headers) send(goAwayFrame(0, constants.NGHTTP2_NO_ERROR))
    })
    let asked = 0
    const lookup: LookupFunction = (_name, options, callback) => {
      asked += 1
      if (asked > 1) return
      if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
      else callback(null, '127.0.0.1', 4)
    }
    const pass = holdTimers()
    const call = make({ lookup }).get(url, { timeout: { connect: 300, total: 3000 } })
    const outcome = expect(call).rejects.toMatchObject({ name: 'TimeoutError', phase: 'connect' })
    await expect.poll(() => asked).toBe(2)
    pass(300)
    await outcome
  })

  it.each<[what: string, body: () => BodyInit | AsyncIterable<Uint8Array>]>([
    ['an iterable', () => slowly()],
    ['a web stream', () => Readable.toWeb(Readable.from(slowly())) as ReadableStream<Uint8Array>],
    ['a Readable', () => Readable.from(slowly())],
    ['bytes', () => new Uint8Array(1e6)],
    ['a Blob', () => new Blob([new Uint8Array(1e6)])],
  ])('of %s that is given up is reset, and not ended as if it were whole', async (_what, body) => {
    const seen: Frame[] = []
    let stop = (): void => {}
    const { url } = await frames((frame) => {
      seen.push(frame)
      if (frame.type === FRAME.headers) stop()
    })
    const session = make()
    for (const timeout of [null, { headers: 60 }]) {
      const controller = new AbortController()
      stop = () => timeout ?? controller.abort()
      await expect(session.post(url, { body: body(), signal: controller.signal, timeout })).rejects.toThrow()
      await expect.poll(() => seen.at(-1)?.type).toBe(FRAME.reset)
      expect(seen.at(-1)?.payload).toEqual(Buffer.from([0, 0, 0, constants.NGHTTP2_CANCEL]))
      expect(seen.filter(({ type, flags }) => type === FRAME.data && (flags & 1) === 1)).toEqual([])
    }
    expect(session.stats()).toMatchObject({ running: 0, pending: 0 })
  })

  it('of a Readable that waits is destroyed by an abort', async () => {
    const { url } = await frames(() => {})
    const body = new PassThrough()
    body.write('begun')
    const call = make().post(url, { body, signal: AbortSignal.timeout(50) })
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' })
    await expect.poll(() => body.destroyed).toBe(true)
  })

  it('of a Readable with invalid chunks fails', async () => {
    const { url } = await frames(() => {})
    await expect(make().put(url, { body: Readable.from([1, 2]) })).rejects.toThrow(InvalidRequestError)
  })

  it('of a Readable that failed before the connection was there fails with its error', async () => {
    const { url } = await frames(() => {})
    const session = make({ hooks: { request: () => new Promise((resolve) => setTimeout(resolve, 50)) } })
    const call = session.put(url, { body: createReadStream('/nowhere/at/all') })
    await expect(call).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it.each<[what: string, body: () => BodyInit]>([
    ['text', () => 'text'],
    ['a Blob', () => new Blob([new Uint8Array(1e6)])],
  ])('of %s whose answer is reset half way gets a truncated one', async (_what, body) => {
    const { url } = await frames(({ type, stream }, send) => {
      if (type === FRAME.headers)
        send(
          headersFrame(stream, 200),
          dataFrame(stream, 'part 1'),
          resetFrame(stream, constants.NGHTTP2_INTERNAL_ERROR),
        )
    })
    await expect(make().post(url, { body: body() }).text()).rejects.toThrow(TruncatedError)
  })

  it.each<[what: string, body: () => BodyInit]>([
    ['bytes', () => new Uint8Array(1e6)],
    ['a Blob', () => new Blob([new Uint8Array(1e6)])],
  ])('of %s that is reset without an error, half sent, ends the call', async (_what, body) => {
    let answer = (_stream: number): Buffer[] => []
    const { url } = await frames(({ type, stream }, send) => {
      if (type === FRAME.headers) send(...answer(stream), resetFrame(stream, constants.NGHTTP2_NO_ERROR))
    })
    const session = make()
    await expect(session.post(url, { body: body() })).rejects.toThrow(ConnectionError)
    answer = (stream) => [headersFrame(stream, 200), dataFrame(stream, 'part 1')]
    await expect(session.post(url, { body: body() }).text()).rejects.toThrow(TruncatedError)
    expect(session.stats()).toMatchObject({ opened: 1, running: 0, pending: 0 })
  })
})

describe('http2, a whole answer before all of the request was sent', () => {
  const early: Play = ({ type, stream }, send) => {
    if (type === FRAME.headers) send(headersFrame(stream, 200), dataFrame(stream, 'mine', { end: true }))
  }

  it('ends the source of the body, and the stream', async () => {
    const resets: number[] = []
    const { url } = await frames((frame, send, socket) => {
      if (frame.type === FRAME.reset) resets.push(frame.stream)
      early(frame, send, socket)
    })
    const ended = vi.fn()
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        yield* slowly()
      } finally {
        ended()
      }
    }
    const session = make()
    expect(await session.post(url, { body: body() }).text()).toBe('mine')
    await expect.poll(() => ended.mock.calls.length).toBe(1)
    await expect.poll(() => resets).toEqual([1])
    expect(await session.get(url).text()).toBe('mine')
    expect(session.stats()).toMatchObject({ opened: 1, running: 0 })
  })
})

describe('http2, whole answers to uploads that are reset without an error', () => {
  it.each<[what: string, body: () => BodyInit]>([
    ['a Blob', () => new Blob([new Uint8Array(3e5)])],
    ['a stream', () => new Blob([new Uint8Array(3e5)]).stream()],
  ])('are not lost, though they come at once, to %s', async (_what, body) => {
    const begun: Buffer[][] = []
    const { url } = await frames(({ type, stream }, send) => {
      if (type !== FRAME.headers) return
      const end = resetFrame(stream, constants.NGHTTP2_NO_ERROR)
      begun.push([headersFrame(stream, 413), dataFrame(stream, 'too large', { end: true }), end])
      if (begun.length === 3) send(...begun.flat())
    })
    const session = make({ throwHttpErrors: false })
    const all = Array.from({ length: 3 }, () => session.post(url, { body: body() }).text())
    expect(await Promise.all(all)).toEqual(all.map(() => 'too large'))
  })
})

describe('http2, a connection', () => {
  it('that refuses a request unprocessed gets it again, whatever the method', async () => {
    let refused = 0
    const { url } = await origin((stream, headers, session) => {
      if (refused++ === 0) stream.close(constants.NGHTTP2_REFUSED_STREAM)
      else echo(stream, headers, session)
    })
    expect((await make().post(url, { body: 'x' }).json<Seen>()).body).toBe('x')
    expect(refused).toBe(2)
  })

  it('with a GOAWAY finishes its streams, and the next request opens another', async () => {
    const { url, sessions } = await origin((stream, headers, session) => {
      if (headers[':path'] !== '/last') return echo(stream, headers, session)
      session.goaway(constants.NGHTTP2_NO_ERROR)
      setTimeout(() => echo(stream, headers, session), 20)
    })
    const session = make()
    await session.get(url).text()
    const last = session.get(`${url}last`)
    expect((await last).status).toBe(200)
    expect((await session.get(url)).status).toBe(200)
    expect(sessions()).toBe(2)
  })

  it('that is lost during requests is replaced once, for idempotent ones', async () => {
    let dying = 2
    const seen: unknown[] = []
    const { url } = await origin((stream, headers, session) => {
      seen.push(headers[':method'])
      if (headers[':path'] !== '/dies' || dying === 0) return echo(stream, headers, session)
      dying -= 1
      session.destroy()
    })
    const session = make()
    await session.get(url).text()
    await expect(session.post(`${url}dies`, { body: 'once' })).rejects.toThrow(ConnectionError)
    await session.get(url).text()
    expect((await session.get(`${url}dies`)).status).toBe(200)
    expect(seen).toEqual(['GET', 'POST', 'GET', 'GET', 'GET'])
  })

  it('that does not answer a ping after a timeout is replaced, and its requests are sent again', async () => {
    const dead = new Set<TLSSocket>()
    const server = await frames(({ type, stream }, send, socket) => {
      if (type !== FRAME.headers || dead.has(socket)) return
      send(headersFrame(stream, 204, { end: true }))
      if (server.connections() === 1) dead.add(socket)
    })
    const session = make()
    await session.get(server.url)
    const error = await session
      .get(server.url, { timeout: { headers: 50 } })
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TimeoutError)
    const post = expect(session.post(server.url, { body: 'x' })).rejects.toThrow(ConnectionError)
    expect((await session.get(server.url)).status).toBe(204)
    await post
    expect(session.stats()).toMatchObject({ opened: 2, running: 0, pending: 0 })
    await expect.poll(() => [...dead].every(({ destroyed }) => destroyed)).toBe(true)
  })

  it.each([constants.NGHTTP2_INTERNAL_ERROR, constants.NGHTTP2_ENHANCE_YOUR_CALM])(
    'that ends three streams unanswered, with error code %d, is given up, and finishes what it has',
    async (code) => {
      let finish = (): void => {}
      const server = await frames(({ type, stream }, send) => {
        if (type !== FRAME.headers) return
        if (server.connections() > 1) return send(headersFrame(stream, 204, { end: true }))
        if (stream > 1) return send(resetFrame(stream, code))
        send(headersFrame(stream, 200))
        finish = () => send(dataFrame(stream, 'whole', { end: true }))
      })
      const session = make()
      const begun = await session.get(server.url)
      for (let call = 0; call < 3; call += 1)
        await expect(session.post(server.url)).rejects.toThrow(ConnectionError)
      expect((await session.get(server.url)).status).toBe(204)
      finish()
      expect(await begun.text()).toBe('whole')
      expect(session.stats()).toMatchObject({ opened: 2, running: 0, pending: 0 })
    },
  )

  it('that stalls during a request, and does not answer a ping, is replaced', async () => {
    let asked = 0
    const server = await frames(({ type, stream }, send) => {
      if (type !== FRAME.headers) return
      asked += 1
      if (asked !== 2) send(headersFrame(stream, 204, { end: true }))
    })
    fakeIo({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    const session = make({ timeout: null })
    await session.get(server.url)
    const answer = session.get(server.url)
    await expect.poll(() => asked).toBe(2)
    vi.advanceTimersByTime(20_000)
    expect((await answer).status).toBe(204)
    expect(session.stats()).toMatchObject({ opened: 2, running: 0, pending: 0 })
  })

  it('that answers a ping after a timeout is kept', async () => {
    const server = await origin((stream, { ':path': path }) => {
      if (path === '/') stream.respond({ ':status': 204 }, { endStream: true })
    })
    const session = make()
    const hanging = session.get(`${server.url}hang`).catch(() => 'ended')
    for (let call = 0; call < 2; call += 1)
      await expect(session.get(`${server.url}slow`, { timeout: { headers: 50 } })).rejects.toThrow(
        TimeoutError,
      )
    await Promise.race([hanging, new Promise((resolve) => setTimeout(resolve, 2200))])
    await session.get(server.url)
    expect(session.stats()).toMatchObject({ opened: 1, running: 1 })
  })

  it('is closed when it has been idle for keepAlive', async () => {
    const { url, server } = await origin(echo)
    const closed = new Promise((resolve) => server.on('session', (session) => session.on('close', resolve)))
    await make({ keepAlive: 50 }).get(url).text()
    await closed
  })

  it('that has just been idle for keepAlive is not used', async () => {
    const { url, sessions } = await origin(echo)
    const session = make({ keepAlive: 50 })
    fakeIo({ toFake: ['setTimeout', 'clearTimeout'] })
    await session.get(url).text()
    vi.advanceTimersByTime(50)
    expect((await session.post(url, { body: 'late' }).json<Seen>()).body).toBe('late')
    expect(sessions()).toBe(2)
  })

  it('is closed with the session', async () => {
    const { url, server } = await origin(echo)
    const closed = new Promise((resolve) => server.on('session', (session) => session.on('close', resolve)))
    const session = make()
    await session.get(url).text()
    await session.close()
    await closed
  })

  it('that is still being opened when the session closes fails the calls of its children', async () => {
    let connected = (): void => {}
    const connection = new Promise<void>((resolve) => (connected = resolve))
    const silent = createServer((socket) => (socket.on('error', () => {}), connected()))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    closers.push(async () => void silent.close())
    const parent = make()
    const call = parent.extend().get(`https://127.0.0.1:${(silent.address() as AddressInfo).port}/`)
    await connection
    await parent.close()
    await expect(call).rejects.toThrow(SessionClosedError)
    expect(parent.stats()).toMatchObject({ running: 0, pending: 0 })
  })

  it('that is closed with the session fails the calls of its children, and is not opened again', async () => {
    let asked = (): void => {}
    const request = new Promise<void>((resolve) => (asked = resolve))
    const { url, sessions } = await origin((stream, headers, session) => {
      if (headers[':path'] === '/hang') asked()
      else echo(stream, headers, session)
    })
    const parent = make()
    const child = parent.extend()
    await child.get(url).text()
    const call = child.get(`${url}hang`)
    await request
    await parent.close()
    await expect(call).rejects.toThrow(SessionClosedError)
    expect([sessions(), parent.stats().running]).toEqual([1, 0])
  })

  it('must be true or false', () => {
    expect(() => make({ http2: 'yes' as unknown as boolean })).toThrow(InvalidRequestError)
  })
})

describe('http2, limits', () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`a${index}`, '1']))
  const cookies = { 'set-cookie': Array.from({ length: 200 }, (_, index) => `a${index}=1`) }

  it.each([
    ['headers', many, Infinity],
    ['headerBytes', { a: 'x'.repeat(20_000) }, 30_000],
    ['headerBytes', { a: 'x'.repeat(25_000), b: 'x'.repeat(25_000) }, Infinity],
    ['setCookies', cookies, Infinity],
  ])('%s: more are a HeadersTooLargeError, and the connection lives on', async (name, headers, enough) => {
    const { url } = await origin((stream, { ':path': path }) => {
      stream.respond(path === '/' ? {} : { ':status': 200, ...headers })
      stream.end()
    })
    const session = make()
    await expect(session.get(`${url}much`)).rejects.toThrow(HeadersTooLargeError)
    expect((await session.get(url)).status).toBe(200)
    expect([session.stats().opened, await session.cookies.getAll()]).toEqual([1, []])
    expect((await make({ limits: { [name]: enough } }).get(`${url}much`)).status).toBe(200)
  })

  it('informational: more are a ProtocolError', async () => {
    const { url } = await origin((stream) => {
      for (let count = 0; count < 20; count += 1) stream.additionalHeaders({ ':status': 103 })
      stream.respond()
      stream.end()
    })
    await expect(make().get(url)).rejects.toThrow(ProtocolError)
    expect((await make({ limits: { informational: 20 } }).get(url)).status).toBe(200)
  })

  it('maxResponseSize ends the stream, not the connection', async () => {
    const { url } = await origin((stream) => {
      stream.respond()
      stream.on('error', () => {})
      stream.end('x'.repeat(1000))
    })
    const session = make({ maxResponseSize: 999 })
    await expect(session.get(url).text()).rejects.toThrow(ResponseTooLargeError)
    expect(await session.get(url, { maxResponseSize: 1000 }).text()).toHaveLength(1000)
    expect(session.stats().opened).toBe(1)
  })
})
