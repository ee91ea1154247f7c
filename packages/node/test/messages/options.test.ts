import { Agent } from 'node:http'
import { Readable } from 'node:stream'
import { type SecureContextOptions, createSecureContext } from 'node:tls'
import {
  type HookState,
  Session,
  basic,
  bearer,
  cachedLookup,
  mockTransport,
  unixSocketTransport,
} from '@session-fetch/node'
import { csrf } from '@session-fetch/core/csrf'
import { digest } from '@session-fetch/core/digest'
import { handlerTransport, routesTransport } from '@session-fetch/core/testing'
import { multipart } from '@session-fetch/core'
import { describe, expect, it } from 'vitest'
import { messageOf } from './message-of.js'

/** As plain JavaScript has it: nothing is typed. */
const loose = (value: unknown): never => value as never
const made = (options: object): Session => new Session(options)

function session(): Session {
  const made = new Session({ baseUrl: 'https://api.test/' })
  made.mount(
    'https://',
    mockTransport(() => Response.json({})),
  )
  return made
}

const get = (init: object): unknown => session().get('x', init)
const post = (init: object): unknown => session().post('x', init)

const spent = (): Readable => {
  const stream = Readable.from(['a'])
  stream.destroy()
  return stream
}
const locked = (): ReadableStream => {
  const stream = new Blob(['a']).stream()
  stream.getReader()
  return stream
}

