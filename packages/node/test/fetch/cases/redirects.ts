import { type Fault, type FaultServer, head, ok } from '@session-fetch/test-support/fault-server'
import { type FetchCase, type Stage, failure, firstOf, half, streamOf } from './fetch-case.js'

/** Redirects `/` to `location` with `status`, and `/loop` to itself; answers anything else. */
const moved =
  (location: string, status = 302): Fault =>
  ({ request, send }) => {
    if (request.target === '/loop') return send(head('302 Found', 'Location: /loop', 'Content-Length: 0'))
    if (request.target !== '/') return send(ok('end'))
    send(head(`${status} Moved`, ...(location === '' ? [] : [`Location: ${location}`]), 'Content-Length: 0'))
  }

interface Journey {
  readonly server: FaultServer
  readonly response: Response
}

async function journey(
  { fetch, serve }: Stage,
  init: RequestInit,
  location = '/end',
  status = 302,
): Promise<Journey> {
  const server = await serve(moved(location, status))
  return { server, response: await fetch(server.url, init) }
}

async function lost({ fetch, serve }: Stage, location: string, init: RequestInit = {}): Promise<string> {
  const server = await serve(moved(location))
  return failure(() => fetch(server.url, init))
}

export const redirects: readonly FetchCase[] = [
  {
    name: 'a redirect is followed, and tells so',
    play: async (stage) => {
      const { response, server } = await journey(stage, {}, '/end?a=1')
      return [
        response.redirected,
        response.url.replace(server.url, '/'),
        response.status,
        await response.text(),
      ]
    },
    standard: [true, '/end?a=1', 200, 'end'],
  },
  {
    name: 'method and body after each status',
    play: async (stage) => {
      const outcomes: string[] = []
      for (const method of ['POST', 'PUT', 'DELETE'])
        for (const status of [301, 302, 303, 307, 308]) {
          const { server } = await journey(stage, { method, body: 'x' }, '/end', status)
          const second = server.requests[1]
          outcomes.push(`${status} ${method}: ${second?.method} ${second?.body.toString()}`.trim())
        }
      return outcomes
    },
    standard: [
      '301 POST: GET',
      '302 POST: GET',
      '303 POST: GET',
      '307 POST: POST x',
      '308 POST: POST x',
      '301 PUT: PUT x',
      '302 PUT: PUT x',
      '303 PUT: GET',
      '307 PUT: PUT x',
      '308 PUT: PUT x',
      '301 DELETE: DELETE x',
      '302 DELETE: DELETE x',
      '303 DELETE: GET',
      '307 DELETE: DELETE x',
      '308 DELETE: DELETE x',
    ],
  },
  {
    name: 'the body’s headers go with the body',
    play: async (stage) => {
      const headers = { 'Content-Type': 'text/x', 'Content-Language': 'en', 'X-A': '1' }
      const { server } = await journey(stage, { method: 'POST', body: 'x', headers })
      const sent = server.requests[1]?.headers ?? {}
      return ['content-type' in sent, 'content-language' in sent, 'content-length' in sent, sent['x-a']]
    },
    standard: [false, false, false, '1'],
  },
  {
    name: 'HEAD stays HEAD at a 303',
    play: async (stage) => (await journey(stage, { method: 'HEAD' }, '/end', 303)).server.requests[1]?.method,
    standard: 'HEAD',
  },
  {
    name: 'a stream cannot be sent again',
    play: async ({ fetch, serve }) => {
      const server = await serve(moved('/end', 307))
      const init: RequestInit = half({ method: 'POST', body: streamOf('once') })
      return [await failure(() => fetch(server.url, init)), server.requests.length]
    },
    standard: ['TypeError', 1],
  },
  {
    name: 'a stream is let go of where the method becomes GET',
    play: async (stage) => {
      const { server, response } = await journey(
        stage,
        half({ method: 'POST', body: streamOf('once') }),
        '/end',
        303,
      )
      return [response.status, server.requests[1]?.method]
    },
    standard: [200, 'GET'],
  },
  {
    name: 'manual stops at the redirect',
    play: async (stage) => {
      const { response, server } = await journey(stage, { redirect: 'manual' })
      return [
        response.status,
        response.headers.get('Location'),
        response.redirected,
        response.url === server.url,
        server.requests.length,
      ]
    },
    standard: [302, '/end', false, true, 1],
  },
  {
    name: 'error refuses the redirect',
    play: async (stage) => lost(stage, '/end', { redirect: 'error' }),
    standard: 'TypeError',
  },
  {
    name: 'the twenty-first redirect is refused',
    play: async ({ fetch, serve }) => {
      const server = await serve(moved('/loop'))
      return [await failure(() => fetch(`${server.url}loop`)), server.requests.length]
    },
    standard: ['TypeError', 21],
  },
  {
    name: 'a redirect without a target is an answer',
    play: async (stage) => [
      (await journey(stage, {}, '')).response.status,
      (await journey(stage, {}, '/end', 300)).response.status,
      (await journey(stage, {}, '/end', 304)).response.status,
    ],
    standard: [302, 300, 304],
  },
  {
    name: 'an empty target is the same URL',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ request, send }) =>
        send(request.method === 'POST' ? head('302 Found', 'Location:', 'Content-Length: 0') : ok('end')),
      )
      const response = await fetch(`${server.url}a?b`, { method: 'POST', body: 'x' })
      const { method, target } = server.requests[1] ?? {}
      return [response.redirected, await response.text(), method, target]
    },
    standard: [true, 'end', 'GET', '/a?b'],
  },
  {
    name: 'an empty target without end is refused',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(head('302 Found', 'Location:  ', 'Content-Length: 0')))
      return [await failure(() => fetch(server.url)), server.requests.length]
    },
    standard: ['TypeError', 21],
  },
  {
    name: 'two targets are shown where redirects are not followed',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) =>
        send(head('302 Found', 'Location: /a', 'Location: /b', 'Content-Length: 0')),
      )
      const { status, headers } = await fetch(server.url, { redirect: 'manual' })
      return [status, headers.get('Location'), server.requests.length]
    },
    standard: [302, '/a, /b', 1],
  },
  {
    name: 'a target that cannot be fetched is refused',
    play: (stage) =>
      Promise.all(
        ['http://[', 'ftp://a.test/', 'data:,x', 'mailto:a@b.test'].map((target) => lost(stage, target)),
      ),
    standard: Array(4).fill('TypeError'),
  },
  {
    name: 'a target is relative to the URL that answered, and keeps the fragment',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ request, send }) =>
        request.target.startsWith('/a/')
          ? send(head('302 Found', 'Location: ../b?c', 'Content-Length: 0'))
          : send(ok()),
      )
      await fetch(`${server.url}a/x?y#z`)
      return server.requests[1]?.target
    },
    standard: '/b?c',
  },
  {
    name: 'a target in bare UTF-8 is read as UTF-8',
    play: async (stage) =>
      (await journey(stage, {}, Buffer.from('/š').toString('latin1'))).server.requests[1]?.target,
    standard: '/%C5%A1',
  },
  {
    name: 'another origin gets no Authorization and no Cookie',
    play: async ({ fetch, serve }) => {
      const other = await serve(({ send }) => send(ok()))
      const server = await serve(moved(other.url))
      await fetch(server.url, { headers: { Authorization: 'Basic x', Cookie: 'a=1' } })
      const { headers } = firstOf(other)
      return ['authorization' in headers, 'cookie' in headers]
    },
    standard: [false, false],
  },
  {
    name: 'another origin gets the other headers',
    play: async ({ fetch, serve }) => {
      const other = await serve(({ send }) => send(ok()))
      const server = await serve(moved(other.url))
      await fetch(server.url, { headers: { 'X-Key': 'k', 'Accept-Language': 'en' } })
      const { headers } = firstOf(other)
      return [headers['x-key'] ?? null, headers['accept-language']]
    },
    standard: ['k', 'en'],
  },
  {
    name: 'another origin gets the body at a 307',
    play: async ({ fetch, serve }) => {
      const other = await serve(({ send }) => send(ok()))
      const server = await serve(moved(other.url, 307))
      return failure(() => fetch(server.url, { method: 'POST', body: 'x' }))
    },
    standard: 'no error',
  },
]
