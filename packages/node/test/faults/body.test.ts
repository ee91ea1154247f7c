import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { Session } from '@session-fetch/node'
import { type Fault, type Visit, head, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { CANARY, TRANSPORTS, expectNoSecret, failure, serve, sessionOver } from '../fault-stage.js'

/** Every reader of a body. */
const readers: [string, (response: Response) => Promise<unknown>][] = [
  ['text', (response) => response.text()],
  ['json', (response) => response.json()],
  ['bytes', (response) => response.bytes()],
  ['arrayBuffer', (response) => response.arrayBuffer()],
  ['blob', (response) => response.blob()],
  ['formData', (response) => response.formData()],
  ['a reader', (response) => drain(response.body)],
  ['a clone', (response) => response.clone().text()],
  ['pipeTo', async (response) => response.body?.pipeTo(new WritableStream())],
  ['tee', async (response) => drain(response.body?.tee()[1] ?? null)],
]

async function drain(body: ReadableStream<Uint8Array> | null): Promise<void> {
  for await (const chunk of body ?? []) void chunk
}

const announced = head('200 OK', 'Content-Length: 20', 'Content-Type: application/x-www-form-urlencoded')
const chunked = head('200 OK', 'Transfer-Encoding: chunked')
/** Lets what was written reach the client before the connection is lost. */
const afterwards = (visit: Visit, lose: () => void): void =>
  void visit.socket.write('', () => setImmediate(lose))

const cut: [string, Fault][] = [
  ['10: ends before its length', (visit) => visit.end(`${announced}half`)],
  ['11: is reset', (visit) => (visit.send(`${announced}half`), afterwards(visit, () => visit.reset()))],
  ['12: ends before its last chunk', (visit) => visit.end(`${chunked}4\r\nhalf\r\n`)],
]

/** Sends a request and reads the answer in one way; what went wrong must show no secret. */
async function failing(
  session: Session,
  url: string,
  read: (response: Response) => Promise<unknown>,
): Promise<unknown> {
  const response = await session.get(`${url}?token=${CANARY}`)
  const error = await read(response).then(
    () => expect.unreachable(),
    (error: unknown) => error,
  )
  expectNoSecret(error)
  return error
}

describe.each(TRANSPORTS)('response.body, over %s,', (transport) => {
  for (const [name, fault] of cut) {
    it.each(readers)(`${name}: a TruncatedError through %s`, async (_reader, read) => {
      const server = await serve(fault)
      const error = await failing(sessionOver(transport), server.url, read)
      expect(error).toMatchObject({ name: 'TruncatedError', phase: 'body', retryable: true })
      await server.whenOpen(0)
      expect(server.requests).toHaveLength(1)
    })
  }

  it('10: that is truncated returns the received part to a reader', async () => {
    const server = await serve((visit) => visit.end(`${announced}half`))
    const reader = (await sessionOver(transport).get(server.url)).body?.getReader()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('half')
    await expect(reader?.read()).rejects.toMatchObject({ name: 'TruncatedError' })
  })

  it.each(readers)('13: with a bad chunk size is a ProtocolError through %s', async (_name, read) => {
    const server = await serve((visit) => visit.send(`${chunked}4\r\n{"a"\r\n${CANARY}\r\n`))
    const error = await failing(sessionOver(transport), server.url, read)
    expect(error).toMatchObject({ name: 'ProtocolError', phase: 'body', retryable: false })
    await server.whenOpen(0)
    expect(server.requests).toHaveLength(1)
  })

  it('14: that lasts until the connection ends is returned as received, because its length is unknown', async () => {
    const server = await serve((visit) => visit.end(`${head('200 OK')}some`))
    expect(await sessionOver(transport).get(server.url).text()).toBe('some')
    await server.whenOpen(0)
  })

  it('23: with 100 KB of trailers is a HeadersTooLargeError', async () => {
    const server = await serve((visit) =>
      visit.send(`${chunked}2\r\nok\r\n0\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`),
    )
    const error = await failing(sessionOver(transport), server.url, (response) => response.text())
    expect(error).toMatchObject({ name: 'HeadersTooLargeError', phase: 'body', retryable: false })
    await server.whenOpen(0)
  })

  it('17: whose headers never arrive: a TimeoutError', async () => {
    const server = await serve(() => {})
    const failing = await failure(sessionOver(transport), server.url, { timeout: { headers: 100 } })
    expect(failing).toEqual({ name: 'TimeoutError', phase: 'headers', retryable: true })
    await server.whenOpen(0)
  })

  it.each([
    ['headers', head('200 OK', `X: ${'y'.repeat(500)}`)],
    ['a body', `${head('200 OK', 'Content-Length: 500')}${'z'.repeat(500)}`],
  ])('18: that drips, one byte of %s at a time: a TimeoutError of the total', async (_what, bytes) => {
    const server = await serve((visit) => drip(visit, bytes))
    const session = sessionOver(transport)
    const timeout = { total: 200, headers: 1000, body: 1000 }
    const failing = await failure(session, server.url, { timeout })
    expect(failing).toEqual({ name: 'TimeoutError', phase: 'total', retryable: false })
    await server.whenOpen(0)
  })

  it.each(readers)('19: that stalls: a TimeoutError of the body through %s', async (_name, read) => {
    const server = await serve((visit) => visit.send(`${announced}half`))
    const session = sessionOver(transport, { timeout: { body: 100 } })
    const error = await failing(session, server.url, read)
    expect(error).toMatchObject({ name: 'TimeoutError', phase: 'body', retryable: false })
    await server.whenOpen(0)
  })
})

const text = JSON.stringify({ secret: CANARY, text: 'hello '.repeat(50) })

const encodings: [string, Buffer][] = [
  ['gzip', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['br', brotliCompressSync(text)],
]

const damaged: [string, string, Buffer][] = encodings.flatMap(([coding, whole]) => [
  ['28: is cut off', coding, whole.subarray(0, whole.length - 6)],
  ['29: is garbage', coding, Buffer.from(`\x1f\x8b\x08\xff${CANARY}`.repeat(5), 'latin1')],
])

describe.each(TRANSPORTS)('response.body: a compressed one, over %s,', (transport) => {
  for (const [name, coding, bytes] of damaged) {
    it.each(readers)(`${name} (${coding}): a DecodeError through %s`, async (_name, read) => {
      const server = await serve((visit) => visit.send(ok(bytes, `Content-Encoding: ${coding}`)))
      const error = await failing(sessionOver(transport), server.url, read)
      expect(error).toMatchObject({ name: 'DecodeError', phase: 'body', retryable: false })
      expect(server.requests).toHaveLength(1)
    })
  }

  it.each(readers)('27: that is a bomb is a ResponseTooLargeError through %s', async (_name, read) => {
    const bomb = gzipSync(Buffer.alloc(20_000_000))
    const server = await serve((visit) => visit.send(ok(bomb, 'Content-Encoding: gzip')))
    const error = await failing(sessionOver(transport), server.url, read)
    expect(error).toMatchObject({ name: 'ResponseTooLargeError', phase: 'body', retryable: false })
  })

  it.each(readers)('30: in six codings is a DecodeError through %s', async (_name, read) => {
    const fields = ['Content-Encoding: gzip, gzip, gzip', 'Content-Encoding: gzip, gzip, gzip']
    const server = await serve((visit) => visit.send(ok(gzipSync('x'), ...fields)))
    const error = await failing(sessionOver(transport), server.url, read)
    expect(error).toMatchObject({ name: 'DecodeError', phase: 'body', retryable: false })
  })

  it('30: in an unknown coding is returned unchanged, with its header', async () => {
    const server = await serve((visit) => visit.send(ok('raw', 'Content-Encoding: gzip, secret')))
    const response = await sessionOver(transport).get(server.url)
    expect(await response.text()).toBe('raw')
    expect(response.headers.get('Content-Encoding')).toBe('gzip, secret')
  })
})

function drip(visit: Visit, bytes: string): void {
  let sent = 0
  const timer = setInterval(() => visit.send(bytes[sent++] ?? ''), 20)
  visit.socket.once('close', () => clearInterval(timer))
}
