import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import {
  type CallOptions,
  type NodeSessionOptions,
  type Session,
  SessionClosedError,
  type SessionResponse,
  TimeoutError,
  TruncatedError,
} from '@session-fetch/node'
import { head, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { TRANSPORTS, serve, sessionOver } from '../fault-stage.js'
import { turns } from '../wire/deliver.js'

const reason = { why: 'enough' }
const listening = { onDownloadProgress: () => {} }

const WAYS: [string, (response: SessionResponse) => Promise<unknown>, CallOptions?][] = [
  ['text()', (response) => response.text()],
  ['json()', (response) => response.json()],
  ['bytes()', (response) => response.bytes()],
  ['arrayBuffer()', (response) => response.arrayBuffer()],
  ['blob()', (response) => response.blob()],
  ['formData()', (response) => response.formData()],
  ['a clone', (response) => response.clone().text()],
  ['text() beside a clone', (response) => (response.clone(), response.text())],
  ['read()', async ({ body }) => body?.getReader().read()],
  ['closed', async ({ body }) => body?.getReader().closed],
  ['Readable.fromWeb()', async ({ body }) => Readable.fromWeb(body as never).toArray()],
  ['text() with a listener', (response) => response.text(), listening],
  ['closed with a listener', async ({ body }) => body?.getReader().closed, listening],
]

const ANSWERS: [string, string | Buffer][] = [
  ['whole', ok('{"whole":true}')],
  ['still coming', `${head('200 OK', 'Content-Length: 100')}{"some"`],
  ['encoded', encoded()],
]

function encoded(): Buffer {
  const body = gzipSync('{"whole":true}')
  return Buffer.concat([
    Buffer.from(head('200 OK', `Content-Length: ${body.length}`, 'Content-Encoding: gzip')),
    body,
  ])
}

/** What aborts a call, and the error of the readers. */
const STOPS: [string, (call: Stoppable) => unknown][] = [
  ['a signal', ({ abort }) => (abort.abort(reason), reason)],
  [
    'timeout.total',
    () => (
      vi.advanceTimersByTime(60_000), expect.objectContaining({ name: TimeoutError.name, phase: 'total' })
    ),
  ],
  [
    'session.close()',
    ({ session }) => (void session.close(), expect.objectContaining({ name: SessionClosedError.name })),
  ],
]

interface Stoppable {
  readonly abort: AbortController
  readonly session: Session
}

async function answered(
  answer: string | Buffer,
  {
    transport = 'sockets',
    call,
  }: { transport?: (typeof TRANSPORTS)[number]; call?: CallOptions | undefined } = {},
): Promise<Stoppable & { response: SessionResponse }> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const server = await serve(({ send }) => send(answer))
  const session = sessionOver(transport, { timeout: 60_000 } satisfies NodeSessionOptions)
  const abort = new AbortController()
  const response = await session.get(server.url, { signal: abort.signal, ...call })
  await turns(10)
  return { abort, session, response }
}

describe.each(TRANSPORTS)('signal: a body, over %s,', (transport) => {
  describe.each(ANSWERS)('that is %s', (_state, answer) => {
    it.each(
      STOPS.flatMap(([what, stop]) =>
        WAYS.map(([way, read, call]) => [what, way, { stop, read, call }] as const),
      ),
    )('is not read after %s by %s', async (_what, _way, { stop, read, call }) => {
      const { response, ...call_ } = await answered(answer, { transport, call })
      const error = stop(call_)
      expect(await read(response).catch((thrown: unknown) => ({ thrown }))).toEqual({ thrown: error })
    })
  })

  it('that was read is not affected by a later abort', async () => {
    const { abort, response, session } = await answered(ok('whole'), { transport })
    const clone = response.clone()
    expect(await response.text()).toBe('whole')
    abort.abort(reason)
    await session.close()
    vi.advanceTimersByTime(60_000)
    expect(await clone.text()).toBe('whole')
  })

  it('of a thrown failure remains readable after a later abort of the call', async () => {
    const server = await serve(({ send }) => send(ok('why').toString().replace('200 OK', '404 Not Found')))
    const session = sessionOver(transport)
    const abort = new AbortController()
    const { signal } = abort
    const error = await session
      .get(server.url, { signal, throwHttpErrors: true })
      .catch((thrown: unknown) => thrown)
    abort.abort()
    expect(await (error as { response: Response }).response.text()).toBe('why')
  })

  it.each([
    ['cut off', 'some'],
    ['cut off at once', ''],
  ])('that is %s fails who waits only for its end', async (_how, part) => {
    const server = await serve(({ end }) => end(`${head('200 OK', 'Content-Length: 100')}${part}`))
    const call = { onDownloadProgress: null }
    for (const options of [call, listening]) {
      const { body } = await sessionOver(transport).get(server.url, options)
      await expect(body?.getReader().closed).rejects.toThrow(TruncatedError)
    }
  })

  it('that is truncated returns the received part to a reader', async () => {
    const part = 'x'.repeat(50_000)
    const server = await serve(({ send, end }) => {
      send(`${head('200 OK', 'Content-Length: 100000')}begin`)
      setImmediate(() => end(part))
    })
    const { body } = await sessionOver(transport).get(server.url)
    let read = 0
    const work = (async () => {
      for await (const chunk of body ?? []) {
        read += chunk.byteLength
        await server.whenOpen(0)
        await turns(5)
      }
    })()
    await expect(work).rejects.toThrow(TruncatedError)
    expect(read).toBe(50_005)
  })
})
