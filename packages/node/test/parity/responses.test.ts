import {
  ConnectionError,
  DecodeError,
  HttpError,
  ProtocolError,
  Session,
  TruncatedError,
} from '@session-fetch/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mocked } from './mocked.js'
import { type RawServer, startRawServer } from './raw-server.js'

const url = 'https://api.test/'

describe('links', () => {
  const next = { url: `${url}a?page=2`, rel: 'next' }
  const titled = { url: `${url}a`, rel: 'prev up', title: 'one, two; three' }

  it.each<[string, string, object]>([
    [
      'of two',
      '</a?page=2>; rel="next", </a?p=9>; rel=last',
      { next, last: { url: `${url}a?p=9`, rel: 'last' } },
    ],
    [
      'of one without a relation',
      '<https://cdn.test/x>',
      { 'https://cdn.test/x': { url: 'https://cdn.test/x' } },
    ],
    ['of one with a last semicolon', '</a>; rel=a;', { a: { url: `${url}a`, rel: 'a' } }],
    [
      'of one with two relations',
      '</a>; rel="prev up"; title="one, two; three"',
      { prev: titled, up: titled },
    ],
    ['of an empty header', '', {}],
  ])('%s', async (_what, header, expected) => {
    const { session } = mocked(() => new Response(null, { headers: { Link: header } }))
    expect({ ...(await session.get(url)).links }).toEqual(expected)
  })
})

describe('raiseForStatus: a failure status', () => {
  it.each([400, 404, 418, 500, 503])(
    '%i raises with the status and the place in its words',
    async (status) => {
      const { session } = mocked(() => new Response('why', { status, statusText: 'No Good' }))
      const response = await session.get(`${url}a?token=secret`)
      expect(() => response.raiseForStatus()).toThrow(`HTTP ${status} No Good: GET ${url}a`)
      expect(response.ok).toBe(false)
    },
  )

  it.each([200, 204, 304, 399])('%i does not raise, and returns the response', async (status) => {
    const { session } = mocked(() => new Response(null, { status: status === 399 ? 201 : status }))
    const response = await session.get(url)
    expect(response.raiseForStatus()).toBe(response)
  })

  it('has the response in the error, with a readable body', async () => {
    const { session } = mocked(() => new Response('why', { status: 422 }))
    const error = await session.get(url, { throwHttpErrors: true }).then(
      () => null,
      (reason: unknown) => reason,
    )
    if (!(error instanceof HttpError)) throw error
    expect([error.status, error.request?.url, await error.response.text()]).toEqual([422, url, 'why'])
  })
})

describe('json', () => {
  it.each(['<html>', '', '{"a":', 'NaN'])('that is %j is a DecodeError with the response', async (text) => {
    const { session } = mocked(() => new Response(text))
    const error = await session
      .get(`${url}?token=secret`)
      .json()
      .then(
        () => null,
        (reason: unknown) => reason,
      )
    if (!(error instanceof DecodeError)) throw error
    expect([error.response?.status, error.phase, error.message.includes('secret')]).toEqual([
      200,
      'body',
      false,
    ])
  })

  it('does not quote text that is not JSON', async () => {
    const { session } = mocked(() => new Response('x'.repeat(1000)))
    const error = await session
      .get(url)
      .json()
      .then(
        () => null,
        (reason: unknown) => reason,
      )
    expect(String(error)).not.toContain('xx')
    expect(String(error)).toContain('length 1000')
    expect(JSON.stringify(error)).toContain('ERR_DECODE')
  })

  it('is UTF-8, and the caller can decode other encodings', async () => {
    const utf16 = Buffer.from('{"a":1}', 'utf16le')
    const { session } = mocked(() => new Response(utf16))
    await expect(session.get(url).json()).rejects.toBeInstanceOf(DecodeError)
    const text = new TextDecoder('utf-16le').decode(await session.get(url).bytes())
    expect(JSON.parse(text)).toEqual({ a: 1 })
  })
})

describe('SessionResponse over a real connection', () => {
  let session: Session
  let server: RawServer | undefined
  beforeEach(() => {
    session = new Session()
  })
  afterEach(async () => {
    await session.close()
    server?.close()
  })
  const get = async (answer: Parameters<typeof startRawServer>[0]): Promise<ReturnType<Session['get']>> => {
    server = await startRawServer(answer)
    return session.get(server.url)
  }

  it('keeps the reason phrase and joins repeated headers', async () => {
    const response = await get('HTTP/1.1 299 Quite So\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 0\r\n\r\n')
    expect([response.status, response.statusText, response.headers.get('x-a')]).toEqual([
      299,
      'Quite So',
      '1, 2',
    ])
  })

  it('accepts a non-ASCII reason phrase', async () => {
    const response = await get('HTTP/1.1 404 Nicht gef\xfcnden\r\nContent-Length: 0\r\n\r\n')
    expect(() => response.raiseForStatus()).toThrow(/^HTTP 404 Nicht gef.+nden: GET http/)
  })

  it('without a length ends with its connection', async () => {
    expect(await (await get('HTTP/1.0 200 OK\r\n\r\nall of it')).text()).toBe('all of it')
  })

  it.each([
    ['its length', 'Content-Length: 9\r\n\r\nhello'],
    ['its last chunk', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
  ])('that ends before %s is a TruncatedError', async (_what, rest) => {
    const response = await get(`HTTP/1.1 200 OK\r\n${rest}`)
    await expect(response.text()).rejects.toBeInstanceOf(TruncatedError)
  })

  it('with two lengths is a ProtocolError', async () => {
    const call = get('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!')
    await expect(call).rejects.toBeInstanceOf(ProtocolError)
  })

  it('that is not HTTP is a ProtocolError', async () => {
    await expect(get('SSH-2.0-server\r\n')).rejects.toBeInstanceOf(ProtocolError)
  })

  it('that never begins is a ConnectionError', async () => {
    await expect(get((socket) => void socket.destroy())).rejects.toBeInstanceOf(ConnectionError)
  })

  it('may be discarded unread, and frees its connection', async () => {
    let closed: Promise<unknown> | undefined
    const response = await get((socket) => {
      closed = new Promise((resolve) => socket.once('close', resolve))
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(100_000)}`)
    })
    await response.body?.cancel()
    await closed
    expect(response.status).toBe(200)
  })

  it('has the time until the headers arrived, without the body', async () => {
    let finish = (): void => {}
    const response = await get((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n')
      finish = () => void socket.end('ok')
    })
    const { elapsed } = response
    finish()
    await response.text()
    expect([elapsed > 0, response.elapsed]).toEqual([true, elapsed])
  })

  it('can be read line by line, independent of the chunks', async () => {
    const response = await get((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\none\r\n\r\n', () => {
        socket.end('8\r\ntwo\nthre\r\n1\r\ne\r\n0\r\n\r\n')
      })
    })
    let text = ''
    for await (const part of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()))
      text += part
    expect(text.split(/\r\n|\n/)).toEqual(['one', 'two', 'three'])
  })
})
