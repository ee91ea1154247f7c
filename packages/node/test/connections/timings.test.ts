import type { ServerResponse } from 'node:http'
import { type NodeSessionOptions, Session, mockTransport } from '@session-fetch/node'
import { createAuthority } from '@session-fetch/test-support/certificates'
import { afterEach, describe, expect, it } from 'vitest'
import { type EchoOptions, type EchoServer, startEchoServer } from '../echo-server.js'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

function make(options: NodeSessionOptions = {}): Session {
  const session = new Session({ trustEnv: false, ...options })
  closers.push(() => session.close())
  return session
}

async function origin(options: EchoOptions): Promise<EchoServer> {
  const server = await startEchoServer(options)
  closers.push(() => server.close())
  return server
}

describe('response.timings', () => {
  it('has the steps of a request in order, and the last byte once it has arrived', async () => {
    let answer: ServerResponse | undefined
    const server = await origin({
      answer: (_request, response) => {
        response.write('some')
        answer = response
        return true
      },
    })
    const response = await make().get(server.url)
    const { dns, connect, tls, sent, firstByte, lastByte } = response.timings ?? {}
    expect([tls, lastByte]).toEqual([0, null])
    expect(dns).toBeGreaterThanOrEqual(0)
    expect(connect).toBeGreaterThan(0)
    expect(sent).toBeGreaterThanOrEqual(connect ?? NaN)
    expect(firstByte).toBeGreaterThan(sent ?? NaN)
    answer?.end()
    await response.text()
    expect(response.timings?.lastByte).toBeGreaterThanOrEqual(firstByte ?? NaN)
    expect(response.timings).toMatchObject({ dns, connect, tls, sent, firstByte })
  })

  it('has no connect step on an open connection, and a wait for a busy one', async () => {
    const waiting: ServerResponse[] = []
    const server = await origin({ answer: (_request, response) => waiting.push(response) > 0 })
    const session = make({ connections: 1 })
    const first = session.get(server.url)
    const second = session.get(server.url)
    await expect.poll(() => waiting.length).toBe(1)
    waiting[0]?.end()
    const { timings: ofFirst } = await first
    await expect.poll(() => waiting.length).toBe(2)
    waiting[1]?.end()
    const { timings } = await second
    expect(timings).toMatchObject({ dns: 0, connect: 0, tls: 0 })
    expect(timings?.queue).toBeGreaterThan(ofFirst?.connect ?? NaN)
  })

  it.each([false, true])('has the TLS handshake, with HTTP/2: %s', async (http2) => {
    const authority = await createAuthority()
    closers.push(() => authority.close())
    const server = await origin({ certificate: await authority.issue(['DNS:localhost']) })
    const session = make({ http2, tls: { ca: authority.ca } })
    const { timings } = await session.get(server.url)
    expect(timings?.tls).toBeGreaterThan(0)
    expect(timings?.connect).toBeGreaterThan(0)
    expect((await session.get(server.url)).timings?.tls).toBe(0)
  })

  it('is null if the transport does not measure, and is kept for a response with a progress listener', async () => {
    const server = await origin({})
    const session = make()
    session.mount(
      'https://api.test',
      mockTransport(() => new Response('ok')),
    )
    expect((await session.get('https://api.test/')).timings).toBeNull()
    const counted = await session.get(server.url, { onDownloadProgress: () => {} })
    expect(counted.timings?.firstByte).toBeGreaterThan(0)
  })
})
