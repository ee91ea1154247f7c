import { DecodeError, PreparedRequest, SessionError, TruncatedError } from '@session-fetch/core'
import { Cancellation } from '@session-fetch/core/adapter'
import { describe, expect, it, vi } from 'vitest'
import { Session } from '../session/session.js'
import { PlatformResponse } from './platform-response.js'

const url = 'http://api.test/?token=hunter2'

function request(): PreparedRequest {
  const prepared = new Session().prepare('GET', url)
  prepared.cancellation = new Cancellation()
  return prepared
}

/** A response whose body begins, and then fails. */
function failing(error: unknown, asked: PreparedRequest = request()): Response {
  let pulls = 0
  const source: UnderlyingDefaultSource<Uint8Array> = {
    pull(controller) {
      pulls += 1
      if (pulls === 1) controller.enqueue(new Uint8Array([120]))
      else controller.error(error)
    },
  }
  return PlatformResponse.received(new Response(new ReadableStream(source, { highWaterMark: 0 })), asked)
}

async function readAll(stream: ReadableStream<Uint8Array> | null | undefined): Promise<string> {
  const reader = stream?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let part = await reader?.read(); part?.value; part = await reader?.read())
    text += decoder.decode(part.value)
  return text
}

const readers: Record<string, (response: Response) => Promise<unknown>> = {
  text: (response) => response.text(),
  'text, after body was asked for': (response) => (void response.body, response.text()),
  blob: (response) => response.blob(),
  'getReader()': (response) => readAll(response.body),
  'for await': async (response) => {
    for await (const chunk of response.body ?? []) void chunk
  },
  'pipeTo()': async (response) => response.body?.pipeTo(new WritableStream()),
  'pipeThrough()': async (response) => readAll(response.body?.pipeThrough(new TransformStream())),
  'tee()': async (response) => readAll(response.body?.tee()[0]),
  'clone().body': (response) => readAll(response.clone().body),
  'body, after clone()': (response) => (void response.clone(), readAll(response.body)),
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.unreachable('nothing failed'),
    (error: unknown) => error,
  )
}

describe.each(Object.entries(readers))('PlatformResponse.body, read by %s', (_name, read) => {
  it.each([
    ['Node', new TypeError('terminated', { cause: new Error('other side closed') })],
    ['Bun', Object.assign(new TypeError(`ECONNRESET fetching "${url}"`), { code: 'ECONNRESET', path: url })],
    ['Deno', new TypeError('error reading a body from connection')],
    ['workerd', new Error('Network connection lost.')],
  ])(
    'fails with a TruncatedError that shows no query, where it is cut short in %s',
    async (_engine, cause) => {
      const error = await failureOf(read(failing(cause)))
      expect(error).toBeInstanceOf(TruncatedError)
      expect(error).toMatchObject({ message: 'The body ended early: GET http://api.test/', phase: 'body' })
      const { cause: shown } = error as TruncatedError
      expect(
        `${String(shown)} ${JSON.stringify(shown)} ${Object.values(shown as object).join()}`,
      ).not.toContain('hunter2')
    },
  )

  it.each([
    ['Node', new TypeError('terminated', { cause: Object.assign(new Error('x'), { code: 'Z_DATA_ERROR' }) })],
    [
      'Node, in brotli',
      new TypeError('terminated', {
        cause: Object.assign(new Error('x'), { code: 'ERR__ERROR_FORMAT_PADDING_2' }),
      }),
    ],
    ['Bun', Object.assign(new TypeError(`ZlibError fetching "${url}"`), { code: 'ZlibError' })],
    ['Bun, in brotli', Object.assign(new TypeError('x'), { code: 'BrotliDecompressionError' })],
    ['Deno', new TypeError('CRC computed does not match')],
    ['Deno, where it ends early', new TypeError('unexpected end of file')],
    ['workerd', new TypeError('Gzip decompression failed.')],
    ['workerd, where it ends early', new TypeError('Brotli compressed stream ended prematurely.')],
  ])('fails with a DecodeError, where its compression is corrupt in %s', async (_engine, cause) => {
    const error = await failureOf(read(failing(cause)))
    expect(error).toBeInstanceOf(DecodeError)
    expect(String(error)).toBe(
      'DecodeError: The compressed body is corrupt or truncated: GET http://api.test/',
    )
    expect(JSON.stringify((error as DecodeError).cause)).not.toContain('hunter2')
  })

  it('fails with the reason of an abort, whatever the engine says', async () => {
    const asked = request()
    const response = failing(new DOMException('aborted', 'AbortError'), asked)
    asked.cancellation.abort('enough')
    expect(await failureOf(read(response))).toBe('enough')
  })

  it('fails with a SessionError unchanged', async () => {
    const error = new SessionError('ours')
    expect(await failureOf(read(failing(error)))).toBe(error)
  })
})

