import { ConnectionError, type RetryHookState, Session, type SessionOptions } from '@session-fetch/node'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { failing, mocked, redirect } from './mocked.js'
import { type RawServer, startRawServer } from './raw-server.js'

const url = 'https://api.test/'
const soon: SessionOptions = { retry: { limit: 2, delay: 0 } }

/** The delay that a first retry would have, with no retry made. */
async function plannedDelay(retryAfter: string | null, retry: object = {}): Promise<number | undefined> {
  let delay: number | undefined
  const look = (state: RetryHookState): false => {
    delay = state.delay
    return false
  }
  const answer = failing(503, retryAfter === null ? {} : { 'Retry-After': retryAfter })
  const { session } = mocked({ '/': answer }, { retry: { jitter: false, ...retry } })
  await session.get(url, { hooks: { retry: look } })
  return delay
}

describe('retry', () => {
  it('is off by default', async () => {
    const { session, api } = mocked({ '/': failing(503) })
    await session.get(url)
    expect(api.calls).toHaveLength(1)
    await session.get(url, soon)
    expect(api.calls).toHaveLength(4)
  })

  it('returns the last response after all attempts', async () => {
    const { session, api } = mocked({ '/': failing(500) }, soon)
    expect([(await session.get(url)).status, api.calls.length]).toEqual([500, 3])
  })

  it.each([
    [408, 2],
    [429, 2],
    [500, 2],
    [502, 2],
    [503, 2],
    [504, 2],
    [400, 1],
    [404, 1],
    [501, 1],
    [413, 1],
  ])('at %i sends %i requests', async (status, requests) => {
    const { session, api } = mocked({ '/': [failing(status), 'ok'] }, soon)
    await session.get(url)
    expect(api.calls).toHaveLength(requests)
  })

  it.each([
    ['GET', 2],
    ['HEAD', 2],
    ['PUT', 2],
    ['DELETE', 2],
    ['OPTIONS', 2],
    ['POST', 1],
    ['PATCH', 1],
  ])('of %s sends %i requests', async (method, requests) => {
    const { session, api } = mocked({ '/': [failing(503), 'ok'] }, soon)
    await session.request(method, url)
    expect(api.calls).toHaveLength(requests)
  })

  it('retries configured methods and statuses', async () => {
    const retry = { delay: 0, methods: ['post'], statuses: [418] }
    const { session, api } = mocked({ '/': [failing(418), 'ok'] }, { retry })
    await session.post(url, { json: {} })
    expect(api.calls.map(({ body }) => body)).toEqual(['{}', '{}'])
  })

  it('counts attempts for the whole call, over all hops', async () => {
    const { session, api } = mocked({ '/1': [failing(503), redirect('/2')], '/2': failing(503) }, soon)
    await session.get(`${url}1`)
    expect(api.calls).toHaveLength(4)
  })

  it('never sends a stream twice', async () => {
    const { session, api } = mocked({ '/': failing(503) }, soon)
    await session.put(url, { body: new Blob(['once']).stream() })
    expect(api.calls).toHaveLength(1)
  })

  it.each([
    ['2', 2_000],
    ['0', 0],
    [new Date(Date.now() - 60_000).toUTCString(), 0],
    ['soon', 300],
    ['-1', 300],
    [null, 300],
  ])('waits, with Retry-After %s, for %i ms', async (header, delay) => {
    expect(await plannedDelay(header)).toBe(delay)
  })

  it('parses a Retry-After that is a date', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2030, 0, 1) })
    onTestFinished(() => void vi.useRealTimers())
    expect(await plannedDelay(new Date(Date.now() + 30_000).toUTCString())).toBe(30_000)
  })

  it('gives up if Retry-After exceeds retryAfterMax', async () => {
    expect(await plannedDelay('61')).toBeUndefined()
    expect(await plannedDelay('61', { retryAfterMax: 61_000 })).toBe(61_000)
  })

  it('waits twice as long each time, up to maxDelay', async () => {
    const delays: number[] = []
    const hurry = (state: RetryHookState): void => {
      delays.push(state.delay)
      state.delay = 0
    }
    const retry = { limit: 4, delay: 100, maxDelay: 350, jitter: false }
    await mocked({ '/': failing(503) }, { retry, hooks: { retry: hurry } }).session.get(url)
    expect(delays).toEqual([100, 200, 350, 350])
  })

  it('refuses an invalid limit and an invalid time', async () => {
    for (const retry of [-1, { delay: -1 }, { limit: Number.NaN }])
      await expect(mocked().session.get(url, { retry })).rejects.toThrow('retry')
  })
})

describe('retry over a real connection', () => {
  let server: RawServer
  afterEach(() => server.close())

  it('reconnects after a lost connection', async () => {
    let lost = 0
    server = await startRawServer((socket) => {
      lost += 1
      if (lost < 3) socket.destroy()
      else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
    const session = new Session(soon)
    expect(await session.get(server.url).text()).toBe('ok')
    await session.close()
  })

  it('does not repeat a POST with an unknown outcome', async () => {
    server = await startRawServer((socket) => void socket.destroy())
    const session = new Session(soon)
    await expect(session.post(server.url, { json: {} })).rejects.toBeInstanceOf(ConnectionError)
    expect(server.received).toHaveLength(1)
    await session.close()
  })
})
