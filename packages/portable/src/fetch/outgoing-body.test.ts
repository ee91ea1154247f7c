import { InvalidRequestError } from '@session-fetch/core'
import { Cancellation } from '@session-fetch/core/adapter'
import { describe, expect, it, vi } from 'vitest'
import { OutgoingBody, assertReadable } from './outgoing-body.js'

type Given = ConstructorParameters<typeof OutgoingBody>[0]['body']

function bodyOf(body: Given, cancellation = new Cancellation()): OutgoingBody {
  return new OutgoingBody({ body, cancellation })
}

function sent(body: OutgoingBody): Promise<string> {
  return new Response(body.init).text()
}

async function* chunks(...list: (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* list
}

describe('OutgoingBody', () => {
  it.each<[string, Given]>([
    ['text', 'text'],
    ['bytes', new Uint8Array([1])],
    ['a form', new FormData()],
    ['nothing', null],
  ])('passes on %s', (_kind, body) => {
    expect(bodyOf(body).init).toBe(body)
  })

  it.each<[string, (shared: SharedArrayBuffer) => ArrayBufferView]>([
    ['a Uint8Array', (shared) => new Uint8Array(shared, 1, 3)],
    ['a DataView', (shared) => new DataView(shared, 1, 3)],
    ['a Uint16Array', (shared) => new Uint16Array(shared, 2, 1)],
  ])('copies a chunk that is over shared memory: %s', async (_kind, make) => {
    const shared = new SharedArrayBuffer(4)
    new Uint8Array(shared).set([97, 98, 99, 100])
    const body = make(shared)
    const text = 'abcd'.slice(body.byteOffset, body.byteOffset + body.byteLength)
    const chunk = new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
    const reader = (bodyOf(chunks(chunk)).init as ReadableStream<Uint8Array>).getReader()
    const { value } = await reader.read()
    expect(value?.buffer).toBeInstanceOf(ArrayBuffer)
    expect(new TextDecoder().decode(value)).toBe(text)
  })

  it('creates a stream from an iterable, and from a stream', async () => {
    expect(await sent(bodyOf(chunks('grü', new TextEncoder().encode('ße'), '')))).toBe('grüße')
    expect(await sent(bodyOf(new Response('text').body))).toBe('text')
  })

  it('does not read before it is read', () => {
    const next = vi.fn(async () => ({ done: true as const, value: undefined }))
    bodyOf({ [Symbol.asyncIterator]: () => ({ next }) })
    expect(next).not.toHaveBeenCalled()
  })

  it('records the error of its source', async () => {
    const error = new Error('disk')
    const body = bodyOf(
      (async function* () {
        yield 'a'
        throw error
      })(),
    )
    await expect(sent(body)).rejects.toBe(error)
    expect(body.failure).toEqual({ error })
  })

  it('refuses a chunk that is neither text nor bytes', async () => {
    const body = bodyOf(chunks(1 as unknown as string))
    await expect(sent(body)).rejects.toThrow(InvalidRequestError)
  })

  it('cancels its source with the reason of an abort, once', async () => {
    const cancel = vi.fn()
    const cancellation = new Cancellation()
    const body = bodyOf(new ReadableStream({ cancel }), cancellation)
    cancellation.abort('gone')
    body.drop('again')
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledExactlyOnceWith('gone'))
  })

  it('ends a generator when the fetch cancels the stream', async () => {
    const end = vi.fn(async () => ({ done: true as const, value: undefined }))
    const body = bodyOf({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<IteratorResult<string, undefined>>(() => {}),
        return: end,
      }),
    })
    await (body.init as ReadableStream).cancel()
    await vi.waitFor(() => expect(end).toHaveBeenCalledOnce())
  })

  it('ignores a source that fails while it is cancelled', async () => {
    const cancel = vi.fn(() => Promise.reject(new Error('busy')))
    bodyOf(new ReadableStream({ cancel })).drop('gone')
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce())
  })
})

describe('assertReadable', () => {
  it('refuses a stream with another reader', () => {
    const body = new ReadableStream()
    const request = { method: 'POST', url: 'http://a.test/', body } as Parameters<typeof assertReadable>[0]
    assertReadable(request)
    body.getReader()
    expect(() => assertReadable(request)).toThrow(InvalidRequestError)
  })
})
