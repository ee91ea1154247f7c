import { Agent } from 'node:http'
import type { LookupFunction } from 'node:net'
import { type NodeSessionOptions, TimeoutError, mockTransport } from '@session-fetch/node'
import { type Visit, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { holdTimers, serve, sessionOver } from './fault-stage.js'

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
  it('limits the connection, too, that takes the place of a stale one', async () => {
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

describe('timeout.headers', () => {
  // In these two, a limit of connect tells when more time than that of headers has passed.

  it('does not count the wait for a free connection', async () => {
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

  it('does not count the way to a connection', async () => {
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

  it('leaves timeout.attempt to count both', async () => {
    const session = sessionOver('sockets', { lookup: lookupWhen(() => {}) })
    const call = session.get('http://name.test/', { timeout: { attempt: 50, headers: 20 } })
    await expect(call).rejects.toMatchObject({ phase: 'attempt' })
  })

  it('gives the connection up', async () => {
    const server = await serve(() => {})
    const session = sessionOver('sockets')
    const call = session.get(server.url, { timeout: { headers: 50 } })
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError', phase: 'headers', retryable: true })
    await server.whenOpen(0)
    expect(session.stats()).toMatchObject({ running: 0, pending: 0 })
  })

  it('begins anew with the connection that takes the place of a stale one', async () => {
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

  it('runs from the attempt’s start over a transport that was mounted', async () => {
    const session = sessionOver('sockets')
    session.mount(
      'http://name.test/',
      mockTransport(() => new Promise(() => {})),
    )
    const call = session.get('http://name.test/', { timeout: { headers: 50 } })
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError', phase: 'headers' })
  })
})
