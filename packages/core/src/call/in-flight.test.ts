import { describe, expect, it, vi } from 'vitest'
import { never, prepared, rejection, testSession } from '../../test/test-session.js'
import { InFlight, nativeCallGroup } from './call.js'
import { mockTransport } from './transport.js'
import { SessionClosedError } from '../model/errors.js'
import { Cancellation, nativeStop } from '../model/stop.js'

const API = 'https://api.test/'

describe('InFlight', () => {
  it('aborts every pending call, and no finished one', () => {
    const inFlight = new InFlight()
    const [first, second] = [new Cancellation(), new Cancellation()]
    const leave = inFlight.add(prepared(), first)
    inFlight.add(prepared(), second)
    leave()
    inFlight.abort()
    expect([first.aborted, second.reason instanceof SessionClosedError]).toEqual([false, true])
  })
})

describe('nativeCallGroup', () => {
  it('aborts the calls that follow its signal, and serves later ones', () => {
    const callGroup = nativeCallGroup()
    const first = nativeStop(callGroup.signal)
    callGroup.abort()
    const second = nativeStop(callGroup.signal)
    expect([first.reason instanceof SessionClosedError, second.aborted]).toEqual([true, false])
    callGroup.abort('hidden')
    expect(second.reason).toBe('hidden')
  })
})

describe('Session close', () => {
  it('rejects pending calls, and notifies the transport', async () => {
    const { session, sent } = testSession(() => never())
    const failed = [rejection(session.get(API)), rejection(session.post(API, { json: 1 }))]
    await new Promise((resolve) => setImmediate(resolve))
    await session.close()
    for (const error of await Promise.all(failed)) expect(error).toBeInstanceOf(SessionClosedError)
    expect(sent().cancellation.reason).toBeInstanceOf(SessionClosedError)
  })

  it('rejects later calls', async () => {
    const { session, api } = testSession()
    const request = session.prepare('GET', API)
    await session.close()
    const errors = await Promise.all([session.get(API), session.send(request)].map(rejection))
    for (const error of errors) expect(error).toBeInstanceOf(SessionClosedError)
    expect(((await rejection(session.fetch(API))) as Error).cause).toBeInstanceOf(SessionClosedError)
    expect(api.calls).toEqual([])
  })

  it('stops reading a body', async () => {
    const { session } = testSession(() => new Response(new ReadableStream()))
    const failed = rejection(session.get(API).text())
    await new Promise((resolve) => setImmediate(resolve))
    await session.close()
    expect(await failed).toBeInstanceOf(SessionClosedError)
  })

  it('does not affect a body that was read', async () => {
    const { session } = testSession()
    const response = await session.get(API)
    expect(await response.text()).toBe('ok')
    await session.close()
    expect(response.status).toBe(200)
  })

  it('closes each transport once', async () => {
    const close = vi.fn<() => Promise<void>>(() => Promise.resolve())
    const mounted = { ...mockTransport(() => new Response()), close }
    const own = { ...mockTransport(() => new Response()), close: vi.fn<() => void>() }
    const { session } = testSession(undefined, {}, { transport: own })
    session.mount('https://a.test', mounted)
    session.mount('https://b.test', mounted)
    await Promise.all([session.close(), session.close()])
    expect([close.mock.calls.length, own.close.mock.calls.length]).toEqual([1, 1])
  })

  it('closes at the end of its scope, if the runtime supports it', async () => {
    const { session } = testSession()
    await session[Symbol.asyncDispose]()
    expect(await rejection(session.get(API))).toBeInstanceOf(SessionClosedError)
  })

  it('of a child does not close its parent’s transports', async () => {
    const close = vi.fn<() => void>()
    const { session } = testSession()
    session.mount('https://a.test', { ...mockTransport(() => new Response('a')), close })
    await session.extend().close()
    expect(close).not.toHaveBeenCalled()
    expect(await session.get('https://a.test').text()).toBe('a')
  })
})
