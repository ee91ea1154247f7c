import { once } from 'node:events'
import { type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Session, SessionClosedError, TimeoutError } from '@session-fetch/portable'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

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
    const call = new Session().get(url, { timeout: 300 })
    await expect(call).rejects.toThrow(TimeoutError)
    await closed(await arrived)
  })

  it('ends at the server when an attempt takes too long', async () => {
    const call = new Session().get(url, { timeout: { headers: 300 } })
    await expect(call).rejects.toThrow(/timeout\.headers/)
    await closed(await arrived)
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
