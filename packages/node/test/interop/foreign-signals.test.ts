import { createRequire } from 'node:module'
import { createContext, runInContext } from 'node:vm'
import { InvalidRequestError } from '@session-fetch/node'
import { head } from '@session-fetch/test-support/fault-server'
import { AbortController as ShimController } from 'abort-controller'
import { describe, expect, it } from 'vitest'
import { TRANSPORTS, serve, sessionOver } from '../fault-stage.js'

/** Controllers as old programs bring them, and one that listens to nothing but functions and says no reason. */
class BareController {
  readonly #listeners = new Set<() => void>()
  readonly signal = {
    aborted: false,
    addEventListener: (_type: string, listener: () => void) => void this.#listeners.add(listener),
    removeEventListener: (_type: string, listener: () => void) => void this.#listeners.delete(listener),
  }

  get listeners(): number {
    return this.#listeners.size
  }

  abort(): void {
    this.signal.aborted = true
    for (const listener of this.#listeners) listener()
  }
}

const ponyfill = createRequire(import.meta.url)('abortcontroller-polyfill/dist/cjs-ponyfill.js') as {
  AbortController: new () => Controller
}

interface Controller {
  readonly signal: unknown
  abort(): void
}

const MAKES: [string, () => Controller][] = [
  ['abort-controller', () => new ShimController()],
  ['abortcontroller-polyfill', () => new ponyfill.AbortController()],
  ['a program of its own', () => new BareController()],
]

describe.each(
  TRANSPORTS.flatMap((transport) => MAKES.map(([make, create]) => [make, transport, create] as const)),
)('signal of %s, over %s,', (_make, transport, create) => {
  const aborted = { name: 'AbortError' }

  it('aborts a call before it starts, while it waits, and during its body', async () => {
    const server = await serve(({ request, send }) => {
      if (request.target === '/begun') send(`${head('200 OK', 'Content-Length: 100')}some`)
    })
    const session = sessionOver(transport)
    for (const call of [session.fetch, session.get.bind(session)]) {
      const before = create()
      before.abort()
      await expect(call(server.url, { signal: before.signal as AbortSignal })).rejects.toMatchObject(aborted)
      const { length } = server.requests
      const during = create()
      const waiting = call(server.url, { signal: during.signal as AbortSignal })
      const ended = expect(waiting).rejects.toMatchObject(aborted)
      await server.whenRequests(length + 1)
      during.abort()
      await ended
      const late = create()
      const response = await call(`${server.url}begun`, { signal: late.signal as AbortSignal })
      late.abort()
      await expect(response.text()).rejects.toMatchObject(aborted)
    }
  })

  it('ends a back-off', async () => {
    const server = await serve(({ send }) => send(head('503 Busy', 'Content-Length: 0')))
    const controller = create()
    const session = sessionOver(transport, { timeout: null })
    const call = session.get(server.url, {
      signal: controller.signal as AbortSignal,
      retry: { limit: 3, delay: 60_000 },
      hooks: { retry: () => void setImmediate(() => controller.abort()) },
    })
    await expect(call).rejects.toMatchObject(aborted)
    expect(server.requests).toHaveLength(1)
  })
})

describe('signal', () => {
  it('is no longer followed when its calls are over', async () => {
    const server = await serve(({ send }) => send(`${head('200 OK', 'Content-Length: 2')}ok`))
    const controller = new BareController()
    const signal = controller.signal as unknown as AbortSignal
    const session = sessionOver('sockets')
    const calls = Array.from({ length: 20 }, () => session.get(server.url, { signal }).text())
    expect(controller.listeners).toBe(1)
    await Promise.all(calls)
    expect(controller.listeners).toBe(0)
  })

  it('of another realm aborts a call with its own reason', async () => {
    const realm = createContext({ AbortController })
    const controller = runInContext('new AbortController()', realm) as AbortController
    const server = await serve(() => {})
    const call = sessionOver('sockets').get(server.url, { signal: controller.signal })
    controller.abort(null)
    expect(await call.catch((reason: unknown) => ({ reason }))).toEqual({ reason: null })
  })

  it.each([
    ['{}', {}],
    ['a controller', new AbortController()],
    ['text', 'abort'],
    ['true', true],
    ['0', 0],
    ['an EventTarget', new EventTarget()],
    ['what only says that it was aborted', { aborted: true }],
    ['what cannot be let go of', { aborted: false, addEventListener: () => {} }],
  ])('that is none, such as %s, is refused at every door', async (_what, value) => {
    const server = await serve(({ send }) => send(head('200 OK', 'Content-Length: 0')))
    const session = sessionOver('sockets')
    const signal = value as AbortSignal
    const prepared = session.prepare('GET', server.url)
    prepared.signal = signal
    await expect(session.get(server.url, { signal })).rejects.toThrow(InvalidRequestError)
    await expect(session.send(prepared)).rejects.toThrow(InvalidRequestError)
    await expect(session.fetch(server.url, { signal })).rejects.toThrow(TypeError)
    expect(server.requests).toHaveLength(0)
  })
})