describe('PlatformResponse.body', () => {
  const received = (native: Response): Response => PlatformResponse.received(native, request())

  it('is one stream, or null without a body', () => {
    const response = received(new Response('text'))
    expect(response.body).toBeInstanceOf(ReadableStream)
    expect(response.body).toBe(response.body)
    expect(received(new Response(null)).body).toBeNull()
  })

  it("does not lock the engine's stream before it is read, and cancels it with the reason", async () => {
    const cancel = vi.fn()
    const stream = new ReadableStream({ cancel }, { highWaterMark: 0 })
    const { body } = received(new Response(stream))
    const reader = body?.getReader()
    expect(stream.locked).toBe(false)
    await reader?.cancel('enough')
    expect(cancel).toHaveBeenCalledExactlyOnceWith('enough')
  })

  it("cancels the engine's stream after a part was read", async () => {
    const cancel = vi.fn()
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void =>
      controller.enqueue(new Uint8Array([1]))
    const reader = received(
      new Response(new ReadableStream({ pull, cancel }, { highWaterMark: 0 })),
    ).body?.getReader()
    await reader?.read()
    await reader?.cancel('enough')
    expect(cancel).toHaveBeenCalledExactlyOnceWith('enough')
  })

  it("supports BYOB readers if the engine's stream does", async () => {
    const pull = (controller: ReadableByteStreamController): void => {
      controller.enqueue(new Uint8Array([1, 2, 3]))
      controller.close()
    }
    const reader = received(new Response(new ReadableStream({ type: 'bytes', pull }))).body?.getReader({
      mode: 'byob',
    })
    const first = await reader?.read(new Uint8Array(2))
    const second = await reader?.read(new Uint8Array(2))
    const last = await reader?.read(new Uint8Array(2))
    expect([[...(first?.value ?? [])], [...(second?.value ?? [])], last?.done]).toEqual([[1, 2], [3], true])
    const plain = received(new Response(new ReadableStream()))
    expect(() => plain.body?.getReader({ mode: 'byob' })).toThrow(TypeError)
  })

  it('is locked to others while it has a reader', async () => {
    const response = received(new Response('text'))
    const reader = response.body?.getReader()
    await expect(response.text()).rejects.toThrow(TypeError)
    expect(() => response.clone()).toThrow(TypeError)
    reader?.releaseLock()
    const clone = response.clone()
    expect([await response.text(), await readAll(clone.body)]).toEqual(['text', 'text'])
    await expect(response.text()).rejects.toThrow(TypeError)
  })

  it('keeps the type of a Blob, and what a discard has kept', async () => {
    const response = PlatformResponse.received(
      new Response('text', { headers: { 'Content-Type': 'text/css' } }),
      request(),
    )
    await response.discard()
    expect(response.body?.locked).toBe(false)
    expect(await response.blob()).toMatchObject({ type: 'text/css', size: 4 })
  })

  it('ends the call when it is read to its end, cancelled or lost', async () => {
    const ends: Record<string, (response: Response) => unknown> = {
      end: (response) => readAll(response.body),
      cancel: (response) => response.body?.cancel(),
    }
    for (const end of Object.values(ends)) {
      const response = PlatformResponse.received(new Response('text'), request())
      const done = vi.fn()
      ;(response as PlatformResponse).whenDone(done)
      void response.body
      expect(done).not.toHaveBeenCalled()
      await end(response)
      expect(done).toHaveBeenCalledOnce()
    }
  })
})
