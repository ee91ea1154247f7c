import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import {
  type CallOptions,
  InvalidRequestError,
  type NodeSessionOptions,
  type Progress,
  Session,
  TruncatedError,
  fetchTransport,
} from '@session-fetch/node'
import { createAuthority } from '@session-fetch/test-support/certificates'
import { head, ok } from '@session-fetch/test-support/fault-server'
import { startNginx } from '@session-fetch/test-support/nginx'
import { describe, expect, it } from 'vitest'
import { type EchoServer, startEchoServer } from '../echo-server.js'
import { TRANSPORTS, atEnd, mostAfterLoss, serve, sessionOver } from '../fault-stage.js'

const BIG = Buffer.alloc(1_000_000, 'session ')

/** Records the calls of a listener. */
function listening(): { told: Progress[]; listen: (progress: Progress) => void } {
  const told: Progress[] = []
  return { told, listen: (progress) => void told.push(progress) }
}

/** A course of events as it should be: from nothing to all, never back. */
function expectWhole(told: readonly Progress[], size: number, total: number | null = size): void {
  const bytes = told.map((progress) => progress.bytes)
  expect(told[0]).toEqual({ bytes: 0, total })
  expect(told.at(-1)).toEqual({ bytes: size, total: size })
  expect(bytes).toEqual([...bytes].sort((a, b) => a - b))
  expect(told.slice(1, -1).every((progress) => progress.total === total)).toBe(true)
}

interface Received {
  readonly length: string | null
  readonly type: string | null
  readonly bytes: number
  readonly hash: string
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** A server that returns the body received at `/`, fails the first attempt at `/flaky`, and redirects `/moved` there. */
async function receiver(): Promise<EchoServer> {
  let tries = 0
  const server = await startEchoServer({
    answer(request, response) {
      void receive(request, response, request.url === '/flaky' && (tries += 1) === 1)
      return true
    },
  })
  atEnd(() => server.close())
  return server
}

async function receive(request: IncomingMessage, response: ServerResponse, fails: boolean): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  if (fails) return void response.writeHead(503, { 'Content-Length': 0 }).end()
  if (request.url === '/moved')
    return void response.writeHead(307, { Location: '/', 'Content-Length': 0 }).end()
  const { 'content-length': length = null, 'content-type': type = null } = request.headers
  response.end(JSON.stringify({ length, type, bytes: body.length, hash: hashOf(body) }))
}

