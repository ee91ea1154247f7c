import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createAuthority } from '@session-fetch/test-support/certificates'
import { type Visit, head, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { atEnd, serve, sessionOver } from '../fault-stage.js'

const MISDIRECTED = ok('wrong').toString().replace('200 OK', '421 Misdirected Request')

/** Answers only connections from the `right`th on. */
const onlyFrom =
  (right: number) =>
  ({ connection, request, send }: Visit): void =>
    send(connection < right ? MISDIRECTED : ok(`${request.method} ${request.body.toString()}`))

describe('Session: a 421', () => {
  it.each([
    ['GET', null],
    ['POST', 'text'],
    ['PATCH', new Blob(['blob'])],
    ['PUT', new TextEncoder().encode('bytes')],
  ])('is answered by one more try on a new connection: %s', async (method, body) => {
    const server = await serve(onlyFrom(1))
    const session = sessionOver('sockets')
    const response = await session.request(method, server.url, { body })
    const text = body instanceof Blob ? await body.text() : body === null ? '' : Buffer.from(body).toString()
    expect([response.status, await response.text()]).toEqual([200, `${method} ${text}`])
    expect([response.history, response.redirected]).toEqual([[], false])
    expect([server.requests.length, server.connections()]).toEqual([2, 2])
    await server.whenOpen(1) // the new one was for this request alone
    expect(session.stats()).toEqual({ opened: 2, reused: 0, running: 0, pending: 0 })
  })

  it('on a reused connection is repeated, too', async () => {
    const server = await serve(({ connection, turn, send }) =>
      send(connection === 0 && turn === 1 ? MISDIRECTED : ok('right')),
    )
    const session = sessionOver('sockets', { connections: 1 })
    for (let call = 0; call < 3; call += 1) expect(await session.get(server.url).text()).toBe('right')
    expect([server.requests.length, server.connections()]).toEqual([4, 2])
  })

  it('is returned if the second connection responds with it, too', async () => {
    const server = await serve(onlyFrom(9))
    const response = await sessionOver('sockets').get(server.url)
    expect([response.status, await response.text()]).toEqual([421, 'wrong'])
    expect([server.requests.length, server.connections()]).toEqual([2, 2])
  })

  it.each([
    ['a stream', (): ReadableStream => new Blob(['once']).stream()],
    [
      'a generator',
      async function* (): AsyncGenerator<string> {
        yield 'once'
      },
    ],
  ])('comes to the caller where the body is %s', async (_what, body) => {
    const server = await serve(onlyFrom(1))
    const response = await sessionOver('sockets').post(server.url, { body: body() })
    expect([response.status, server.requests.length]).toEqual([421, 1])
  })

  it('with an endless body does not block the call', async () => {
    const server = await serve((visit) => {
      if (visit.connection > 0) return visit.send(ok('right'))
      visit.send(`${head('421 Misdirected', 'Content-Length: 1000000000')}${'x'.repeat(100_000)}`)
    })
    expect(await sessionOver('sockets').get(server.url).text()).toBe('right')
    await server.whenOpen(0)
  })

  it.each(['abort', 'close'])('whose second try hangs ends by %s, with both connections', async (how) => {
    const server = await serve((visit) => visit.connection === 0 && visit.send(MISDIRECTED))
    const session = sessionOver('sockets')
    const abort = new AbortController()
    const failing = session.get(server.url, { signal: abort.signal })
    const failed = expect(failing).rejects.toMatchObject({
      name: how === 'abort' ? 'AbortError' : 'SessionClosedError',
    })
    await server.whenRequests(2)
    if (how === 'abort') abort.abort()
    else await session.close()
    await failed
    await session.close()
    await server.whenOpen(0)
    expect(session.stats()).toMatchObject({ running: 0, pending: 0 })
  })

  it('over HTTP/2 is repeated on a new connection, too', async () => {
    const authority = await createAuthority()
    atEnd(() => authority.close())
    const server = createSecureServer(await authority.issue(['DNS:localhost']))
    let sessions = 0
    const seen: string[] = []
    server.on('session', (connection) => {
      const wrong = ++sessions === 1
      connection.on('stream', (stream, headers) => {
        seen.push(`${headers[':method']}`)
        stream.respond({ ':status': wrong ? 421 : 200 })
        stream.end(wrong ? 'wrong' : 'right')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    atEnd(() => void server.close())
    const session = sessionOver('sockets', { http2: true, tls: { ca: authority.ca } })
    const url = `https://localhost:${(server.address() as AddressInfo).port}/`
    expect(await session.post(url, { body: 'x' }).text()).toBe('right')
    expect([seen, sessions]).toEqual([['POST', 'POST'], 2])
  })
})
