import { csrf } from '@session-fetch/core/csrf'
import { Session, SessionError, mockTransport } from '@session-fetch/node'
import { digest } from '@session-fetch/core/digest'
import { describe, expect, it } from 'vitest'

/** Answers by path, as a server would that misbehaves. */
function answer({ url }: { url: string }): Response {
  const { pathname, searchParams } = new URL(url)
  const to = searchParams.get('to')
  if (to !== null) return new Response(null, { status: 307, headers: { Location: to } })
  if (pathname === '/missing') return new Response('no', { status: 404, statusText: 'Not Found' })
  if (pathname === '/closed')
    return new Response(null, {
      status: 401,
      headers: { 'WWW-Authenticate': 'Digest realm="x", nonce="n", qop="auth"' },
    })
  if (pathname === '/empty') return new Response()
  if (pathname === '/text') return new Response('<html>')
  return Response.json({ name: 'Ada' })
}

function place(options: ConstructorParameters<typeof Session>[0] = {}): Session {
  const session = new Session({ baseUrl: 'https://api.test/', ...options })
  session.mount('https://', mockTransport(answer))
  session.mount('http://', mockTransport(answer))
  return session
}

const stream = (): ReadableStream => new ReadableStream({ pull: (controller) => controller.close() })
const schema = {
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate: () => ({ issues: [{ message: 'Expected a number', path: ['name'] }] }),
  },
}

/** The failure, and the first line of the error. */
const causes: [string, () => unknown, string][] = [
  [
    'a status, where errors are thrown',
    () => place().get('missing?key=1').json(),
    'HTTP 404 Not Found: GET https://api.test/missing',
  ],
  [
    'text for JSON',
    () => place().get('text').json(),
    'The body is not JSON (text/plain;charset=UTF-8, length 6): GET https://api.test/text',
  ],
  [
    'no body for JSON',
    () => place().get('empty').json(),
    'The body is not JSON (no type, length 0): GET https://api.test/empty',
  ],
  [
    'JSON that does not fit a schema',
    () => place().get('x').json(schema),
    'The JSON does not match the schema at "name": Expected a number: GET https://api.test/x',
  ],
  [
    'a redirect to itself',
    () => place().get('loop?to=/loop%3Fto=/loop', { maxRedirects: 0 }),
    'More than 0 redirects: GET https://api.test/loop',
  ],
  [
    'a redirect, and redirect: error',
    () => place().get('a?to=/b', { redirect: 'error' }),
    "The server redirected, and redirect is 'error': GET https://api.test/a",
  ],
  [
    'a redirect away, and mode: same-origin',
    () => place().get('a?to=https://b.test/', { mode: 'same-origin' }),
    "The server redirected to another origin, and mode is 'same-origin': GET https://api.test/a",
  ],
  [
    'a redirect to a file',
    () => place().get('a?to=file:///etc/passwd'),
    'The server redirected to a file: URL; only http and https are followed: GET https://api.test/a',
  ],
  [
    'a redirect to what is no URL',
    () => place().get('a?to=http://:1'),
    'The server redirected to an invalid URL: GET https://api.test/a',
  ],
  [
    'a body that would go to another origin',
    () => place().post('a?to=https://b.test/', { json: 1 }),
    'The server redirected the body to another origin; to allow it, add that origin to `origins`: POST https://api.test/a',
  ],
  [
    'a stream that would be sent again',
    () => place().post('a?to=/b', { body: stream() }),
    'The server redirected, but a stream cannot be sent again; send text or bytes: POST https://api.test/a',
  ],
  [
    'a 401 to a stream',
    () => place({ auth: digest('ada', 'secret') }).post('closed', { body: stream() }),
    'The server requires auth, but a stream cannot be sent again; send text or bytes: POST https://api.test/closed',
  ],
  [
    'an auth function that returns text',
    () => place().get('x', { auth: (() => 'text') as never }),
    'An auth function may return a PreparedRequest or nothing',
  ],
  [
    'a call on a closed session',
    async () => {
      const session = place()
      await session.close()
      return session.get('x')
    },
    'This session is closed; create a new one: GET https://api.test/x',
  ],
  [
    'a session that is closed during a call',
    async () => {
      const session = place()
      session.mount('https://', { send: () => new Promise(() => {}) })
      const call = session.get('x')
      await session.close()
      return call
    },
    'The session was closed during this call: GET https://api.test/x',
  ],
  [
    'a deadline',
    () => {
      const session = place()
      session.mount('https://', { send: () => new Promise(() => {}) })
      return session.get('x', { timeout: 1 })
    },
    'Timed out after 1 ms (timeout.total): GET https://api.test/x',
  ],
  [
    'csrf without a baseUrl',
    () => {
      const session = place({ csrf: csrf({ token: () => 'a', header: 'X-T' }) })
      session.baseUrl = null
      return session.post('https://api.test/x')
    },
    'csrf: the session needs a baseUrl, which says where the token may be sent: POST https://api.test/x',
  ],
  [
    'a csrf token of two lines',
    () => place({ csrf: csrf({ token: () => 'a\nb', header: 'X-T' }) }).post('x'),
    'csrf: the token must be a valid header value',
  ],
  [
    'a cookie name with a space',
    () => place().get('x', { cookies: { 'a b': '1' } }),
    'cookies: "a b" is not a cookie name',
  ],
  [
    'a cookie value with a semicolon',
    () => place().get('x', { cookies: { a: '1;2' } }),
    'cookies: the value of "a" must be text without semicolons, control characters or lone surrogates',
  ],
  [
    'cookies that are a list',
    () => place().get('x', { cookies: [] as never }),
    'cookies must be an object of values by name',
  ],
  [
    'the method CONNECT',
    () => place().request('CONNECT', 'x'),
    'The method must be a token that fetch allows',
  ],
  [
    'a method with a space',
    () => place().request('GE T', 'x'),
    'The method must be a token that fetch allows',
  ],
  [
    'userinfo in an edited URL',
    () => {
      const session = place()
      const request = session.prepare('GET', 'x')
      request.url = 'https://ada:secret@api.test/'
      return session.send(request)
    },
    'An edited URL must not have credentials; use auth',
  ],
  [
    'a Request whose body was read',
    async () => {
      const request = new Request('https://api.test/x', { method: 'POST', body: 'a' })
      await request.text()
      return place()
        .fetch(request)
        .catch((error: Error) => {
          throw error.cause
        })
    },
    'The body of this Request has already been read',
  ],
  [
    'a cookie that cannot be stored',
    () => place().cookies.set('a', '1;2'),
    'cookies.set: value must not contain ;',
  ],
]

describe('SessionError.message of', () => {
  it.each(causes)('%s', async (_cause, make, message) => {
    const error: unknown = await Promise.resolve()
      .then(make)
      .then(
        () => undefined,
        (reason: unknown) => reason,
      )
    expect(error).toBeInstanceOf(SessionError)
    expect((error as SessionError).message).toBe(message)
  })
})
