import { describe, expect, it, vi } from 'vitest'
import { byPath, never, redirect, rejection, testSession } from '../../test/test-session.js'
import { Cancellation, nativeStop } from './stop.js'

const API = 'https://api.test/'

describe('Cancellation', () => {
  it('keeps the first reason', () => {
    const cancellation = new Cancellation()
    expect([cancellation.aborted, cancellation.reason]).toEqual([false, undefined])
    cancellation.abort('first')
    cancellation.abort('second')
    expect([cancellation.aborted, cancellation.reason]).toEqual([true, 'first'])
    expect(() => cancellation.throwIfAborted()).toThrow('first')
  })

  it('calls a listener once, also one added after the abort', () => {
    const cancellation = new Cancellation()
    const [early, late, gone] = [vi.fn<() => void>(), vi.fn<() => void>(), vi.fn<() => void>()]
    cancellation.onAbort(early)
    cancellation.onAbort(gone)()
    cancellation.abort('why')
    cancellation.abort('why')
    cancellation.onAbort(late)
    expect([early, late, gone].map((listener) => listener.mock.calls)).toEqual([[['why']], [['why']], []])
  })

  it.each(['before', 'after'])('makes a signal when asked %s the abort', (when) => {
    const cancellation = new Cancellation()
    const early = when === 'before' ? cancellation.signal : null
    cancellation.abort('why')
    expect([(early ?? cancellation.signal).aborted, cancellation.signal.reason]).toEqual([true, 'why'])
  })

  it('adds one listener to a signal, and removes it with the last call', () => {
    const { signal } = new AbortController()
    const [add, remove] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')]
    const release = Array.from({ length: 20 }, () => new Cancellation().follow(signal))
    expect([add.mock.calls.length, remove.mock.calls.length]).toEqual([1, 0])
    for (const letGo of release) letGo()
    expect(remove.mock.calls).toEqual(add.mock.calls)
    new Cancellation().follow(signal)
    expect(add).toHaveBeenCalledTimes(2)
  })

  it('follows a signal until released', () => {
    const [first, second] = [new AbortController(), new AbortController()]
    const cancellation = new Cancellation()
    cancellation.follow(first.signal)()
    cancellation.follow(second.signal)
    first.abort('first')
    expect(cancellation.aborted).toBe(false)
    second.abort('second')
    expect(cancellation.reason).toBe('second')
  })

  it('races work, for both outcomes', async () => {
    const cancellation = new Cancellation()
    expect(await cancellation.race(Promise.resolve('done'))).toBe('done')
    expect(await rejection(cancellation.race(Promise.reject(new Error('no'))))).toEqual(new Error('no'))
    const waiting = rejection(cancellation.race(never()))
    cancellation.abort('why')
    expect(await waiting).toBe('why')
    expect(await rejection(cancellation.race(Promise.resolve('late')))).toBe('why')
  })
})

describe('signal', () => {
  it('aborted beforehand sends nothing and runs no hook', async () => {
    const hook = vi.fn<() => void>()
    const { session, api } = testSession()
    const reason = new Error('enough')
    const call = session.get(API, { signal: AbortSignal.abort(reason), hooks: { request: hook } })
    expect(await rejection(call)).toBe(reason)
    expect([api.calls.length, hook.mock.calls.length]).toEqual([0, 0])
  })

  it('without a reason rejects with the platform’s AbortError', async () => {
    const error = await rejection(testSession().session.get(API, { signal: AbortSignal.abort() }))
    expect(error).toBeInstanceOf(DOMException)
    expect(error).toMatchObject({ name: 'AbortError' })
  })

  it('aborted while a request hook runs sends nothing', async () => {
    const controller = new AbortController()
    const { session, api } = testSession()
    let finish = (): void => {}
    const hooks = { request: () => new Promise<void>((resolve) => (finish = resolve)) }
    const failed = rejection(session.get(API, { signal: controller.signal, hooks }))
    controller.abort('enough')
    expect(await failed).toBe('enough')
    finish()
    await new Promise((resolve) => setImmediate(resolve))
    expect(api.calls).toEqual([])
  })

  it('aborted while a request is pending notifies the transport', async () => {
    const controller = new AbortController()
    const { session, sent } = testSession(() => {
      queueMicrotask(() => controller.abort('enough'))
      return never()
    })
    expect(await rejection(session.get(API, { signal: controller.signal }))).toBe('enough')
    expect([sent().cancellation.aborted, sent().signal?.reason]).toEqual([true, 'enough'])
  })

  it('aborted between hops sends no further one', async () => {
    const controller = new AbortController()
    const { session, api } = testSession(byPath({ '/': () => redirect('/a') }))
    const hooks = { redirect: () => controller.abort('enough') }
    expect(await rejection(session.get(API, { signal: controller.signal, hooks }))).toBe('enough')
    await new Promise((resolve) => setImmediate(resolve))
    expect(api.calls).toHaveLength(1)
  })

  it('aborted while the body is read ends the reading', async () => {
    const controller = new AbortController()
    const { session } = testSession(() => new Response(new ReadableStream()))
    const response = await session.get(API, { signal: controller.signal })
    const failed = rejection(response.text())
    controller.abort('enough')
    expect(await failed).toBe('enough')
  })

  it('is no longer followed when the call is over', async () => {
    const { signal } = new AbortController()
    const [added, removed] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')]
    const { session } = testSession(byPath({ '/no': () => Promise.reject(new Error('no')) }))
    await session.get(API, { signal }).text()
    await rejection(session.get('https://api.test/no', { signal }))
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    )
    expect(added).toHaveBeenCalledTimes(2)
  })
})

describe.each([
  ['Cancellation.make', Cancellation.make],
  ['nativeStop', nativeStop],
])('%s', (_name, make) => {
  it('aborts with any of its signals, and keeps the first reason', () => {
    const [first, second] = [new AbortController(), new AbortController()]
    const stop = make(first.signal, null, undefined, second.signal)
    expect([stop.aborted, stop.reason]).toEqual([false, undefined])
    second.abort('second')
    expect(stop.reason).toBe('second') // Node 24 decides when it is first read
    first.abort('first')
    stop.abort('third')
    expect([stop.aborted, stop.reason, stop.signal.reason]).toEqual([true, 'second', 'second'])
    expect(() => stop.throwIfAborted()).toThrow('second')
  })

  it('is aborted from the start by an aborted signal', async () => {
    const stop = make(AbortSignal.abort('before'))
    expect(stop.aborted).toBe(true)
    expect(await rejection(stop.race(never()))).toBe('before')
  })

  it('calls a listener once, also one added after the abort, and no removed one', () => {
    const stop = make()
    const [early, late, gone] = [vi.fn<() => void>(), vi.fn<() => void>(), vi.fn<() => void>()]
    stop.onAbort(early)
    stop.onAbort(gone)()
    stop.abort('why')
    stop.abort('again')
    stop.onAbort(late)
    expect([early, late, gone].map((listener) => listener.mock.calls)).toEqual([[['why']], [['why']], []])
  })

  it('races work, for both outcomes', async () => {
    const stop = make()
    expect(await stop.race(Promise.resolve('done'))).toBe('done')
    expect(await rejection(stop.race(Promise.reject(new Error('no'))))).toEqual(new Error('no'))
    const waiting = rejection(stop.race(never()))
    stop.abort('why')
    expect(await waiting).toBe('why')
  })
})
