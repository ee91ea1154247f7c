import { fetchTransport } from '@session-fetch/core/adapter'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Session } from './session.js'

const url = 'https://api.test/x'

/** As plain JavaScript has it: nothing is typed. */
const loose = (value: unknown): never => value as never
const post = (init: object): unknown => new Session().post(url, init)
const failure = (code?: string): Error =>
  Object.assign(new TypeError('fetch failed'), code === undefined ? {} : { code })

const locked = (): ReadableStream => {
  const stream = new Blob(['a']).stream()
  stream.getReader()
  return stream
}

async function* numbers(): AsyncGenerator<number> {
  yield 1
}

/** A fetch that reads the body, as an engine does. */
async function reading(_url: string, { body }: RequestInit): Promise<Response> {
  return new Response(await new Response(body).text())
}

/** A `Request` that only sends methods that it knows. */
class Plain {
  readonly method = 'GET'
}

const causes: [string, () => unknown, (url: string, init: RequestInit) => Promise<Response>, string][] = [
  [
    'a connection that failed with a code',
    () => new Session().get(url),
    () => Promise.reject(failure('ECONNREFUSED')),
    `No response (ECONNREFUSED): GET ${url}`,
  ],
  [
    'a connection that failed without one',
    () => new Session().get(url),
    () => Promise.reject(failure()),
    `No response: GET ${url}`,
  ],
  [
    'what is no schema',
    () => new Session().get(url).json(loose({})),
    async () => Response.json({}),
    'json() takes a schema of zod, valibot, arktype or another with "~standard"; for a type, write json<Type>()',
  ],
  [
    'another word for unsupported',
    () => new Session(loose({ unsupported: 'warn' })),
    reading,
    "unsupported must be 'error' or 'ignore'",
  ],
  [
    'a base without an origin',
    () => new Session({ baseUrl: '/api/' }),
    reading,
    'baseUrl must be an absolute URL, such as https://host/path/, not "/api/"',
  ],
  [
    'a body that is cut off',
    () => new Session().get(url).text(),
    async () =>
      new Response(
        new ReadableStream({ pull: (controller) => controller.error(new Error('Network connection lost.')) }),
      ),
    `The body ended early: GET ${url}`,
  ],
  [
    'a body that is corrupt',
    () => new Session().get(url).text(),
    async () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.error(new TypeError('Gzip decompression failed.')),
        }),
      ),
    `The compressed body is corrupt or truncated: GET ${url}`,
  ],
  [
    'a clone while the body has a reader',
    async () => {
      const response = await new Session().get(url)
      response.body?.getReader()
      return response.clone()
    },
    async () => new Response('text'),
    'A body that has a reader cannot be cloned',
  ],
  [
    'a redirect that the platform hides',
    () => new Session().get(url),
    async () => Object.defineProperty(new Response(), 'type', { value: 'opaqueredirect' }),
    `redirects: this platform's fetch hides them, as in a page; import session-fetch/browser: GET ${url}`,
  ],
  [
    'a redirect that the platform follows',
    () => new Session().get(url),
    async () => Object.defineProperty(new Response(), 'url', { value: 'https://other.test/' }),
    `redirects: the fetch of this transport followed one itself, with all headers; it must support redirect: 'manual', and respond from the requested URL: GET ${url}`,
  ],
  [
    'a fetch that gives no Response',
    () => new Session({ retry: 2 }).get(url),
    loose(async () => undefined),
    `A transport must return a Response of this runtime, not one of another package: GET ${url}`,
  ],
  [
    'no fetch at all',
    () => new Session({ retry: 2 }).get(url),
    loose(undefined),
    `This runtime has no fetch; mount() a transport: GET ${url}`,
  ],
  [
    'no fetch for fetchTransport()',
    () => {
      const session = new Session({ retry: 2 })
      session.mount('https://', fetchTransport())
      return session.get(url)
    },
    loose(undefined),
    `This runtime has no fetch; write fetchTransport(fetch): GET ${url}`,
  ],
  [
    'a member of the session in platform',
    () => new Session().get(url, { platform: { redirect: 'error' } }),
    reading,
    'platform.redirect would have no effect; it is an option of the call: { redirect: … }',
  ],
  [
    'the method in platform',
    () => new Session().get(url, { platform: { method: 'PUT' } }),
    reading,
    'platform.method would have no effect; call the method instead, as in session.put(url)',
  ],
  [
    'the URL in platform',
    () => new Session().get(url, { platform: { url } }),
    reading,
    'platform.url would have no effect; it is the argument of the call',
  ],
  [
    'a limit for the body',
    () => post({ maxResponseSize: 1 }),
    reading,
    `maxResponseSize: not over this platform's fetch, see docs/capabilities.md: POST ${url}`,
  ],
  [
    'integrity',
    () => post({ integrity: 'sha256-a' }),
    reading,
    `integrity: not over this platform's fetch, see docs/capabilities.md: POST ${url}`,
  ],
  [
    'a method that the platform changes',
    () => {
      vi.stubGlobal('Request', Plain)
      return new Session().request('FOO', url)
    },
    reading,
    `the method FOO: not over this platform's fetch, see docs/capabilities.md: FOO ${url}`,
  ],
  [
    'credentials for a proxy',
    () => post({ headers: { 'Proxy-Authorization': 'Basic a' } }),
    reading,
    `The header Proxy-Authorization would be sent to the origin: POST ${url}`,
  ],
  [
    'a body that someone reads',
    () => post({ body: locked() }),
    reading,
    `The body is a locked stream: POST ${url}`,
  ],
  [
    'a body of numbers',
    () => post({ body: loose(numbers()) }),
    reading,
    'A stream that is a body must yield bytes or text',
  ],
  [
    'another jar for a child',
    () => new Session().extend(loose({ jar: {} })),
    reading,
    'jar: a session created by extend() or fork() shares that of its parent',
  ],
]

afterEach(() => vi.unstubAllGlobals())

describe("SessionError.message, over a platform's fetch, of", () => {
  it.each(causes)('%s', async (_cause, make, fetch, message) => {
    vi.stubGlobal('fetch', fetch)
    const error: unknown = await Promise.resolve()
      .then(make)
      .then(
        () => expect.unreachable('nothing failed'),
        (reason: unknown) => reason,
      )
    expect(error).toBeInstanceOf(Error)
    expect((error as Error).message).toBe(message)
  })
})
