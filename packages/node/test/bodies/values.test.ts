import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type CallOptions, InvalidRequestError, Session, mockTransport } from '@session-fetch/node'
import { ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { TRANSPORTS, atEnd, serve, sessionOver } from '../fault-stage.js'

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

function webStream(...chunks: string[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift()
      if (chunk === undefined) controller.close()
      else controller.enqueue(bytes(chunk))
    },
  })
}

async function* generated(): AsyncGenerator<Uint8Array | string> {
  yield 'gene'
  yield bytes('rated')
}

async function fileOf(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'session-fetch-'))
  atEnd(() => rm(folder, { recursive: true }))
  const path = join(folder, 'a.txt')
  await writeFile(path, content)
  return path
}

/** What a server reads of a form that was sent in chunks. */
async function readForm(body: Buffer, type: string | undefined): Promise<FormData> {
  let rest = body
  const chunks: Buffer[] = []
  for (;;) {
    const line = rest.indexOf('\r\n')
    const size = Number.parseInt(rest.subarray(0, line).toString(), 16)
    if (size === 0) break
    chunks.push(rest.subarray(line + 2, line + 2 + size))
    rest = rest.subarray(line + 2 + size + 2)
  }
  return new Response(Buffer.concat(chunks), { headers: { 'Content-Type': type ?? '' } }).formData()
}

describe.each(TRANSPORTS)('multipart: a part that is a stream, over %s,', (transport) => {
  it('is sent as it is read, between parts of other kinds', async () => {
    const server = await serve(({ send }) => send(ok()))
    const large = 'x'.repeat(300_000)
    const path = await fileOf(large)
    const multipart = {
      before: 'ü',
      file: { content: createReadStream(path), filename: 'a.txt', type: 'text/plain' },
      web: { content: webStream('we', '', 'b') },
      generated: { content: generated(), headers: { 'X-Part': '1' } },
      blob: new Blob(['blob']),
      bytes: { content: bytes('xbytesx').subarray(1, 6), filename: 'b' },
    }
    const response = await sessionOver(transport).post(server.url, { multipart })
    expect(response.status).toBe(200)
    const [request] = server.requests
    expect(request?.headers['transfer-encoding']).toBe('chunked')
    expect(request?.headers['content-length']).toBeUndefined()
    const form = await readForm(request?.body ?? Buffer.of(), request?.headers['content-type'])
    const texts = await Promise.all(
      [...form].map(async ([name, value]) => [name, value instanceof File ? await value.text() : value]),
    )
    expect(texts).toEqual([
      ['before', 'ü'],
      ['file', large],
      ['web', 'web'],
      ['generated', 'generated'],
      ['blob', 'blob'],
      ['bytes', 'bytes'],
    ])
    const file = form.get('file')
    expect(file instanceof File && [file.name, file.type]).toEqual(['a.txt', 'text/plain'])
  })

  it('fails the call with its own error, which may come before it is read', async () => {
    const server = await serve(({ send }) => send(ok()))
    const content = createReadStream('/nowhere/at/all')
    const call = sessionOver(transport).post(server.url, { multipart: { text: 'a', file: { content } } })
    await expect(call).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('is released when the call is aborted', async () => {
    const server = await serve(() => {}, { early: true })
    const controller = new AbortController()
    const content = new Readable({ read() {} })
    const waiting: { reason?: unknown } = {}
    const web = new ReadableStream({
      cancel(reason) {
        waiting.reason = reason
      },
    })
    content.push('begun')
    const call = sessionOver(transport).post(server.url, {
      multipart: { a: { content }, b: { content: web } },
      signal: controller.signal,
    })
    const failed = expect(call).rejects.toBe('enough')
    await server.whenRequests(1)
    const closed = once(content, 'close')
    controller.abort('enough')
    await failed
    await closed
    await expect.poll(() => 'reason' in waiting).toBe(true)
  })

  it('makes the request one-shot', async () => {
    const server = await serve(({ send, request }) =>
      send(request.target === '/' ? 'HTTP/1.1 307 Again\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n' : ok()),
    )
    const multipart = { a: { content: Readable.from(['x']) } }
    await expect(sessionOver(transport).post(server.url, { multipart })).rejects.toThrow(
      'cannot be sent again',
    )
    expect(server.requests).toHaveLength(1)
  })
})

describe('body: a stream that was used before', () => {
  it.each<[string, () => Promise<CallOptions>]>([
    ['a Node stream that was read', async () => ({ body: await spent() })],
    ['a part that is one', async () => ({ multipart: { a: { content: await spent() } } })],
    ['a Node stream that was destroyed', async () => ({ body: new Readable().destroy() })],
    ['a web stream that is locked', async () => ({ body: locked() })],
    ['a part that is one', async () => ({ multipart: { a: { content: locked() } } })],
  ])('is refused: %s', async (_what, options) => {
    const { session, calls } = mocked()
    await expect(session.post('http://api.test/', await options())).rejects.toThrow(InvalidRequestError)
    expect(calls).toEqual([])
  })

  async function spent(): Promise<Readable> {
    const stream = Readable.from(['x'])
    await stream.toArray()
    return stream
  }

  function locked(): ReadableStream {
    const stream = webStream('x')
    stream.getReader()
    return stream
  }
})

class Fields {
  a = '1'
}
class Nothing {
  get a(): string {
    return '1'
  }
}

/** Objects that are not records, regardless of `Object.entries`. */
const NO_RECORDS: readonly [string, unknown][] = [
  ['a number', 5],
  ['NaN', Number.NaN],
  ['true', true],
  ['false', false],
  ['0', 0],
  ['a symbol', Symbol('a')],
  ['a function', () => ({ a: '1' })],
  ['a Date', new Date(0)],
  ['a RegExp', /a/],
  ['an Error', new Error('a')],
  ['a Promise', Promise.resolve({ a: '1' })],
  ['an instance of a class without members of its own', new Nothing()],
  ['a list of no pairs', ['a', 'b']],
  ['pairs of one', [['a']]],
  ['pairs without a name', [[1, 'a']]],
  ['bytes', bytes('a=1')],
  ['an ArrayBuffer', new ArrayBuffer(1)],
  ['a Blob', new Blob(['a=1'])],
  ['a web stream', webStream('a=1')],
  ['a Node stream', Readable.from(['a=1'])],
  ['a generator', generated()],
  ['a Response', new Response('a=1')],
]

describe.each(['form', 'multipart', 'params', 'headers', 'cookies'])('%s', (name) => {
  it.each(NO_RECORDS)('refuses %s', async (_what, value) => {
    const { session, calls } = mocked()
    const call = session.post('http://api.test/', { [name]: value })
    await expect(call).rejects.toThrow(InvalidRequestError)
    await expect(call).rejects.toThrow(name)
    expect(calls).toEqual([])
  })

  it.each([
    ['a plain object', { a: '1' }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: '1' })],
    ['an instance of a class with members', new Fields()],
    ['an empty object', {}],
    ['null', null],
    ['undefined', undefined],
  ])('takes %s', async (_what, value) => {
    const { session, calls } = mocked()
    await session.post('http://api.test/', { [name]: value })
    expect(calls).toHaveLength(1)
  })
})

