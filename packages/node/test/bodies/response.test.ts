import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type HooksSource, type Session, SessionResponse } from '@session-fetch/node'
import { type Fault, type FaultServer, type Visit, head, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it, vi } from 'vitest'
import { deviates } from '../deviations.js'
import { TRANSPORTS, mostAfterLoss, overConnections, serve, sessionOver } from '../fault-stage.js'

/** The platform's own fetch, and the session's over both transports: where they should agree, they are compared. */
const FETCHES = ['the native fetch', ...TRANSPORTS] as const

async function fetchOver(
  name: (typeof FETCHES)[number],
  fault: Fault,
  init: RequestInit = {},
): Promise<Response> {
  const server = await serve(fault)
  if (name === 'the native fetch') return fetch(server.url, { ...init, headers: { Connection: 'close' } })
  return sessionOver(name).fetch(server.url, init)
}

const saying =
  (body: string | Uint8Array, ...headers: string[]): Fault =>
  (visit) =>
    visit.send(ok(body, ...headers))
const large = Buffer.from('0123456789abcdef'.repeat(20_000))

/** Sends a body in two parts, the second on request. */
function inParts(): { fault: Fault; finish: () => void } {
  const visits: Visit[] = []
  const fault: Fault = (visit) => (
    visits.push(visit), visit.send(`${head('200 OK', 'Content-Length: 10')}first`)
  )
  return { fault, finish: () => visits[0]?.send('after') }
}

