import { once } from 'node:events'
import { type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CallOptions, Session, SessionClosedError, TimeoutError } from '@session-fetch/portable'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'

let server: Server
let url: string
/** Resolves to the next exchange, whose response never ends. */
let arrived: Promise<ServerResponse>

beforeEach(async () => {
  server = createServer()
  arrived = new Promise((resolve) => {
    server.once('request', (_request, response) => resolve(response))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

/** Time passes only when the request is at the server, which a busy machine may reach late. */
async function endsAtServer(options: CallOptions, expected: typeof TimeoutError | RegExp): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const rejected = expect(new Session().get(url, options)).rejects.toThrow(expected)
  const exchange = await arrived
  vi.advanceTimersByTime(300)
  await rejected
  await closed(exchange)
}

describe("a call over the platform's fetch that is given up", () => {
  it('ends at the server when its signal aborts', async () => {
    const controller = new AbortController()
    const call = new Session().get(url, { signal: controller.signal })
    const exchange = await arrived
    controller.abort()
    await expect(call).rejects.toThrow(/abort/i)
    await closed(exchange)
  })

  it('ends at the server at its deadline', async () => {
    await endsAtServer({ timeout: 300 }, TimeoutError)
  })

  it('ends at the server when an attempt takes too long', async () => {
    await endsAtServer({ timeout: { headers: 300 } }, /timeout\.headers/)
  })

  it('ends at the server when its session closes', async () => {
    const session = new Session()
    const call = session.get(url)
    const exchange = await arrived
    await session.close()
    await expect(call).rejects.toThrow(SessionClosedError)
    await closed(exchange)
  })

  it('ends in the middle of a body', async () => {
    const controller = new AbortController()
    const call = new Session().get(url, { signal: controller.signal })
    const exchange = await arrived
    exchange.write('begun')
    const text = (await call).text()
    controller.abort('enough')
    await expect(text).rejects.toBe('enough')
    await closed(exchange)
  })
})

/** The client is gone before the response has ended. */
async function closed(exchange: ServerResponse): Promise<void> {
  if (!exchange.closed) await once(exchange, 'close')
  expect(exchange.writableFinished).toBe(false)
}