describe.each(TRANSPORTS)('onUploadProgress, over %s,', (transport) => {
  const text = 'é'.repeat(100_000)
  const bytes = Buffer.from(text)

  it.each<[string, CallOptions]>([
    ['text', { body: text }],
    ['bytes', { body: new Uint8Array(bytes) }],
    ['an ArrayBuffer', { body: new Uint8Array(bytes).buffer }],
    ['a Blob', { body: new Blob([bytes]) }],
    ['JSON', { json: text }],
    ['a form', { form: { a: text } }],
    ['parts', { multipart: { a: new Blob([bytes]), b: 'text' } }],
    ['a FormData', { body: formData(bytes) }],
  ])('tells of %s, whose length is sent', async (_kind, call) => {
    const server = await receiver()
    const { told, listen } = listening()
    const session = sessionOver(transport)
    const seen = await session.post(server.url, { ...call, onUploadProgress: listen }).json<Received>()
    expect(seen.length).toBe(String(seen.bytes))
    expectWhole(told, seen.bytes)
    expect(told.length).toBeGreaterThan(3)
    const unwatched = await session.post(server.url, call).json<Received>()
    expect([unwatched.length, unwatched.type?.slice(0, 19)]).toEqual([seen.length, seen.type?.slice(0, 19)])
    if (!seen.type?.startsWith('multipart')) expect(unwatched.hash).toBe(seen.hash)
  })

  it.each<[string, () => CallOptions['body']]>([
    ['a web stream', () => new Blob([bytes]).stream()],
    ['a Readable', () => Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)])],
    ['a generator', () => inChunks(text)],
    ['an iterable', () => ({ [Symbol.asyncIterator]: () => inChunks(text) })],
  ])('tells of %s, whose length only its end tells', async (_kind, body) => {
    const server = await receiver()
    const { told, listen } = listening()
    const call = sessionOver(transport).post(server.url, { body: body(), onUploadProgress: listen })
    expect(await call.json()).toMatchObject({ length: null, bytes: bytes.length, hash: hashOf(bytes) })
    expectWhole(told, bytes.length, null)
  })

  it('reports an empty body as complete, and nothing without a body', async () => {
    const server = await receiver()
    const { told, listen } = listening()
    const session = sessionOver(transport, { onUploadProgress: listen })
    await session.get(server.url).text()
    expect(told).toEqual([])
    expect(await session.post(server.url, { body: '' }).json()).toMatchObject({ length: '0', bytes: 0 })
    expect(told).toEqual([{ bytes: 0, total: 0 }])
  })

  it.each([
    ['a retry', 'flaky', { retry: { limit: 1, delay: 1 } }],
    ['a 307', 'moved', {}],
  ])('begins anew at %s, and sends the whole body again', async (_why, path, options) => {
    const server = await receiver()
    const { told, listen } = listening()
    const session = sessionOver(transport, options)
    const call = session.put(server.url + path, { body: new Blob([BIG]), onUploadProgress: listen })
    expect(await call.json()).toMatchObject({ length: '1000000', hash: hashOf(BIG) })
    const starts = told.flatMap(({ bytes }, index) => (bytes === 0 ? [index] : []))
    expect(starts).toHaveLength(2)
    for (const part of [told.slice(0, starts[1]), told.slice(starts[1])]) expectWhole(part, BIG.length)
  })

  it('restarts if the connection was closing, and the body is sent again', async () => {
    const server = await serve(({ connection, turn, send, end }) =>
      connection === 0 && turn === 1 ? end() : send(ok()),
    )
    const { told, listen } = listening()
    const session = sessionOver(transport)
    await session.get(server.url).text()
    await session.put(server.url, { body: 'whole', onUploadProgress: listen }).text()
    expect(server.requests.map(({ body }) => body.toString())).toEqual(['', 'whole', 'whole'])
    expect(told.filter(({ bytes }) => bytes === 0)).toHaveLength(2)
    expect(told.at(-1)).toEqual({ bytes: 5, total: 5 })
  })

  it('does not change the prepared request', async () => {
    const server = await receiver()
    const response = await sessionOver(transport).post(server.url, { body: 'x', onUploadProgress: () => {} })
    expect(response.request.body).toBe('x')
    expect(response.request.headers.has('Content-Length')).toBe(false)
  })

  it('fails the call with the error of the listener, and closes the connection', async () => {
    const server = await serve(() => {}, { early: true })
    const error = new Error('enough')
    const call = sessionOver(transport, { retry: 2 }).put(server.url, {
      body: new Blob([BIG]),
      onUploadProgress({ bytes }) {
        if (bytes > 200_000) throw error
      },
    })
    await expect(call).rejects.toBe(error)
    await server.whenOpen(0)
    expect(server.connections()).toBeLessThanOrEqual(mostAfterLoss(transport))
  })

  it('fails with the error of the body', async () => {
    const server = await serve(() => {}, { early: true })
    const error = new RangeError('no more')
    async function* failing(): AsyncGenerator<string> {
      yield 'first'
      throw error
    }
    const call = sessionOver(transport).post(server.url, { body: failing(), onUploadProgress: () => {} })
    await expect(call).rejects.toBe(error)
    await server.whenOpen(0)
  })

  it('does not report more than the connection accepts', async () => {
    const server = await serve(({ socket }) => socket.pause(), { early: true })
    const { told, listen } = listening()
    const abort = new AbortController()
    const body = Buffer.alloc(50_000_000)
    const call = sessionOver(transport).post(server.url, {
      body,
      onUploadProgress: listen,
      signal: abort.signal,
    })
    await server.whenRequests(1)
    await expect.poll(() => told.length, { interval: 5 }).toBeGreaterThan(1)
    abort.abort(new Error('given up'))
    await expect(call).rejects.toThrow('given up')
    expect(told.at(-1)?.bytes).toBeLessThan(25_000_000)
  })

  it('rejects a listener that is not a function, and sends nothing', async () => {
    const server = await receiver()
    const call = sessionOver(transport).post(server.url, { body: 'x', onUploadProgress: 1 as never })
    await expect(call).rejects.toBeInstanceOf(InvalidRequestError)
    expect(server.connections()).toBe(0)
  })
})