describe.each(['params', 'headers'] as const)('%s of a session', (name) => {
  it.each(NO_RECORDS)('refuse %s', (_what, value) => {
    expect(() => new Session({ [name]: value })).toThrow(InvalidRequestError)
    const session = new Session()
    expect(() => Object.assign(session, { [name]: value })).toThrow(InvalidRequestError)
  })
})

describe('text', () => {
  it.each(['form', 'multipart', 'cookies', 'headers'])('is no %s', async (name) => {
    const { session, calls } = mocked()
    for (const text of ['', 'a=1'])
      await expect(session.post('http://api.test/', { [name]: text })).rejects.toThrow(InvalidRequestError)
    expect(calls).toEqual([])
  })
})

describe('json', () => {
  it.each<[string, unknown]>([
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set([1])],
    ['a Promise', Promise.resolve(1)],
    ['a Blob', new Blob(['{}'])],
    ['a FormData', new FormData()],
    ['a URLSearchParams', new URLSearchParams('a=1')],
    ['a RegExp', /a/],
    ['an Error', new Error('a')],
    ['bytes', bytes('{}')],
    ['an ArrayBuffer', new ArrayBuffer(2)],
    ['a web stream', webStream('{}')],
    ['a Node stream', Readable.from(['{}'])],
    ['a Response', new Response('{}')],
    ['a Map deep inside', { a: [{ b: new Map() }] }],
    ['a Promise deep inside', { a: Promise.resolve(1) }],
    ['what toJSON makes a Set', { toJSON: () => new Set() }],
  ])('refuses %s', async (_what, json) => {
    const { session, calls } = mocked()
    await expect(session.post('http://api.test/', { json })).rejects.toThrow(/^json cannot be serialized: /)
    expect(calls).toEqual([])
  })

  it.each<[unknown, string]>([
    [{ a: {} }, '{"a":{}}'],
    [new Fields(), '{"a":"1"}'],
    [new Nothing(), '{}'],
    [Object.create(null), '{}'],
    [[{}, null], '[{},null]'],
    ['{}', '"{}"'],
    [{ a: '{}null' }, '{"a":"{}null"}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [Buffer.from('a'), '{"type":"Buffer","data":[97]}'],
    [new URL('http://a.test/'), '"http://a.test/"'],
    [{ toJSON: () => ({}) }, '{}'],
    [new Number(1), '1'],
  ])('writes %j as %s', async (json, text) => {
    const { session, calls } = mocked()
    await session.post('http://api.test/', { json })
    expect(calls[0]?.body).toBe(text)
  })
})

