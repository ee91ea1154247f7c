import { Agent } from 'node:http'
import type { LookupFunction } from 'node:net'
import { type NodeSessionOptions, TimeoutError, mockTransport } from '@session-fetch/node'
import { type Visit, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { holdTimers, serve, sessionOver } from '../fault-stage.js'

/** Finds every name on this machine once `may` calls what it is given; `turn` counts from 0. */
function lookupWhen(may: (turn: number, find: () => void) => void): LookupFunction {
  let turn = 0
  return (_name, options, callback) =>
    may(turn++, () => {
      if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
      else callback(null, '127.0.0.1', 4)
    })
}

describe('timeout.connect', () => {
  it('also limits the connection that replaces a stale one', async () => {
    const server = await serve(({ turn, socket, send }) => (turn === 0 ? send(ok('ok')) : socket.destroy()))
    const lookup = lookupWhen((turn, find) => void (turn === 0 && find()))
    const session = sessionOver('sockets', { lookup })
    const url = `http://name.test:${server.port}/`
    expect(await session.get(url).text()).toBe('ok')
    const error = await session.get(url, { timeout: { connect: 100 } }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({ phase: 'connect' })
    expect(session.stats()).toMatchObject({ running: 0, pending: 0 })
  })
})

describe('timeout.connect, where nobody set it,', () => {
  /** Fakes only deadlines: I/O is still scheduled. */
  function fakeTimers(): void {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
  }

  it.each<[string, string, NodeSessionOptions]>([
    ['a name', 'http://name.test/', { lookup: () => {} }],
    ['a name, for HTTP/2', 'https://name.test/', { lookup: () => {}, http2: true }],
    ['a guard', 'http://127.0.0.1/', { guard: () => new Promise(() => {}) }],
  ])('ends the wait for %s after 10 seconds', async (_what, url, options) => {
    fakeTimers()
    const call = sessionOver('sockets', { timeout: null, ...options }).get(url)
    const failing = expect(call).rejects.toMatchObject({
      name: 'TimeoutError',
      phase: 'connect',
      retryable: true,
      message: `Timed out after 10000 ms (timeout.connect): GET ${url}`,
    })
    await vi.advanceTimersByTimeAsync(10_000)
    await failing
  })

  it.each(['TLS', 'a proxy'])('ends the wait for %s, and closes the socket', async (what) => {
    const server = await serve(() => {})
    const url = what === 'TLS' ? server.url.replace('http:', 'https:') : 'https://name.test/'
    const proxy = what === 'TLS' ? null : server.url
    fakeTimers()
    const call = sessionOver('sockets', { timeout: null, proxy }).get(url)
    const failing = expect(call).rejects.toMatchObject({ phase: 'connect' })
    await vi.waitFor(() => expect(server.open()).toBe(1))
    await vi.advanceTimersByTimeAsync(10_000)
    await failing
    await server.whenOpen(0)
  })

  it.each([{ connect: Infinity }, { connect: 60_000 }])('is overridden by %o', async (timeout) => {
    const server = await serve((visit) => visit.send(ok('found')))
    let find = (): void => {}
    const lookup = lookupWhen((_turn, found) => (find = found))
    fakeTimers()
    const call = sessionOver('sockets', { timeout, lookup }).get(`http://name.test:${server.port}/`)
    await vi.advanceTimersByTimeAsync(59_000)
    find()
    expect(await call.text()).toBe('found')
  })

  it('does not include the wait for a free connection, and sets no timer for an open one', async () => {
    const visits: Visit[] = []
    const server = await serve((visit) => void visits.push(visit))
    const session = sessionOver('sockets', { timeout: null, connections: 1 })
    const calls = [1, 2].map(() => session.get(server.url).text())
    await server.whenRequests(1)
    fakeTimers()
    await vi.advanceTimersByTimeAsync(60_000)
    visits[0]?.send(ok('first'))
    await server.whenRequests(2)
    expect(vi.getTimerCount()).toBe(0)
    visits[1]?.send(ok('second'))
    expect(await Promise.all(calls)).toEqual(['first', 'second'])
  })
})

describe('timeout.headers', () => {
  // In these two, a limit of connect tells when more time than that of headers has passed.

  it('does not include the wait for a free connection', async () => {
    const pass = holdTimers()
    const visits: Visit[] = []
    const server = await serve((visit) => (visits.push(visit) === 1 ? undefined : visit.send(ok('second'))))
    const session = sessionOver('sockets', { connections: 1 })
    const first = session.get(server.url).text()
    await server.whenRequests(1)
    const second = [session, session.extend()].map((one) =>
      one.get(server.url, { timeout: { headers: 200 } }).text(),
    )
    const longest = session.get(server.url, { timeout: { connect: 300 } })
    await expect.poll(() => session.stats().pending).toBe(3)
    pass(300)
    await expect(longest).rejects.toThrow('timeout.connect')
    visits[0]?.send(ok('first'))
    expect(await Promise.all([first, ...second])).toEqual(['first', 'second', 'second'])
  })

  it('does not include connecting', async () => {
    const pass = holdTimers()
    const server = await serve((visit) => visit.send(ok('found')))
    const finds: (() => void)[] = []
    const session = sessionOver('sockets', { lookup: lookupWhen((_turn, find) => void finds.push(find)) })
    const url = `http://name.test:${server.port}/`
    const call = session.get(url, { timeout: { headers: 200 } }).text()
    const longest = session.get(url, { timeout: { connect: 300 } })
    await expect.poll(() => finds.length).toBe(2)
    pass(300)
    await expect(longest).rejects.toThrow('timeout.connect')
    for (const find of finds) find()
    expect(await call).toBe('found')
  })

  it('does not limit timeout.attempt, which includes both', async () => {
    const session = sessionOver('sockets', { lookup: lookupWhen(() => {}) })
    const call = session.get('http://name.test/', { timeout: { attempt: 50, headers: 20 } })
    await expect(call).rejects.toMatchObject({ phase: 'attempt' })
  })

  it('closes the connection', async () => {
    const server = await serve(() => {})
    const session = sessionOver('sockets')
    const call = session.get(server.url, { timeout: { headers: 50 } })
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError', phase: 'headers', retryable: true })
    await server.whenOpen(0)
    expect(session.stats()).toMatchObject({ running: 0, pending: 0 })
  })

  it('restarts with the connection that replaces a stale one', async () => {
    const pass = holdTimers()
    const server = await serve(({ connection, turn, socket, send }) => {
      if (turn === 1) socket.destroy()
      else if (connection === 0) send(ok('ok'))
      else pass(50)
    })
    const session = sessionOver('sockets')
    expect(await session.get(server.url).text()).toBe('ok')
    const call = session.get(server.url, { timeout: { headers: 50 } })
    await expect(call).rejects.toMatchObject({ phase: 'headers' })
    expect(server.connections()).toBe(2)
  })

  it.each<[string, () => NodeSessionOptions]>([
    ['an http.Agent', () => ({ agent: Object.assign(new Agent(), { addRequest: () => {} }) })],
    ['a dispatcher', () => ({ agent: { dispatch: () => true } })],
  ])(
    'runs from the attempt’s start over %s, which may not tell of its connections',
    async (_what, options) => {
      const call = sessionOver('sockets', options()).get('http://name.test/', { timeout: { headers: 50 } })
      await expect(call).rejects.toMatchObject({ name: 'TimeoutError', phase: 'headers' })
    },
  )

  it('starts with the attempt over a mounted transport', async () => {
    const session = sessionOver('sockets')
    session.mount(
      'http://name.test/',
      mockTransport(() => new Promise(() => {})),
    )
    const call = session.get('http://name.test/', { timeout: { headers: 50 } })
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError', phase: 'headers' })
  })
})
