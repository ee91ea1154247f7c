import { type Fault, head, ok } from '@session-fetch/test-support/fault-server'
import { type FetchCase, type Stage, failure, givenUp, half } from './fetch-case.js'

interface Begun {
  readonly response: Response
  readonly abort: AbortController
  /** Resolves when the connection is closed. */
  readonly gone: Promise<void>
}

/** A body that has begun, and what stops it. */
async function begun({ fetch, serve }: Stage): Promise<Begun> {
  const abort = new AbortController()
  const { promise: gone, fault } = watched((visit) =>
    visit.send(`${head('200 OK', 'Content-Length: 10')}first`),
  )
  const server = await serve(fault)
  return { gone, abort, response: await fetch(server.url, { signal: abort.signal }) }
}

/** A fault, and when the connection that it was played on is gone. */
function watched(play: Fault): { promise: Promise<void>; fault: Fault } {
  let fault: Fault = play
  const promise = new Promise<void>((resolve) => {
    fault = (visit) => (void givenUp(visit).then(resolve), play(visit))
  })
  return { promise, fault }
}

const reason = { why: 'enough' }

/** Whether a call fails with just this. */
const failsWith = (call: Promise<unknown>, what: unknown): Promise<boolean> =>
  call.then(
    () => false,
    (error: unknown) => error === what,
  )

export const aborts: readonly FetchCase[] = [
  {
    name: 'aborted before: an AbortError, and nothing is sent',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok()))
      return [await failure(() => fetch(server.url, { signal: AbortSignal.abort() })), server.connections()]
    },
    standard: ['AbortError', 0],
  },
  {
    name: 'aborted before with a reason: the reason itself',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok()))
      return failsWith(fetch(server.url, { signal: AbortSignal.abort(reason) }), reason)
    },
    standard: true,
  },
  {
    name: 'aborted before the headers: the reason itself, and the connection is given up',
    play: async ({ fetch, serve }) => {
      const { promise: gone, fault } = watched(() => {})
      const server = await serve(fault)
      const abort = new AbortController()
      const call = failsWith(fetch(server.url, { signal: abort.signal }), reason)
      await server.whenRequests(1)
      abort.abort(reason)
      await gone
      return call
    },
    standard: true,
  },
  {
    name: 'aborted at once: an AbortError',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok()))
      const abort = new AbortController()
      const call = failure(() => fetch(server.url, { signal: abort.signal }))
      abort.abort()
      return call
    },
    standard: 'AbortError',
  },
  {
    name: 'aborted while the body comes: what reads it fails, and the connection is given up',
    play: async (stage) => {
      const { response, abort, gone } = await begun(stage)
      const text = failure(() => response.text())
      abort.abort()
      await gone
      return [await text, response.bodyUsed]
    },
    standard: ['AbortError', true],
  },
  {
    name: 'aborted before the body is read: reading it fails',
    play: async (stage) => {
      const { response, abort } = await begun(stage)
      abort.abort()
      return [response.bodyUsed, await failure(() => response.text())]
    },
    standard: [false, 'AbortError'],
  },
  {
    name: 'aborted with a reason while the body comes: the reason itself',
    play: async (stage) => {
      const { response, abort } = await begun(stage)
      const text = failsWith(response.text(), reason)
      abort.abort(reason)
      return text
    },
    standard: true,
  },
  {
    name: 'aborted while a stream is read: the reader fails',
    play: async (stage) => {
      const { response, abort } = await begun(stage)
      const reader = response.body?.getReader()
      const first = await reader?.read()
      const second = failure(() => reader?.read())
      abort.abort()
      return [first?.value?.length, await second]
    },
    standard: [5, 'AbortError'],
  },
  {
    name: 'aborted, a clone fails as well',
    play: async (stage) => {
      const { response, abort } = await begun(stage)
      const clone = response.clone()
      const both = Promise.all([failure(() => response.text()), failure(() => clone.text())])
      abort.abort()
      return both
    },
    standard: ['AbortError', 'AbortError'],
  },
  {
    name: 'aborted after the body was read: nothing happens',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok('whole')))
      const abort = new AbortController()
      const response = await fetch(server.url, { signal: abort.signal })
      const text = await response.text()
      abort.abort()
      return text
    },
    standard: 'whole',
  },
  {
    name: 'aborted while a redirect is followed: an AbortError',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ request, send }) => {
        if (request.target === '/') send(head('302 Found', 'Location: /hangs', 'Content-Length: 0'))
      })
      const abort = new AbortController()
      const call = failure(() => fetch(server.url, { signal: abort.signal }))
      await server.whenRequests(2)
      abort.abort()
      return call
    },
    standard: 'AbortError',
  },
  {
    name: 'an abort while a pending stream is sent cancels the stream',
    play: async ({ fetch, serve }) => {
      const { promise: gone, fault } = watched(() => {})
      const server = await serve(fault, { early: true })
      const abort = new AbortController()
      const told: unknown[] = []
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode('first')),
        cancel: (why) => void told.push(why),
      })
      const call = failsWith(fetch(server.url, half({ method: 'POST', body, signal: abort.signal })), reason)
      await server.whenRequests(1)
      abort.abort(reason)
      await gone
      return [await call, told.includes(reason)]
    },
    standard: [true, false],
  },
  {
    name: 'a signal with a time limit: a TimeoutError',
    play: async ({ fetch, serve }) => {
      const server = await serve(() => {})
      return failure(() => fetch(server.url, { signal: AbortSignal.timeout(50) }))
    },
    standard: 'TimeoutError',
  },
  {
    name: 'what is no signal is refused',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok()))
      return [await failure(() => fetch(server.url, { signal: {} as never })), server.connections()]
    },
    standard: ['TypeError', 0],
  },
  {
    name: 'one signal stops many calls',
    play: async ({ fetch, serve }) => {
      const server = await serve(() => {})
      const abort = new AbortController()
      const calls = Array.from({ length: 5 }, () =>
        failure(() => fetch(server.url, { signal: abort.signal })),
      )
      await server.whenRequests(5)
      abort.abort()
      return Promise.all(calls)
    },
    standard: Array(5).fill('AbortError'),
  },
]
