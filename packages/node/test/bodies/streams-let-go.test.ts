import { AsyncLocalStorage } from 'node:async_hooks'
import { type LookupFunction, isIP } from 'node:net'
import { Readable } from 'node:stream'
import { type CallOptions, type Session, TimeoutError } from '@session-fetch/node'
import { head, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it, vi } from 'vitest'
import { TRANSPORTS, serve, sessionOver } from '../fault-stage.js'
import { notedChunks, turns } from '../wire/deliver.js'

const reason = { why: 'enough' }

/** A body that yields one chunk and then never settles; records how it is closed. */
function waiting(): { body: BodyInit; returned: () => number } {
  let returned = 0
  let given = false
  const body: AsyncIterableIterator<string> = {
    next: () => {
      if (given) return new Promise(() => {})
      given = true
      return Promise.resolve({ done: false, value: 'some' })
    },
    return: () => {
      returned += 1
      return Promise.resolve({ done: true, value: undefined })
    },
    [Symbol.asyncIterator]: () => body,
  }
  return { body: body as unknown as BodyInit, returned: () => returned }
}

const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no failure',
    (thrown: unknown) => ({ thrown }),
  )

describe.each(TRANSPORTS)('body, over %s,', (transport) => {
  const calls: [string, (session: Session, url: string, call: CallOptions) => Promise<unknown>][] = [
    ['post()', (session, url, call) => session.post(url, call)],
    [
      'fetch()',
      (session, url, { body, signal }) => session.fetch(url, { method: 'POST', body, signal } as RequestInit),
    ],
    ['send()', (session, url, call) => session.send(session.prepare('POST', url, call))],
  ]

  it.each(calls)('of a call that was aborted before is released immediately by %s', async (_name, call) => {
    const server = await serve(({ send }) => send(ok('mine')))
    const session = sessionOver(transport)
    const signal = AbortSignal.abort(reason)
    const cancelled = vi.fn()
    const stream = new ReadableStream({ cancel: cancelled })
    expect(await failure(call(session, server.url, { body: stream, signal }))).toEqual({ thrown: reason })
    expect(cancelled.mock.calls).toEqual([[reason]])
    const readable = Readable.from(['some'])
    expect(await failure(call(session, server.url, { body: readable as never, signal }))).toEqual({
      thrown: reason,
    })
    expect(readable.destroyed).toBe(true)
    const { body, returned } = waiting()
    expect(await failure(call(session, server.url, { body, signal }))).toEqual({ thrown: reason })
    expect(returned()).toBe(1)
    expect(server.requests).toHaveLength(0)
  })

  it('of a Request whose call was aborted before is cancelled', async () => {
    const cancelled = vi.fn()
    const body = new ReadableStream({ cancel: cancelled })
    const init = { method: 'POST', body, duplex: 'half', signal: AbortSignal.abort(reason) } as RequestInit
    const request = new Request('http://127.0.0.1:9/', init)
    expect(await failure(sessionOver(transport).fetch(request))).toEqual({ thrown: reason })
    expect([request.bodyUsed, cancelled.mock.calls]).toEqual([true, [[reason]]])
  })

  it('of a call that a hook fails, or outlasts, is cancelled', async () => {
    const session = sessionOver(transport)
    const hooks: NonNullable<CallOptions['hooks']>[] = [
      { request: () => Promise.reject(new RangeError('no')) },
      { request: () => new Promise(() => {}) },
    ]
    for (const each of hooks) {
      const { body, returned } = waiting()
      await failure(session.post('http://127.0.0.1:9/', { body, hooks: each, timeout: 20 }))
      expect(returned()).toBe(1)
    }
  })

  describe.each([
    ['', {}],
    [' with a listener', { onUploadProgress: () => {} }],
  ])('that is waited for%s', (_what, options) => {
    it('is released when the call is aborted', async () => {
      const server = await serve(() => {}, { early: true })
      const { body, returned } = waiting()
      const abort = new AbortController()
      const call = failure(
        sessionOver(transport).post(server.url, { body, signal: abort.signal, ...options }),
      )
      await server.whenRequests(1)
      await turns(5)
      abort.abort(reason)
      expect(await call).toEqual({ thrown: reason })
      await vi.waitFor(() => expect(returned()).toBe(1))
    })

    it('is released at its deadline', async () => {
      const server = await serve(() => {}, { early: true })
      const { body, returned } = waiting()
      await expect(
        sessionOver(transport).post(server.url, { body, timeout: 100, ...options }),
      ).rejects.toThrow(TimeoutError)
      await vi.waitFor(() => expect(returned()).toBe(1))
    })

    it.each([
      ['answered early', head('413 Too Large', 'Content-Length: 0')],
      ['redirected', head('303 See Other', 'Location: /next', 'Content-Length: 0')],
      ['not answered', ''],
    ])('is let go of when it is %s', async (_how, answer) => {
      const server = await serve(
        ({ request, send, end }) => {
          if (request.method === 'GET') send(ok('next'))
          else if (answer) send(answer)
          else end()
        },
        { early: true },
      )
      const { body, returned } = waiting()
      await failure(sessionOver(transport).post(server.url, { body, ...options }))
      await vi.waitFor(() => expect(returned()).toBe(1))
    })
  })

  it('that is one of several parts is released', async () => {
    const server = await serve(({ send }) => send(head('413 Too Large', 'Content-Length: 0')), {
      early: true,
    })
    const parts = [waiting(), waiting()]
    const multipart = Object.fromEntries(
      parts.map(({ body }, index) => [`part${index}`, { content: body as never, filename: 'file' }]),
    )
    await failure(sessionOver(transport).post(server.url, { multipart }))
    await vi.waitFor(() => expect(parts.map(({ returned }) => returned())).toEqual([1, 1]))
  })

  it('whose listener rejects fails the call, at whatever step', async () => {
    const server = await serve(({ send }) => send(ok('mine')))
    const session = sessionOver(transport)
    for (const when of [0, 4]) {
      const late = (): Promise<never> => turns(1).then(() => Promise.reject(reason))
      const listener = ({ bytes }: { bytes: number }): unknown => (bytes === when ? late() : turns(1))
      const upload = session.post(server.url, { body: 'mine', onUploadProgress: listener }).text()
      expect(await failure(upload)).toEqual({ thrown: reason })
      const download = session.get(server.url, { onDownloadProgress: listener }).text()
      expect(await failure(download)).toEqual({ thrown: reason })
    }
  })
})

