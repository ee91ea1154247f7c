import { ok } from '@session-fetch/test-support/fault-server'
import { type FetchCase, type Stage, failure, firstOf, half, streamOf } from './fetch-case.js'

/** What the server saw of a Request. */
async function seen(
  { fetch, serve }: Stage,
  make: (url: string) => Request,
  init?: RequestInit,
): Promise<{ method: string; body: string; headers: Readonly<Record<string, string>> }> {
  const server = await serve(({ send }) => send(ok()))
  await (await fetch(make(server.url), init)).text()
  const { method, headers, body } = firstOf(server)
  return { method, headers, body: body.toString() }
}

const posting =
  (init: RequestInit = {}) =>
  (url: string): Request =>
    new Request(url, { method: 'POST', body: 'mine', headers: { 'X-A': '1' }, ...init })

export const requestObjects: readonly FetchCase[] = [
  {
    name: 'a Request says method, headers and body',
    play: async (stage) => {
      const { method, body, headers } = await seen(stage, posting())
      return [method, body, headers['x-a'], headers['content-type'], headers['content-length']]
    },
    standard: ['POST', 'mine', '1', 'text/plain;charset=UTF-8', '4'],
  },
  {
    name: 'init beats a Request, headers as a whole',
    play: async (stage) => {
      const { method, body, headers } = await seen(stage, posting(), {
        method: 'PUT',
        body: 'other',
        headers: { 'X-B': '2' },
      })
      return [method, body, headers['x-a'] ?? null, headers['x-b']]
    },
    standard: ['PUT', 'other', null, '2'],
  },
  {
    name: 'a Request’s body is used by it',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok()))
      const request = posting()(server.url)
      await fetch(request)
      return [request.bodyUsed, await failure(() => fetch(request))]
    },
    standard: [true, 'TypeError'],
  },
  {
    name: 'a Request’s body is left alone where init has one',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok()))
      const request = posting()(server.url)
      await fetch(request, { method: 'PUT', body: 'other' })
      return request.bodyUsed
    },
    standard: false,
  },
  {
    name: 'a Request’s body is sent where init’s is null',
    play: async (stage) => {
      const { body, headers } = await seen(stage, posting(), { body: null })
      return [body, headers['content-type']]
    },
    standard: ['mine', 'text/plain;charset=UTF-8'],
  },
  {
    name: 'a Request whose body was begun is refused',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok()))
      const request = posting(half({ body: streamOf('on', 'e') }))(server.url)
      const reader = request.body?.getReader()
      await reader?.read()
      reader?.releaseLock()
      return [await failure(() => fetch(request)), server.requests.length]
    },
    standard: ['TypeError', 0],
  },
  {
    name: 'a Request without a body is fetched again',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok()))
      const request = new Request(server.url)
      await fetch(request)
      await fetch(request)
      return server.requests.length
    },
    standard: 2,
  },
  {
    name: 'a clone of a Request is fetched on its own',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok()))
      const request = posting()(server.url)
      const clone = request.clone()
      await fetch(request)
      await fetch(clone)
      return server.requests.map(({ body }) => body.toString().replace(/[^a-z]/g, ''))
    },
    standard: ['mine', 'mine'],
  },
  {
    name: 'a Request with a stream is sent in chunks',
    play: async (stage) => {
      const { headers, body } = await seen(stage, posting(half({ body: streamOf('on', 'e') })))
      return [
        body.replace(/[^a-z]/g, ''),
        'content-length' in headers || headers['transfer-encoding'] === 'chunked',
      ]
    },
    standard: ['one', true],
  },
  {
    name: 'a Request’s signal aborts it',
    play: async ({ fetch, serve }) => {
      const server = await serve(() => {})
      const abort = new AbortController()
      const call = failure(() => fetch(new Request(server.url, { signal: abort.signal })))
      await server.whenRequests(1)
      abort.abort()
      return call
    },
    standard: 'AbortError',
  },
  {
    name: 'init’s signal stands in for a Request’s',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok()))
      const request = new Request(server.url, { signal: AbortSignal.abort() })
      return failure(() => fetch(request, { signal: new AbortController().signal }))
    },
    standard: 'no error',
  },
  {
    name: 'a Request’s redirect mode holds',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) =>
        send('HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n'),
      )
      return (await fetch(new Request(server.url, { redirect: 'manual' }))).status
    },
    standard: 302,
  },
]
