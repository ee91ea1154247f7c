import { PassThrough, Readable } from 'node:stream'
import { type CallOptions, InvalidRequestError } from '@session-fetch/node'
import { head, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { WAYS, serve, sessionBy } from '../fault-stage.js'
import { streamOf } from '../fetch/cases/fetch-case.js'

const STREAMS: [string, (...chunks: string[]) => CallOptions['body']][] = [
  ['a web stream', streamOf],
  ['an async generator', (...chunks) => generator(chunks)],
  [
    'a Readable',
    (...chunks) =>
      Readable.from(
        chunks.map((chunk) => Buffer.from(chunk)),
        { objectMode: false },
      ),
  ],
]

async function* generator(chunks: string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield new TextEncoder().encode(chunk)
}

/** The server does not respond to a call with a body: an early response would complete the call, whatever happens to the body. */
async function expectFailure(
  way: (typeof WAYS)[number],
  body: CallOptions['body'],
  said: number,
): Promise<void> {
  const server = await serve(({ request, send }) => request.method === 'GET' && send(ok('ok')), {
    early: true,
  })
  const session = sessionBy(way)
  const name = way === 'fetchTransport' ? 'ConnectionError' : 'InvalidRequestError'
  await expect(session.put(server.url, { body, headers: length(said) })).rejects.toMatchObject({ name })
  if (server.requests.length > 0) await server.whenOpen(0)
  expect(await session.get(server.url).text()).toBe('ok')
}

const length = (value: number | string): CallOptions['headers'] => ({ 'Content-Length': value })

/** What is sent too much is found by our own transports; a fetch that is mounted has its own ways, and some wait. */
const COUNTING = WAYS.slice(0, 3)

describe.each(COUNTING)('headers: Content-Length, over %s,', (way) => {
  it.each(STREAMS)('of %s that is too long fails the call and the connection', async (_kind, streamed) => {
    await expectFailure(way, streamed('abc', 'def'), 3)
    await expectFailure(way, streamed('abcdef'), 3)
    await expectFailure(way, streamed('a'), 0)
  })
})

describe.each(WAYS)('headers: Content-Length, over %s,', (way) => {
  it.each(STREAMS)('of %s is sent in place of chunks', async (_kind, streamed) => {
    const server = await serve(({ send }) => send(ok()))
    const session = sessionBy(way)
    await session.put(server.url, { body: streamed('on', 'é', ''), headers: length(4) })
    await session.put(server.url, { body: streamed(), headers: length(0) })
    for (const [index, body] of ['oné', ''].entries()) {
      const request = server.requests[index]
      expect(request?.body.toString()).toBe(body)
      expect(request?.headers).toMatchObject({ 'content-length': String(Buffer.byteLength(body)) })
      expect(request?.headers).not.toHaveProperty('transfer-encoding')
    }
  })

  it.each(STREAMS)('of %s that is too short fails the call and the connection', async (_kind, streamed) => {
    await expectFailure(way, streamed('abc', 'def'), 9)
    await expectFailure(way, streamed(), 1)
  })

  it('belongs to the request, and is dropped with its body', async () => {
    const server = await serve(({ request: { method }, send }) =>
      send(method === 'GET' ? ok() : head('303 See Other', 'Location: /next', 'Content-Length: 0')),
    )
    await sessionBy(way).post(server.url, { body: streamOf('abc'), headers: length(3) })
    expect(server.requests.map(({ headers }) => headers['content-length'])).toEqual(['3', undefined])
  })

  it.each<[string, CallOptions]>([
    ['text', { body: 'é' }],
    ['bytes', { body: new Uint16Array(1) }],
    ['a Blob', { body: new Blob(['ab']) }],
    ['a form', { form: { a: '' } }],
    ['JSON', { json: 12 }],
  ])('of %s is sent where it is right, and refused where it is not', async (_kind, call) => {
    const server = await serve(({ send }) => send(ok()))
    const session = sessionBy(way)
    await session.post(server.url, { ...call, headers: length(2) })
    for (const wrong of [1, 3, '', 'x', '+2', '2, 2', '2.0', '-2'])
      await expect(session.post(server.url, { ...call, headers: length(wrong) })).rejects.toThrow(
        InvalidRequestError,
      )
    expect(server.requests.map(({ headers, body }) => [headers['content-length'], body.byteLength])).toEqual([
      ['2', 2],
    ])
  })

  it('of a Request is taken, and checked when its body is there', async () => {
    const server = await serve(({ send }) => send(ok()))
    const session = sessionBy(way)
    const init = { method: 'POST', body: 'abc' }
    await session.fetch(new Request(server.url, { ...init, headers: { 'Content-Length': '3' } }))
    const wrong = session.fetch(new Request(server.url, { ...init, headers: { 'Content-Length': '2' } }))
    await expect(wrong).rejects.toThrow(TypeError)
    expect(server.requests.map(({ headers }) => headers['content-length'])).toEqual(['3'])
  })
})

describe.each(WAYS.slice(0, 3))('body: a stream of a declared length, over %s,', (way) => {
  it('that fails rejects the call, and the source is cancelled', async () => {
    const server = await serve(() => {}, { early: true })
    const body = new PassThrough()
    body.write('ab')
    const call = sessionBy(way).put(server.url, { body, headers: length(9) })
    await server.whenRequests(1)
    body.destroy(new Error('the source broke'))
    await expect(call).rejects.toThrow('the source broke')
  })

  it('is destroyed when its connection is lost', async () => {
    const server = await serve(({ socket }) => socket.destroy(), { early: true })
    const body = new PassThrough()
    body.write('ab')
    const call = sessionBy(way).put(server.url, { body, headers: length(9) })
    await expect(call).rejects.toMatchObject({ name: 'ConnectionError' })
    await expect.poll(() => body.destroyed).toBe(true)
  })
})

describe.each(WAYS)('headers, over %s, said by a caller, a hook or auth:', (way) => {
  it.each([
    ['Proxy-Authorization', 'Basic x'],
    ['Transfer-Encoding', 'chunked'],
    ['Connection', 'close'],
    ['Keep-Alive', '5'],
    ['Upgrade', 'h2c'],
    ['Expect', '100-continue'],
    ['Content-Length', '7'],
    ['Host', 'a.test, b.test'],
    ['Host', 'a.test/b'],
    ['Host', 'user@a.test'],
    ['X-A', 'a\x01b'],
  ])('%s: %j is refused, and nothing is sent', async (name, value) => {
    const server = await serve(({ send }) => send(ok()))
    const session = sessionBy(way)
    const set = ({ headers }: { headers: Headers }): void => headers.set(name, value)
    for (const call of [
      { headers: { [name]: value } },
      { hooks: { request: ({ request }: { request: { headers: Headers } }) => set(request) } },
      { auth: set },
    ])
      await expect(session.post(server.url, { body: 'abc', ...call })).rejects.toThrow(InvalidRequestError)
    expect(server.requests).toEqual([])
  })
})
