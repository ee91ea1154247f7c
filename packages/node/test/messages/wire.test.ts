import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { type CallOptions, Session } from '@session-fetch/node'
import { type Fault, type FaultServer, head, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { requestHead } from '../../src/http1/head.js'
import { readableBody } from '../../src/transports/agent-exchange.js'
import { type TransportName, atEnd, serve, sessionBy, sessionOver } from '../fault-stage.js'
import { messageOf } from './message-of.js'

type Call = CallOptions & { method?: string }
type Play = (session: Session, server: FaultServer) => unknown

const answering =
  (...bytes: (string | Uint8Array)[]): Fault =>
  ({ send }) =>
    bytes.forEach(send)

const gzipped = (bytes: Uint8Array): Fault =>
  answering(head('200 OK', 'Content-Encoding: gzip', `Content-Length: ${bytes.length}`), bytes)

const lines = (count: number, line: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => line(index))

/** Sends a request and reads the response. */
const reading =
  ({ method = 'GET', ...call }: Call = {}): Play =>
  (session, { url }) =>
    session.request(method, `${url}a?key=1`, { timeout: null, ...call }).then((response) => response.text())

/** The file `/file` of a server. */
const downloading: Play = (session, { url }) =>
  session.download(`${url}a`, join(tmpdir(), 'session-fetch-never-written'))

const whole = (text: string): Readable => Readable.from([Buffer.from(text)])

/** What a server does with a request, the request, and the message. */
const causes: [string, Fault, Play, string][] = [
  [
    'a status of three zeros',
    answering(head('000 None')),
    reading(),
    'The server violated the protocol (the status line): GET http://server.test/a',
  ],
  [
    'a transfer coding that is unknown',
    answering(head('200 OK', 'Transfer-Encoding: gzip, chunked')),
    reading(),
    'The server used an unknown transfer coding: GET http://server.test/a',
  ],
  [
    '17 interim responses',
    answering(head('103 Early Hints').repeat(17)),
    reading(),
    'The server sent more than 16 responses of status 103: GET http://server.test/a',
  ],
  [
    '257 headers',
    answering(head('200 OK', 'Content-Length: 0', ...lines(256, (index) => `X${index}: 1`))),
    reading(),
    'The response has more than 256 headers: GET http://server.test/a',
  ],
  [
    '181 cookies',
    answering(head('200 OK', 'Content-Length: 0', ...lines(181, (index) => `Set-Cookie: c${index}=1`))),
    reading(),
    'The response has more than 180 cookies: GET http://server.test/a',
  ],
  [
    'a header of 100 KB',
    answering(head('200 OK', `X: ${'a'.repeat(100_000)}`)),
    reading(),
    'The response headers are too large: GET http://server.test/a',
  ],
  [
    'gzip that is cut off',
    gzipped(gzipSync('a'.repeat(1000)).subarray(0, 20)),
    reading(),
    'The compressed body is corrupt or truncated: GET http://server.test/a',
  ],
  [
    'a bomb',
    gzipped(gzipSync(Buffer.alloc(12_000_000))),
    reading(),
    "The body decodes to more than 200 times its size; send 'Accept-Encoding: identity' to get it uncompressed: GET http://server.test/a",
  ],
  [
    'six content codings',
    answering(
      head('200 OK', 'Content-Length: 2', `Content-Encoding: ${lines(6, () => 'gzip').join(', ')}`),
      'ok',
    ),
    reading(),
    'The body has more than 5 content codings: GET http://server.test/a',
  ],
  [
    'a body over the limit',
    answering(ok('a long body')),
    reading({ maxResponseSize: 3 }),
    'The body exceeds the limit of 3 bytes: GET http://server.test/a',
  ],
  [
    'an end within the body',
    ({ end }) => end(`${head('200 OK', 'Content-Length: 9')}ok`),
    reading(),
    'The connection was lost while the body was received (ECONNRESET): GET http://server.test/a',
  ],
  [
    'an end before the response',
    ({ end }) => end(),
    reading({ method: 'POST' }),
    'The connection was lost before a response (ECONNRESET): POST http://server.test/a',
  ],
  [
    'a protocol switched unasked',
    answering(head('101 Switching Protocols', 'Upgrade: other', 'Connection: upgrade')),
    reading(),
    'The server switched protocols although no upgrade was requested: GET http://server.test/a',
  ],
  [
    'two locations',
    answering(head('302 Found', 'Content-Length: 0', 'Location: /b', 'Location: /c')),
    reading(),
    'The server sent different Location headers: GET http://server.test/a',
  ],
  [
    'a body with an object in it',
    answering(ok()),
    reading({ method: 'POST', body: Readable.from([{}]) as never }),
    'A body must consist of bytes and text',
  ],
  [
    'a stream that is shorter than its length',
    answering(ok()),
    reading({ method: 'POST', body: whole('abc') as never, headers: { 'Content-Length': '9' } }),
    'The length of the body differs from its Content-Length',
  ],
  [
    'a part of a file',
    answering(head('206 Partial Content', 'Content-Length: 0', 'Content-Range: bytes 1-1/2')),
    downloading,
    'The server sent a part of the file instead of the whole: GET http://server.test/a',
  ],
]

/** The same over an `http.Agent`, where Node reads the bytes. */
const overAgents: typeof causes = [
  [
    'a status of three zeros',
    answering(head('000 None', 'Content-Length: 0')),
    reading(),
    'The server answered with status 0: GET http://server.test/a',
  ],
  [
    'an end within the body',
    ({ end }) => end(`${head('200 OK', 'Content-Length: 9')}ok`),
    reading(),
    'The connection was lost while the body was received (ECONNRESET): GET http://server.test/a',
  ],
]

describe.each<[TransportName, typeof causes]>([
  ['sockets', causes],
  ['cross-fetch', overAgents],
])('SessionError.message, over %s, of', (transport, all) => {
  it.each(all)('%s', async (_cause, fault, play, message) => {
    const server = await serve(fault)
    const session = sessionOver(transport)
    const text = await messageOf(() => play(session, server))
    expect(text.replaceAll(server.url, 'http://server.test/')).toBe(message)
  })
})

describe('SessionError.message of', () => {
  it('more bytes of headers than the limit, over a dispatcher', async () => {
    const server = await serve(answering(ok('ok', 'X-A: 12345678901234567890')))
    const session = sessionBy('dispatcher', { limits: { headerBytes: 20 } })
    const text = await messageOf(() => session.get(server.url))
    expect(text).toBe(`The response has more than 20 bytes of headers: GET ${server.url}`)
  })

  it('a body left unread, over an agent that has no other connection', async () => {
    const server = await serve(({ turn, connection, send }) =>
      send(ok(turn + connection === 0 ? Buffer.alloc(9e6) : 'ok')),
    )
    const agent = new Agent({ maxSockets: 1 })
    atEnd(() => agent.destroy())
    const session = sessionOver('sockets', { timeout: null, agent })
    const unread = await session.get(server.url)
    await session.get(server.url).text()
    expect(await messageOf(() => unread.bytes())).toBe(
      `The body was left unread while other calls waited for its connection: GET ${server.url}`,
    )
  })

  it('a body that a mock ends without an end', async () => {
    const body = new PassThrough()
    const request = new Session().prepare('GET', 'http://a.test/')
    const { incoming } = readableBody(body, request, Infinity)
    body.destroy()
    expect(await messageOf(() => incoming.all())).toBe(
      'The connection was lost while the body was received: GET http://a.test/',
    )
  })

  it.each<[string, { method?: string; path?: string; headers?: string[] }, string]>([
    ['a method of two words', { method: 'GE T' }, 'The method is not an HTTP token'],
    ['a line end in a URL', { path: '/a\r\nb' }, 'The URL contains characters that are invalid in a request'],
    [
      'a line end in a header',
      { headers: ['x-a', 'b\r\nc'] },
      'The header "x-a" contains a control character',
    ],
    [
      'a header of the transport',
      { headers: ['connection', 'close'] },
      'The header "connection" is set by the transport',
    ],
    [
      'a length that is wrong',
      { headers: ['content-length', '5'] },
      'The Content-Length differs from the length of the body',
    ],
  ])('%s, if a listener adds it', async (_cause, { method = 'POST', path = '/', headers = [] }, message) => {
    const request = { origin: 'http://a.test', method, path, headers, body: 'a' }
    expect(await messageOf(() => requestHead(request, 'a.test', true))).toBe(message)
  })

  it.each<[string, Play, string]>([
    [
      'a body read twice',
      async (session, { url }) => {
        const response = await session.get(url)
        await response.text()
        return response.text()
      },
      'The body was already read; keep what was read, or clone() the response before',
    ],
    [
      'a copy of a response that was read',
      async (session, { url }) => {
        const response = await session.get(url)
        await response.text()
        return response.clone()
      },
      'A response whose body was used cannot be cloned',
    ],
    [
      'a parent that closes its connections',
      async (session, server) => {
        const call = session.fork().get(`${server.url}slow`)
        await Promise.all([server.whenRequests(1).then(() => session.close()), call])
      },
      'The session that owns the connections of this call was closed: GET http://server.test/slow',
    ],
  ])('%s', async (_cause, play, message) => {
    const server = await serve(({ request, send }) => void (request.target === '/slow' || send(ok())))
    const text = await messageOf(() => play(sessionOver('sockets'), server))
    expect(text.replaceAll(server.url, 'http://server.test/')).toBe(message)
  })
})