/** Node's messages for TLS options, which depend on its version of OpenSSL. */
function nodeSays(options: SecureContextOptions): string {
  try {
    createSecureContext(options)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('Node accepts these options')
}

/** The options of a session, and the message. */
const ofSessions: [string, () => unknown, string][] = [
  ['no connections', () => made({ connections: 0 }), 'connections must be a whole number above 0'],
  ['a time in text', () => made({ keepAlive: '20s' }), 'keepAlive must be milliseconds of 0 or more'],
  ['a switch in text', () => made({ http2: 'yes' }), 'http2 must be true or false'],
  ['a lookup by text', () => made({ lookup: '1.1.1.1' }), "lookup must be a function like Node's dns.lookup"],
  ['an address that is a name', () => made({ localAddress: 'eth0' }), 'localAddress must be an IP address'],
  ['a guard that is a list', () => made({ guard: ['10.0.0.0/8'] }), 'guard must be a function'],
  [
    'a limit below 0',
    () => made({ limits: { headers: -1 } }),
    'limits.headers must be a whole number of 0 or more',
  ],
  [
    'options of a lookup in text',
    () => cachedLookup(loose('60s')),
    'cachedLookup takes an object of ttl, limit, lookup',
  ],
  [
    'a switch of tls in text',
    () => made({ tls: { rejectUnauthorized: 'no' } }),
    'tls.rejectUnauthorized must be true or false',
  ],
  ['a number for a name', () => made({ tls: { servername: 1 } }), 'tls.servername must be a string'],
  ['a number for a certificate', () => made({ tls: { ca: 1 } }), 'tls.ca must be a string or bytes'],
  ['a path for a certificate', () => made({ tls: { ca: 'ca.pem' } }), 'tls.ca contains no PEM certificate'],
  [
    'a key that is none',
    () => made({ tls: { key: 'me.key' } }),
    `tls cannot be used: ${nodeSays({ key: 'me.key' })}`,
  ],
  [
    'a proxy by number',
    () => made({ proxy: 3128 }),
    'proxy must be a URL, null, or { http, https, all, no }',
  ],
  [
    'an exception by number',
    () => made({ proxy: { all: 'http://p.test', no: 1 } }),
    'proxy.no must be a string or a list of strings',
  ],
  [
    'a proxy of another scheme',
    () => made({ proxy: 'ftp://p.test' }),
    'proxy is not the URL of an http:, https:, socks5: or socks5h: proxy',
  ],
  [
    'a password with a bare percent',
    () => made({ proxy: 'http://me:50%@p.test' }),
    'proxy contains credentials that are not URL-encoded',
  ],
  [
    'options for an agent',
    () => made({ agent: { keepAlive: true } }),
    'agent must be an http.Agent, { http, https } with agents, or an undici dispatcher; a proxy goes in proxy',
  ],
  [
    'an agent and tls',
    () => made({ agent: new Agent(), tls: {} }),
    'tls: not allowed together with agent, which opens the connections',
  ],
  [
    'a socket without a path',
    () => unixSocketTransport(''),
    'unixSocketTransport needs the path of a socket',
  ],
  [
    'a member after the fact',
    () => Object.assign(session(), { proxy: null }),
    'proxy cannot be changed; write new Session({ proxy })',
  ],
  [
    'other cookies after the fact',
    () => {
      const changed = session()
      Object.defineProperty(changed, 'cookies', { value: session().cookies })
      return changed.get('x')
    },
    'cookies cannot be changed; write new Session({ jar })',
  ],
  [
    'counters of an agent',
    () => made({ agent: new Agent() }).stats(),
    'stats() is not available: the agent manages the connections',
  ],
  [
    'a time to connect, and an agent',
    () => made({ agent: new Agent() }).get('http://api.test/', { timeout: { connect: 1 } }),
    'timeout.connect: an http.Agent does not report when it has connected: GET http://api.test/',
  ],
]

/** The options of a call. */
const ofCalls: [string, () => unknown, string][] = [
  [
    'a delay below 0',
    () => get({ retry: { delay: -1 } }),
    'retry.delay must be a number of 0 or more, not -1',
  ],
  ['a csrf that is text', () => post({ csrf: 'token' }), 'csrf must be a function'],
  [
    'throwHttpErrors in text',
    () => get({ throwHttpErrors: 'yes' }),
    'throwHttpErrors must be true, false or a function',
  ],
  [
    'a relative referrer',
    () => get({ referrer: 'page' }),
    'referrer must be an absolute URL, or empty for none',
  ],
  ['a window', () => get({ window: {} }), 'window must be null'],
  [
    'a stream and keepalive',
    () => post({ body: new Blob(['a']).stream(), keepalive: true }),
    'keepalive is not possible with a stream as the body: POST https://api.test/x',
  ],
  [
    'a header as a member',
    () =>
      get({
        hooks: { request: ({ request }: HookState) => void Object.assign(request.headers, { 'X-A': '1' }) },
      }),
    'headers["X-A"] is not a header; write headers.set(name, value)',
  ],
  [
    'credentials for a proxy',
    () => get({ headers: { 'Proxy-Authorization': 'Basic a' } }),
    "The header Proxy-Authorization would be sent to the origin; put credentials in the proxy's URL: GET https://api.test/x",
  ],
  [
    'integrity',
    () => new Session().get('http://api.test/', { integrity: 'sha256-a' }),
    'integrity: not checked by this transport; mount fetchTransport(): GET http://api.test/',
  ],
  [
    'a member of the session in platform',
    () => get({ platform: { headers: {} } }),
    'platform.headers would have no effect; it is an option of the call: { headers: … }',
  ],
  [
    'a part without content',
    () => post({ multipart: { a: { content: 1 } } }),
    'multipart.a.content must be text, bytes, a Blob or, in Node, a stream',
  ],
  [
    'a part with a header of two lines',
    () => post({ multipart: { a: { content: 'a', headers: { 'X-A': 'b\nc' } } } }),
    'multipart: "X-A" is not a valid header of a part',
  ],
  [
    'a part with headers in text',
    () => post({ multipart: { a: { content: 'a', headers: 'X-A: 1' } } }),
    'multipart headers must be an object of values by name, or [name, value] pairs',
  ],
  [
    'a filename that is a number',
    () => post({ multipart: { a: { content: 'a', filename: 1 } } }),
    'multipart: a filename must be text',
  ],
  [
    'a stream in multipart()',
    () => multipart({ a: { content: new Blob(['a']).stream() } }),
    "multipart: only Node's multipart option takes a stream as content",
  ],
  [
    'a part that someone reads',
    () => post({ multipart: { a: { content: locked() } } }),
    'multipart: a content is a locked stream',
  ],
  [
    'a body that someone reads',
    () => new Session().post('http://127.0.0.1:1/', { body: locked() }),
    'The body is a locked stream: POST http://127.0.0.1:1/',
  ],
  [
    'a stream that is gone',
    () => new Session().post('http://127.0.0.1:1/', { body: loose(spent()) }),
    'The body is a stream that was already read or destroyed: POST http://127.0.0.1:1/',
  ],
  ['NaN in JSON', () => post({ json: { a: NaN } }), 'json cannot be serialized: "a" is NaN'],
  ['a map in JSON', () => post({ json: { a: new Map() } }), 'json cannot be serialized: "a" is a Map'],
  ['bytes as JSON', () => post({ json: new Uint8Array(1) }), 'json cannot be serialized: bytes or a stream'],
  [
    'a number for the options of a download',
    () => session().download('x', 'file', loose(5)),
    'options of download() must be an object',
  ],
  [
    'a download with Range',
    () => session().download('x', 'file', { headers: { Range: 'bytes=1-' } }),
    'Range: download() sets this header itself; remove it: GET https://api.test/x',
  ],
]

/** The arguments of functions that create auth, tokens and transports. */
const ofMakers: [string, () => unknown, string][] = [
  [
    'a user with a colon',
    () => basic('a:b', 'c'),
    'auth must be [user, password], two strings without a colon in user',
  ],
  [
    'a token of two lines',
    () => bearer('a\nb'),
    'A bearer token must be a string of visible ASCII characters',
  ],
  [
    'digest without a password',
    () => digest('ada', loose(undefined)),
    'Digest auth needs a user and a password, both strings',
  ],
  [
    'a flow that yields nothing',
    () => get({ auth: { *authenticate() {} } }),
    'The auth flow yielded no request: GET https://api.test/x',
  ],
  [
    'csrf of nothing',
    () => csrf(loose({ header: 'X-T' })),
    "csrf needs one of cookie, meta, token, as in csrf({ cookie: 'csrftoken', header: 'X-CSRFToken' })",
  ],
  [
    'a csrf token by value',
    () => csrf(loose({ token: 'a', header: 'X-T' })),
    "csrf.token must be a function, as in csrf({ cookie: 'csrftoken', header: 'X-CSRFToken' })",
  ],
  [
    'a csrf cookie by number',
    () => csrf(loose({ cookie: 1, header: 'X-T' })),
    "csrf.cookie must be a name, as in csrf({ cookie: 'csrftoken', header: 'X-CSRFToken' })",
  ],
  [
    'a csrf header with a space',
    () => csrf({ cookie: 'a', header: 'X T' }),
    "csrf.header must be the name of a header, as in csrf({ cookie: 'csrftoken', header: 'X-CSRFToken' })",
  ],
  [
    'csrf.decode in text',
    () => csrf(loose({ cookie: 'a', header: 'X-T', decode: 'no' })),
    "csrf.decode must be true or false, as in csrf({ cookie: 'csrftoken', header: 'X-CSRFToken' })",
  ],
  [
    'csrf.meta without a document',
    () => post({ csrf: csrf({ meta: 'a', header: 'X-T' }) }),
    'csrf.meta: there is no document; pass a `token` function',
  ],
  [
    'a handler without an answer',
    async () => {
      const mocked = new Session()
      mocked.mount('https://', mockTransport(loose(() => {})))
      return mocked.get('https://api.test/')
    },
    'mockTransport must answer with a Response: GET https://api.test/',
  ],
  [
    'an app without an answer',
    async () => {
      const mocked = new Session()
      mocked.mount('https://', handlerTransport(loose(() => {})))
      return mocked.get('https://api.test/')
    },
    'The function of handlerTransport must answer with a Response: GET https://api.test/',
  ],
  [
    'an app that is no function',
    () => handlerTransport(loose({ fetch() {} })),
    'handlerTransport takes a function, such as app.fetch',
  ],
  [
    'a route without a path',
    () => routesTransport({ 'GET me': new Response() }),
    'The route "GET me" must be "GET /path", "/path" or with a URL',
  ],
  [
    'a route of text',
    () => routesTransport(loose({ 'GET /me': 'Ada' })),
    'The route "GET /me" must have a Response or a function',
  ],
  [
    'a request that no route answers',
    () => {
      const mocked = new Session()
      mocked.mount('https://', routesTransport({ 'GET /me': new Response() }))
      return mocked.get('https://api.test/you')
    },
    'The request matches no route of routesTransport (GET /me): GET https://api.test/you',
  ],
  [
    'a request that no route answered',
    async () => {
      const mocked = new Session()
      const api = routesTransport({ 'GET /me': new Response() })
      mocked.mount('https://', api)
      await mocked.get('https://api.test/you?key=1').catch(() => {})
      api.verify()
    },
    'Requests that match no route of routesTransport: GET https://api.test/you',
  ],
]

describe.each([
  ['a session made with', ofSessions],
  ['a call with', ofCalls],
  ['', ofMakers],
])('SessionError.message of %s', (_what, causes) => {
  it.each(causes)('%s', async (_cause, make, message) => {
    expect(await messageOf(make)).toBe(message)
  })
})