describe.each(TRANSPORTS)('onDownloadProgress, over %s,', (transport) => {
  it.each<[string, (response: Response) => Promise<number>]>([
    ['bytes', async (response) => (await response.arrayBuffer()).byteLength],
    ['text', async (response) => (await response.text()).length],
    ['a blob', async (response) => (await response.blob()).size],
    ['a stream', (response) => lengthOf(response.body)],
  ])('tells of a body that is read as %s', async (_kind, read) => {
    const server = await serve((visit) => visit.send(ok(BIG)))
    const { told, listen } = listening()
    const response = await sessionOver(transport).get(server.url, { onDownloadProgress: listen })
    expect([response.type, response.url, response.status]).toEqual(['basic', server.url, 200])
    expect(await read(response)).toBe(BIG.length)
    expectWhole(told, BIG.length)
    expect(told.length).toBeGreaterThan(5)
  })

  it('counts decoded bytes, whose total is known at the end', async () => {
    const server = await serve((visit) => visit.send(ok(gzipSync(BIG), 'Content-Encoding: gzip')))
    const { told, listen } = listening()
    const text = await sessionOver(transport).get(server.url, { onDownloadProgress: listen }).text()
    expect(text).toBe(BIG.toString())
    expectWhole(told, BIG.length, null)
  })

  it('works for session.fetch', async () => {
    const server = await serve((visit) => visit.send(ok('body')))
    const { told, listen } = listening()
    const init = { onDownloadProgress: listen } as RequestInit
    expect(await (await sessionOver(transport).fetch(server.url, init)).text()).toBe('body')
    expectWhole(told, 4)
  })

  it('still fails with a TruncatedError for a truncated body', async () => {
    const server = await serve((visit) => visit.end(`${head('200 OK', 'Content-Length: 10')}first`))
    const { told, listen } = listening()
    const response = await sessionOver(transport).get(server.url, { onDownloadProgress: listen })
    await expect(response.text()).rejects.toBeInstanceOf(TruncatedError)
    expect(told.at(-1)).toEqual({ bytes: 5, total: 10 })
  })

  it.each([0, 100_000])(
    'fails the body with what the listener throws at %i bytes, and gives the connection up',
    async (at) => {
      const server = await serve((visit) =>
        visit.send(`${head('200 OK', 'Content-Length: 9000000')}${BIG.toString()}`),
      )
      const error = new Error('enough')
      const call = sessionOver(transport).get(server.url, {
        onDownloadProgress({ bytes }) {
          if (bytes >= at) throw error
        },
      })
      await expect(call.text()).rejects.toBe(error)
      await server.whenOpen(0)
    },
  )

  it('keeps the connection for the next call, read or discarded', async () => {
    const server = await serve((visit) => visit.send(ok('body')))
    const session = sessionOver(transport, { onDownloadProgress: () => {} })
    await session.get(server.url).text()
    await (await session.get(server.url)).discard()
    await session.get(server.url).text()
    expect(server.connections()).toBe(1)
  })

  it('ends the body when the session is closed', async () => {
    const server = await serve((visit) => visit.send(`${head('200 OK', 'Content-Length: 10')}first`))
    const session = sessionOver(transport)
    const response = await session.get(server.url, { onDownloadProgress: () => {} })
    const text = response.text()
    await Promise.all([expect(text).rejects.toMatchObject({ name: 'SessionClosedError' }), session.close()])
  })
})

describe('onUploadProgress, onDownloadProgress: progress', () => {
  it('is reported over a mounted transport, such as the platform’s fetch', async () => {
    const server = await receiver()
    const [up, down] = [listening(), listening()]
    const session = sessionOver('sockets')
    session.mount('http://', fetchTransport())
    const seen = await session
      .post(server.url, {
        json: BIG.toString(),
        onUploadProgress: up.listen,
        onDownloadProgress: down.listen,
      })
      .json<Received>()
    expect([seen.bytes, seen.length]).toEqual([1_000_002, '1000002'])
    expectWhole(up.told, 1_000_002)
    expect(down.told.at(-1)?.total).toBeGreaterThan(50)
  })

  it('is reported over HTTP/2', async () => {
    const authority = await createAuthority()
    atEnd(() => authority.close())
    const certificate = await authority.issue(['DNS:localhost', 'IP:127.0.0.1'])
    const origin = await receiver()
    const directives = `client_max_body_size 10m; location / { proxy_pass ${origin.url}; }`
    const nginx = await startNginx({ certificate, http2: true, directives })
    atEnd(() => nginx.close())
    const options: NodeSessionOptions = { http2: true, trustEnv: false, tls: { ca: authority.ca } }
    const session = new Session(options)
    atEnd(() => session.close())
    const { told, listen } = listening()
    const call = session.post(`https://localhost:${nginx.port}/`, { body: BIG, onUploadProgress: listen })
    expect(await call.json()).toMatchObject({ length: '1000000', hash: hashOf(BIG) })
    expectWhole(told, BIG.length)
  })

  it('is not exported: an export lists the listeners as omitted', async () => {
    const { omitted } = await sessionOver('sockets', { onUploadProgress: () => {} }).export()
    expect(omitted).toEqual(['onUploadProgress'])
  })

  it('is reported to children of a session with a listener', async () => {
    const server = await receiver()
    const { told, listen } = listening()
    const session = sessionOver('sockets', { onUploadProgress: listen })
    for (const child of [session.extend(), session.fork()]) await child.post(server.url, { body: 'x' })
    expect(told).toHaveLength(4)
  })

  it('does not change the body and the response of a call without listeners', async () => {
    const server = await serve((visit) => visit.send(ok('body')))
    const session = sessionOver('sockets')
    const plain = await session.post(server.url, { body: 'x' })
    const watched = await session.post(server.url, { body: 'x', onDownloadProgress: () => {} })
    expect(plain.constructor.name).toBe('LazyResponse')
    expect(watched.constructor.name).toBe('WatchedResponse')
  })
})

function formData(bytes: Buffer<ArrayBuffer>): FormData {
  const form = new FormData()
  form.append('a', new Blob([bytes]), 'a.bin')
  return form
}

async function* inChunks(text: string): AsyncGenerator<string> {
  for (let start = 0; start < text.length; start += 30_000) yield text.slice(start, start + 30_000)
}

async function lengthOf(stream: AsyncIterable<Uint8Array> | null): Promise<number> {
  let length = 0
  for await (const chunk of stream ?? []) length += chunk.byteLength
  return length
}