describe('body', () => {
  const NO_BODIES: readonly [string, unknown][] = [
    ['a number', 5],
    ['0', 0],
    ['true', true],
    ['false', false],
    ['a bigint', 1n],
    ['a symbol', Symbol('a')],
    ['a function', () => 'a'],
    ['an object', { a: 1 }],
    ['an object without a prototype', Object.create(null)],
    ['an instance of a class', new Fields()],
    ['a list', ['a']],
    ['a Date', new Date(0)],
    ['a Promise', Promise.resolve('a')],
    ['a Response', new Response('a')],
    ['a Map', new Map()],
    ['a String object', Object('a')],
  ]

  it.each(NO_BODIES)('refuses %s', async (_what, body) => {
    const { session, calls } = mocked()
    const call = session.post('http://api.test/', { body } as CallOptions)
    await expect(call).rejects.toThrow(/^body must be text, bytes/)
    expect(calls).toEqual([])
  })

  it.each(NO_BODIES)('of a request refuses %s from a hook and after prepare', async (_what, body) => {
    const { session, calls } = mocked()
    const request = (state: { request: object }): void => void Object.assign(state.request, { body })
    await expect(session.post('http://api.test/', { hooks: { request } })).rejects.toThrow(/^body must be/)
    const prepared = Object.assign(session.prepare('POST', 'http://api.test/'), { body })
    await expect(session.send(prepared)).rejects.toThrow(InvalidRequestError)
    expect(calls).toEqual([])
  })

  it('that a hook sets to undefined is empty', async () => {
    const { session, calls } = mocked()
    const request = (state: { request: object }): void =>
      void Object.assign(state.request, { body: undefined })
    await session.get('http://api.test/', { hooks: { request } })
    expect(calls[0]?.body).toBeNull()
  })
})

describe('multipart: a part', () => {
  it.each<[string, unknown]>([
    ['a Node stream that is not described', Readable.from(['a'])],
    ['bytes that are not described', bytes('a')],
    ['a Date', new Date(0)],
    ['a function', () => 'a'],
    ['a symbol', Symbol('a')],
    ['a list in a list', [['a']]],
    ['content that is a number', { content: 5 }],
    ['content that is an object', { content: { a: 1 } }],
    ['content that is a Promise', { content: Promise.resolve('a') }],
    ['content that is a Date', { content: new Date(0) }],
    ['content that is null', { content: null }],
    ['content that is a list', { content: ['a'] }],
    ['a filename that is a number', { content: 'a', filename: 5 }],
    ['a type that is an object', { content: 'a', type: {} }],
    ['a part header that is a number', { content: 'a', headers: { 'X-A': 5 } }],
    ['part headers that are a list', { content: 'a', headers: ['X-A'] }],
    ['a member that is misspelt', { content: 'a', fileName: 'a.txt' }],
    ['a member of other clients', { content: 'a', contentType: 'text/plain' }],
  ])('refuses %s', async (_what, part) => {
    const { session, calls } = mocked()
    const call = session.post('http://api.test/', { multipart: { part } } as CallOptions)
    await expect(call).rejects.toThrow(InvalidRequestError)
    await expect(call).rejects.toThrow(/part/)
    expect(calls).toEqual([])
  })

  it('has headers of any form', async () => {
    const { session, calls } = mocked()
    for (const headers of [{ 'X-A': '1' }, new Headers({ 'X-A': '1' }), new Map([['X-A', '1']])])
      await session.post('http://api.test/', { multipart: { a: { content: 'a', headers } } } as CallOptions)
    for (const { body } of calls) expect(await new Response(body as Blob).text()).toMatch(/^X-A: 1\r$/im)
    expect(calls).toHaveLength(3)
  })
})

function mocked(): { session: Session; calls: ReturnType<typeof mockTransport>['calls'] } {
  const api = mockTransport(() => new Response())
  const session = new Session()
  session.mount('http://api.test', api)
  return { session, calls: api.calls }
}