async function textOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body ?? []) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe.each(FETCHES)('Response, over %s,', (name) => {
  it('is a Response, by class and brand', async () => {
    const response = await fetchOver(name, saying('x'))
    expect(response).toBeInstanceOf(Response)
    expect(Object.prototype.toString.call(response)).toBe('[object Response]')
    expect(Object.keys(response)).toEqual([])
    expect(response.type).toBe('basic')
    expect(response.redirected).toBe(false)
  })

  it('has its status, text and headers', async () => {
    const fields = ['X-A: 1', 'x-a: 2', 'Set-Cookie: a=1', 'Set-Cookie: b=2', 'Content-Length: 0']
    const response = await fetchOver(name, (visit) => visit.send(head('299 Almost Fine', ...fields)))
    expect([response.status, response.statusText, response.ok]).toEqual([299, 'Almost Fine', true])
    expect(response.headers.get('X-A')).toBe('1, 2')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it.each([
    [200, true],
    [299, true],
    [300, false],
    [404, false],
    [599, false],
  ])('of status %i is ok: %s', async (status, fine) => {
    const response = await fetchOver(name, (visit) => visit.send(head(`${status} S`, 'Content-Length: 0')))
    expect([response.status, response.ok]).toEqual([status, fine])
  })

  it('has the final URL, and reports that it was redirected', async () => {
    const response = await fetchOver(name, (visit) =>
      visit.send(
        visit.request.target === '/'
          ? head('302 Found', 'Location: /end?a=1', 'Content-Length: 0')
          : ok('end'),
      ),
    )
    expect(response.redirected).toBe(true)
    expect(new URL(response.url).pathname + new URL(response.url).search).toBe('/end?a=1')
  })

  it.each([
    ['GET', '204 No Content', ''],
    ['GET', '205 Reset Content', 'Content-Length: 0'],
    ['GET', '304 Not Modified', 'Content-Length: 5'],
    ['HEAD', '200 OK', 'Content-Length: 5'],
  ])('to %s with %s has no body', async (method, status, framing) => {
    const response = await fetchOver(
      name,
      (visit) => visit.send(head(status, ...(framing ? [framing] : []))),
      { method },
    )
    expect(response.body).toBeNull()
    expect(response.bodyUsed).toBe(false)
    expect(await response.text()).toBe('')
    expect(await response.text()).toBe('')
    expect(response.bodyUsed).toBe(false)
    expect(response.clone().body).toBeNull()
  })

  it('of no bytes has an empty body, which can be read once', async () => {
    const response = await fetchOver(name, saying(''))
    expect(response.body).toBeInstanceOf(ReadableStream)
    expect(await response.text()).toBe('')
    expect(response.bodyUsed).toBe(true)
    await expect(response.text()).rejects.toBeInstanceOf(TypeError)
  })

  it.each<[string, (response: Response) => Promise<unknown>]>([
    ['text', (response) => response.text()],
    ['json', (response) => response.json()],
    ['bytes', (response) => response.arrayBuffer()],
    ['blob', (response) => response.blob()],
  ])('is read once, by %s', async (_reader, read) => {
    const response = await fetchOver(name, saying('{"a":1}'))
    expect(response.bodyUsed).toBe(false)
    await read(response)
    expect(response.bodyUsed).toBe(true)
    expect(response.body?.locked).toBe(true)
    await expect(read(response)).rejects.toBeInstanceOf(TypeError)
    expect(() => response.clone()).toThrow(TypeError)
  })

  it('decodes UTF-8, without a byte order mark, and replaces invalid bytes', async () => {
    const bytes = Buffer.concat([Buffer.from('\ufeff{"a":"é'), Buffer.from([0xff]), Buffer.from('"}')])
    expect(await (await fetchOver(name, saying(bytes))).json()).toEqual({ a: 'é\ufffd' })
    expect(await (await fetchOver(name, saying('\ufeffx'))).text()).toBe('x')
    expect((await (await fetchOver(name, saying('\ufeffx'))).arrayBuffer()).byteLength).toBe(4)
  })

  it.each([
    ['Content-Type: text/HTML; Charset="utf-8"', 'text/html;charset=utf-8'],
    ['Content-Type: nonsense', ''],
    ['X-None: 1', ''],
  ])('is a blob of its type: %s', async (field, type) => {
    const blob = await (await fetchOver(name, saying('<p>', field))).blob()
    expect([blob.type, await blob.text()]).toEqual([type, '<p>'])
  })

  it('is form data, of either encoding', async () => {
    const url = await (
      await fetchOver(name, saying('a=1&b=%C3%A9&a=2', 'Content-Type: application/x-www-form-urlencoded'))
    ).formData()
    expect([url.getAll('a'), url.get('b')]).toEqual([['1', '2'], 'é'])
    const parts =
      '--b\r\nContent-Disposition: form-data; name="f"; filename="n.txt"\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b--\r\n'
    const form = await (
      await fetchOver(name, saying(parts, 'Content-Type: multipart/form-data; boundary=b'))
    ).formData()
    const file = form.get('f') as File
    expect([file.name, file.type, await file.text()]).toEqual(['n.txt', 'text/plain', 'hi'])
    await expect(
      (await fetchOver(name, saying('x', 'Content-Type: text/plain'))).formData(),
    ).rejects.toBeInstanceOf(TypeError)
  })

  it('locks its body for a reader, and releases it', async () => {
    const response = await fetchOver(name, saying(large))
    const reader = response.body?.getReader()
    expect(response.body?.locked).toBe(true)
    expect(response.bodyUsed).toBe(false)
    await expect(response.text()).rejects.toBeInstanceOf(TypeError)
    reader?.releaseLock()
    expect(Buffer.from(await response.arrayBuffer()).equals(large)).toBe(true)
    expect(response.bodyUsed).toBe(true)
  })

  it('whose body was partly read is used, and cannot be read or cloned', async () => {
    const response = await fetchOver(name, saying(large))
    const reader = response.body?.getReader()
    await reader?.read()
    reader?.releaseLock()
    expect(response.bodyUsed).toBe(true)
    await expect(response.text()).rejects.toBeInstanceOf(TypeError)
    expect(() => response.clone()).toThrow(TypeError)
  })

  it.each<[string, (response: Response) => Promise<string>]>([
    ['for await', (response) => textOf(response.body)],
    ['a Node stream', (response) => textOf(Readable.fromWeb(response.body as never))],
    ['a new Response', (response) => new Response(response.body, response).text()],
    [
      'tee',
      async (response) =>
        (await Promise.all(response.body?.tee().map(textOf) ?? [])).join('').slice(large.length),
    ],
    [
      'pipeThrough',
      (response) => textOf(response.body?.pipeThrough(new TransformStream<Uint8Array, Uint8Array>()) ?? null),
    ],
    ['a BYOB reader', readInto],
  ])('streams through %s', async (_way, read) => {
    const response = await fetchOver(name, saying(large))
    expect(await read(response)).toBe(large.toString())
    expect(response.bodyUsed).toBe(true)
  })

  it('is copied by new Response with its status and headers', async () => {
    const response = await fetchOver(name, (visit) =>
      visit.send(`${head('404 Gone Missing', 'Content-Length: 2', 'Set-Cookie: a=1', 'Set-Cookie: b=2')}ok`),
    )
    const copy = new Response(response.body, response)
    expect([copy.status, copy.statusText, await copy.text()]).toEqual([404, 'Gone Missing', 'ok'])
    expect(copy.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it('can be cloned before it is read, and while it arrives', async () => {
    const { fault, finish } = inParts()
    const response = await fetchOver(name, fault)
    const early = response.clone()
    const late = response.clone()
    const texts = Promise.all([
      early.text(),
      response.text(),
      late.clone().text(),
      late.text().catch(() => 'x'),
    ])
    finish()
    expect((await texts).slice(0, 3)).toEqual(['firstafter', 'firstafter', 'firstafter'])
  })

  it('and its clone are independent', async () => {
    const response = await fetchOver(name, saying('same', 'X-A: 1'))
    const clone = response.clone()
    expect([clone.url, clone.status, clone.headers.get('X-A')]).toEqual([response.url, 200, '1'])
    const [mine, other] = await Promise.all([response.arrayBuffer(), clone.arrayBuffer()])
    new Uint8Array(mine).fill(0)
    expect(Buffer.from(other).toString()).toBe('same')
  })

  it('ignores trailers', async () => {
    const bytes = `${head('200 OK', 'Transfer-Encoding: chunked', 'Trailer: X-T')}2\r\nok\r\n0\r\nX-T: late\r\n\r\n`
    const response = await fetchOver(name, (visit) => visit.send(bytes))
    expect(await response.text()).toBe('ok')
    expect(response.headers.has('X-T')).toBe(false)
  })
})

async function readInto(response: Response): Promise<string> {
  const reader = response.body?.getReader({ mode: 'byob' })
  const parts: Uint8Array[] = []
  for (;;) {
    const { done, value } = (await reader?.read(new Uint8Array(1000))) ?? { done: true, value: undefined }
    if (value) parts.push(value)
    if (done) return Buffer.concat(parts).toString()
  }
}

describe.each(TRANSPORTS)('SessionResponse, over %s,', (transport) => {
  /** A server whose first answer has so many bytes, and a session with one connection to each. */
  async function overOneConnection(size: number): Promise<{ server: FaultServer; session: Session }> {
    const server = await serve(({ turn, send }) => send(turn === 0 ? ok(Buffer.alloc(size)) : ok('ok')))
    return { server, session: sessionOver(transport, overConnections(transport, 1)) }
  }

  it('keeps its class when it is cloned', async () => {
    const server = await serve(saying('x'))
    const response = await sessionOver(transport).get(server.url)
    const clone = response.clone()
    expect(clone).toBeInstanceOf(SessionResponse)
    expect(clone.request).toBe(response.request)
    expect(clone.elapsed).toBe(response.elapsed)
  })

  it('whose body is cancelled closes its connection', async () => {
    const server = await serve((visit) => visit.send(`${head('200 OK', 'Content-Length: 10')}first`))
    const response = await sessionOver(transport).get(server.url)
    await response.body?.cancel()
    expect(response.bodyUsed).toBe(true)
    await server.whenOpen(0)
    await expect(response.text()).rejects.toBeInstanceOf(TypeError)
    expect(server.connections()).toBeLessThanOrEqual(mostAfterLoss(transport))
  })

  it('returns bytes in a separate buffer', async () => {
    const server = await serve((visit) => visit.send(ok(`secret ${visit.turn}`)))
    const session = sessionOver(transport)
    const [first, second] = [await session.get(server.url).bytes(), await session.get(server.url).bytes()]
    expect(first.buffer.byteLength).toBe(first.byteLength)
    expect(Buffer.from(second.buffer).toString()).toBe('secret 1')
  })

  it.each([9, 60_000, 1_000_000])('gives its clone a copy of %d bytes', async (size) => {
    const server = await serve(saying('x'.repeat(size)))
    const response = await sessionOver(transport).get(server.url)
    const clone = response.clone()
    const [mine, other] = await Promise.all([response.bytes(), clone.bytes()])
    mine.fill(0)
    expect(Buffer.from(other).toString()).toBe('x'.repeat(size))
  })

  it('returns chunks in separate buffers', async () => {
    const server = await serve(saying('mine'))
    const response = await sessionOver(transport).get(server.url)
    for await (const chunk of response.body ?? []) expect(chunk.buffer.byteLength).toBe(chunk.byteLength)
  })

  it('is used once its stream was read or cancelled, on an engine that does not track it', async () => {
    vi.spyOn(Readable, 'isDisturbed').mockReturnValue(false) // Deno knows no web streams by this
    const server = await serve(saying('x'))
    const session = sessionOver(transport)
    const [untouched, read, cancelled] = [
      await session.get(server.url),
      await session.get(server.url),
      await session.get(server.url),
    ]
    const reader = read.body?.getReader()
    await reader?.read()
    reader?.releaseLock()
    await cancelled.body?.cancel()
    const used = [untouched.body, untouched.bodyUsed, read.bodyUsed, cancelled.bodyUsed]
    vi.restoreAllMocks()
    expect(used).toEqual([expect.any(ReadableStream), false, true, true])
    await expect(read.text()).rejects.toThrow(TypeError)
    expect(await untouched.text()).toBe('x')
  })

  it('does not build its body or show a secret to be inspected', async () => {
    const server = await serve(saying('x', 'Set-Cookie: sid=c4nary'))
    const response = await sessionOver(transport).get(`${server.url}?token=c4nary`)
    expect(inspect(response)).not.toContain('c4nary')
    expect(inspect(response)).toContain('200')
    expect(await response.text()).toBe('x')
  })

  it('that is unread and of 64 KiB frees its connection', async () => {
    const { server, session } = await overOneConnection(65_536)
    const unread = await session.get(server.url)
    expect(await session.get(server.url).text()).toBe('ok')
    expect((await unread.bytes()).byteLength).toBe(65_536)
    expect(server.connections()).toBe(1)
  })

  it('that is unread and longer blocks no other call, and is complete for a later reader', async () => {
    const { server, session } = await overOneConnection(1_000_000)
    const unread = await session.get(server.url)
    expect((await session.get(server.url).bytes()).byteLength).toBeGreaterThan(0)
    expect((await unread.bytes()).byteLength).toBe(1_000_000)
    expect(server.connections()).toBe(deviates(transport, 'addsNoConnection') ? 1 : 2)
    await server.whenOpen(1)
  })

  it('that is long, unread and garbage-collected closes its connection', async () => {
    const server = await serve(saying(large))
    const session = sessionOver(transport, { timeout: { total: Infinity } })
    const forget = async (): Promise<number> => (await session.get(server.url)).status
    expect(await forget()).toBe(200)
    await server.whenRequests(1)
    await expect.poll(() => (collectGarbage(), server.open()), { interval: 20 }).toBe(0)
    expect(server.connections()).toBeLessThanOrEqual(mostAfterLoss(transport))
  })

  it('that was read does not keep its bytes', async () => {
    const server = await serve(saying(large))
    const session = sessionOver(transport)
    const begun = bytesInMemory()
    const response = await session.get(server.url)
    expect(await response.text()).toHaveLength(large.length)
    // What the two sockets read into is 64 KiB each.
    await expect.poll(() => bytesInMemory() - begun, { interval: 20 }).toBeLessThan(200_000)
    expect(response.bodyUsed).toBe(true)
  })

  it.each<[string, HooksSource]>([
    ['a response hook', { response: ({ response }) => void response.clone() }],
    ['a response hook, which answers with the clone,', { response: ({ response }) => response.clone() }],
    ['a redirect hook', { redirect: ({ response }) => void response.clone() }],
    ['a retry hook', { retry: ({ response }) => void response?.clone() }],
  ])('that %s clones, however long it is, is no call’s last', async (_hook, hooks) => {
    const first = new Map([
      ['/302', '302 Found'],
      ['/503', '503 Busy'],
    ])
    const server = await serve((visit) => {
      const { target } = visit.request
      const status = first.get(target) ?? '200 OK'
      first.delete(target)
      visit.send(head(status, 'Location: /end', `Content-Length: ${large.length}`))
      visit.send(large)
    })
    const session = sessionOver(transport, { hooks, retry: { limit: 1, delay: 0 } })
    for (const path of ['302', '503', 'end'])
      expect((await session.get(server.url + path).bytes()).byteLength).toBe(large.length)
    expect(first.size).toBe(0)
  })

  it('is discarded immediately if a clone is still unread', async () => {
    const server = await serve(saying(large))
    const response = await sessionOver(transport).get(server.url)
    const clone = response.clone()
    await response.discard()
    expect((await clone.bytes()).byteLength).toBe(large.length)
  })

  it('is discarded twice at once', async () => {
    const { fault, finish } = inParts()
    const server = await serve(fault)
    const response = await sessionOver(transport).get(server.url)
    const both = Promise.all([response.discard(), response.discard()])
    finish()
    await both
  })

  it.each([5, large.length])(
    'of %i bytes may go on as the body of the response that a hook gives',
    async (size) => {
      const server = await serve(saying(large.subarray(0, size)))
      const hooks: HooksSource = { response: ({ response }) => new Response(response.body, { status: 201 }) }
      const response = await sessionOver(transport, { hooks }).get(server.url)
      expect([response.status, (await response.bytes()).byteLength]).toEqual([201, size])
    },
  )

  it('with an unread stream frees its connection when it is discarded', async () => {
    const { server, session } = await overOneConnection(65_536)
    const response = await session.get(server.url)
    expect(response.body?.locked).toBe(false)
    await response.discard()
    expect(await session.get(server.url).text()).toBe('ok')
    expect(server.connections()).toBe(1)
  })

  it('that is garbage-collected while its stream is read is read to its end', async () => {
    const { fault, finish } = inParts()
    const server = await serve(fault)
    const body = await (async () => (await sessionOver(transport).get(server.url)).body)()
    collectGarbage()
    finish()
    expect(await textOf(body)).toBe('firstafter')
  })

  it('in a history is readable up to 64 KiB, and no further', async () => {
    const server = await serve((visit) => {
      const next = { '/': '/long', '/long': '/end' }[visit.request.target]
      const body = visit.request.target === '/' ? Buffer.from('a redirect') : large
      const status = next === undefined ? '200 OK' : '302 Found'
      const fields = [`Content-Length: ${body.length}`, ...(next === undefined ? [] : [`Location: ${next}`])]
      visit.send(Buffer.concat([Buffer.from(head(status, ...fields)), body]))
    })
    const { history } = await sessionOver(transport).get(server.url)
    expect(history.map(({ status }) => status)).toEqual([302, 302])
    expect(await history[0]?.text()).toBe('a redirect')
    await expect(history[1]?.text()).rejects.toMatchObject({ name: 'AbortError' })
  })
})

it('discard frees the connection of a long unread response in a pool of one', async () => {
  const server = await serve(saying(large))
  const session = sessionOver('sockets', { connections: 1 })
  const response = await session.get(server.url)
  await response.discard()
  expect((await session.get(server.url).bytes()).byteLength).toBe(large.length)
})

/** Of all buffers that are in use. */
function bytesInMemory(): number {
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  gc()
}