describe.each(TRANSPORTS)(
  'Session, over %s, runs functions of the caller in the context of their own call:',
  (transport) => {
    const tenant = new AsyncLocalStorage<number>()
    const CALLS = 12

    /** Twelve calls at once over two connections; `begin` says what each of them sends, and notes where it runs. */
    async function seen(begin: (note: () => void) => CallOptions): Promise<Map<number, Set<unknown>>> {
      const server = await serve(({ send }) => send(ok('mine')))
      const session = sessionOver(transport, transport === 'sockets' ? { connections: 2 } : {})
      const contexts = new Map<number, Set<unknown>>()
      const call = (id: number): Promise<string> =>
        tenant.run(id, () => {
          const noted = new Set<unknown>()
          contexts.set(id, noted)
          return session
            .post(
              server.url,
              begin(() => void noted.add(tenant.getStore())),
            )
            .text()
        })
      await Promise.all(Array.from({ length: CALLS }, (_, id) => call(id)))
      return contexts
    }

    it.each<[string, (note: () => void) => CallOptions]>([
      ['a generator', (note) => ({ body: notedChunks(note) })],
      [
        'a web stream',
        (note) => {
          let left = 3
          const pull = (controller: ReadableStreamDefaultController): void => {
            note()
            if (left-- > 0) controller.enqueue(new Uint8Array(3))
            else controller.close()
          }
          return { body: new ReadableStream({ pull }, { highWaterMark: 0 }) }
        },
      ],
      [
        'a part',
        (note) => ({ multipart: { file: { content: notedChunks(note) as never, filename: 'file' } } }),
      ],
      ['onUploadProgress', (note) => ({ body: 'some', onUploadProgress: note })],
      ['onUploadProgress of a stream', (note) => ({ body: notedChunks(note), onUploadProgress: note })],
      ['onDownloadProgress', (note) => ({ body: 'some', onDownloadProgress: note })],
      ['hooks', (note) => ({ hooks: { request: note, response: note } })],
    ])('%s', async (_what, begin) => {
      const contexts = await seen(begin)
      for (const [id, noted] of contexts) expect([...noted]).toEqual([id])
    })
  },
)

it('Session looks a name up, and asks a guard, in the context of the call that needs the connection', async () => {
  const tenant = new AsyncLocalStorage<number>()
  const asked: unknown[] = []
  const lookup: LookupFunction = (_hostname, _options, callback) => {
    asked.push(tenant.getStore())
    callback(null, [{ address: '127.0.0.1', family: isIP('127.0.0.1') }])
  }
  const guard = (): void => void asked.push(tenant.getStore())
  const server = await serve(({ socket }) => socket.end(ok('mine', 'Connection: close')))
  const session = sessionOver('sockets', { connections: 1, lookup, guard })
  const url = `http://host.test:${server.port}/`
  await Promise.all(Array.from({ length: 4 }, (_, id) => tenant.run(id, () => session.get(url).text())))
  expect(asked).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
})
