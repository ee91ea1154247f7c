import { describe, expect, it, vi } from 'vitest'
import { rejection, testSession } from '../../test/test-session.js'
import type { AuthFlow } from '../request/prepared-request.js'
import { DISCARD_LIMIT, type HttpError } from '../response/session-response.js'
import type { Session } from '../session/session.js'
import type { CallOptions } from './options.js'

const API = 'https://api.test/'
const mine = new RangeError('mine')
const fail = (): never => {
  throw mine
}

/** A response whose body never ends, and whether it was cancelled. */
function endless(init: ResponseInit = { status: 503 }): {
  response: Response
  seen: { cancelled: boolean; bytes: number }
} {
  const seen = { cancelled: false, bytes: 0 }
  const body = new ReadableStream({
    pull(controller) {
      seen.bytes += DISCARD_LIMIT / 4
      controller.enqueue(new Uint8Array(DISCARD_LIMIT / 4))
    },
    cancel: () => void (seen.cancelled = true),
  })
  return { response: new Response(body, init), seen }
}

/** Answers, and fails when it is left: no generator does that. */
const leaving: AuthFlow = {
  authenticate: (request) => ({
    next: async (response?: unknown) =>
      response ? { done: true, value: undefined } : { done: false, value: request },
    return: fail,
    throw: fail,
    [Symbol.asyncIterator]: fail,
    [Symbol.asyncDispose]: fail,
  }),
}

describe('dispatch', () => {
  const redirect = { status: 302, headers: { Location: '/again' } }
  const call = (options: CallOptions) => (session: Session) => session.get(API, options)
  it.each<[string, (session: Session) => Promise<unknown>, ResponseInit?]>([
    ['a reader', (session) => session.get(API).json()],
    ['a reader, after the last retry', (session) => session.get(API, { retry: { limit: 0 } }).text()],
    ['throwHttpErrors', call({ throwHttpErrors: true })],
    ['throwHttpErrors that throws', call({ throwHttpErrors: fail })],
    ['raiseForStatus', async (session) => (await session.get(API)).raiseForStatus()],
    ['a response hook', call({ hooks: { response: fail } })],
    ['a retry hook', call({ retry: { limit: 1, delay: 0 }, hooks: { retry: fail } })],
    ['an error hook', call({ throwHttpErrors: true, hooks: { error: fail } })],
    [
      'an error hook that returns what it may not',
      call({ throwHttpErrors: true, hooks: { error: () => 1 as never } }),
    ],
    ['an auth flow', call({ auth: leaving })],
    ['a redirect hook', call({ hooks: { redirect: fail } }), redirect],
    ['a redirect that is not followed', call({ redirect: 'error' }), redirect],
    ['one redirect too many', call({ maxRedirects: 0 }), redirect],
  ])('lets go of the response that a failure is about, when it comes from %s', async (_whom, use, init) => {
    const { response, seen } = endless(init)
    const { session, clock } = testSession(() => response, { timeout: 5 })
    await rejection(use(session))
    await vi.waitFor(() => expect([seen.cancelled, clock.running]).toEqual([true, 0]))
    expect(seen.bytes).toBeLessThanOrEqual(2 * DISCARD_LIMIT)
  })

  it('discards the response after an abort that the transport did not notice', async () => {
    const { response, seen } = endless()
    let answer: ((response: Response) => void) | undefined
    const { session } = testSession(() => new Promise<Response>((resolve) => (answer = resolve)))
    const stop = new AbortController()
    const call = session.get(API, { signal: stop.signal })
    await vi.waitFor(() => expect(answer).toBeDefined())
    stop.abort(mine)
    expect(await rejection(call)).toBe(mine)
    answer?.(response)
    await vi.waitFor(() => expect(seen.cancelled).toBe(true))
  })

  it('lets go of the response that a failure is about, when it comes from throwHttpErrors, once an error hook has answered otherwise', async () => {
    const { response, seen } = endless()
    const { session } = testSession(() => response, { throwHttpErrors: true })
    const hooks = { error: () => new Response('other') }
    expect(await session.get(API, { hooks }).text()).toBe('other')
    await vi.waitFor(() => expect(seen.cancelled).toBe(true))
  })
})

describe('dispatch: the response of a failure', () => {
  const long = 'x'.repeat(3 * DISCARD_LIMIT)

  it('is complete for an error hook that returns it', async () => {
    const { session } = testSession(() => new Response(long, { status: 500 }), { throwHttpErrors: true })
    const hooks = { error: ({ error }: { error: unknown }) => (error as HttpError).response }
    expect(await session.get(API, { hooks }).then((response) => response.text())).toBe(long)
  })

  it.each<[string, (session: Session) => Promise<unknown>]>([
    ['a reader', (session) => session.get(API).json()],
    ['throwHttpErrors', (session) => session.get(API, { throwHttpErrors: true })],
    ['raiseForStatus', async (session) => (await session.get(API)).raiseForStatus()],
  ])('of %s is whole for who reads it at once', async (_whom, use) => {
    const { session } = testSession(() => new Response(long, { status: 500 }))
    const text = await use(session).catch((error: HttpError) => error.response.text())
    expect(text).toBe(long)
  })

  it('of up to 64 KiB can be read completely later', async () => {
    const { session } = testSession(() => new Response('x'.repeat(DISCARD_LIMIT), { status: 500 }))
    const error = (await rejection(session.get(API).json())) as HttpError
    await error.response.discard()
    expect(await error.response.text()).toHaveLength(DISCARD_LIMIT)
  })

  it('is subject to the deadline while an error hook reads it', async () => {
    const { session, clock } = testSession(() => new Response(null, { status: 500 }), { timeout: 5 })
    let begin = (): void => {}
    const begun = new Promise<void>((resolve) => (begin = resolve))
    const hooks = { error: () => (begin(), new Promise<void>(() => {})) }
    const failed = rejection(session.get(API, { throwHttpErrors: true, hooks }))
    await begun
    clock.advance(5)
    expect(await failed).toMatchObject({ name: 'TimeoutError', phase: 'total' })
  })
})
