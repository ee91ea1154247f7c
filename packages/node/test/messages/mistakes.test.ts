import {
  FileCookieJar,
  InvalidRequestError,
  Session,
  SessionError,
  bearer,
  get,
  mockTransport,
  post,
} from '@session-fetch/node'
import { describe, expect, it } from 'vitest'

/** As plain JavaScript has it: nothing is typed. */
type Loose = Record<string, (...args: unknown[]) => unknown> & Record<string, unknown>

const loose = (value: unknown): Loose => value as Loose
const made = (...options: unknown[]): unknown => Reflect.construct(Session, options)

/** A session whose transport responds to all requests, and the error of the mistake. */
async function errorOf(mistake: (session: Loose) => unknown): Promise<unknown> {
  const session = new Session({ baseUrl: 'https://api.test/' })
  const api = mockTransport(() => Response.json({ name: 'Ada' }))
  session.mount('https://api.test', api)
  try {
    await mistake(loose(session))
  } catch (error) {
    expect(api.calls).toEqual([])
    return error
  } finally {
    await session.close()
  }
  throw new Error('nothing was refused')
}

/** A call whose promise is not awaited; it ends with the session. */
function unawaited(session: Loose): Loose {
  const response = session['get']?.('x')
  void Promise.resolve(response).catch(() => {})
  return loose(response)
}

const cycle: Record<string, unknown> = {}
cycle['self'] = cycle

/** Mistakes by users of other clients, or new users, and the error messages. */
const mistakes: [string, (session: Loose) => unknown, string][] = [
  // The session
  [
    "new Session('https://api.test/')",
    () => made('https://api.test/'),
    'The argument of new Session({ baseUrl }) must be an object',
  ],
  ['new Session(fetch)', () => made(fetch), 'The argument of new Session({ baseUrl }) must be an object'],
  ['new Session({}, {})', () => made({}, {}), 'A session takes one object of options'],
  [
    "{ baseURL: '…' }",
    () => made({ baseURL: 'https://api.test/' }),
    'There is no option "baseURL"; did you mean "baseUrl"?',
  ],
  [
    "{ prefixUrl: '…' }",
    () => made({ prefixUrl: 'https://api.test/' }),
    'There is no option "prefixUrl"; it is called baseUrl',
  ],
  ["{ url: '…' }", () => made({ url: '/' }), 'There is no option "url"; the URL is the first argument'],
  [
    '{ verify: false }',
    () => made({ verify: false }),
    'There is no option "verify"; a session takes it in tls',
  ],
  [
    '{ cookieJar }',
    () => made({ cookieJar: {} }),
    'There is no option "cookieJar"; a session takes it as its jar',
  ],
  [
    '{ httpsAgent }',
    () => made({ httpsAgent: {} }),
    'There is no option "httpsAgent"; a session takes it as its agent',
  ],
  ['{ jar: true }', () => made({ jar: true }), 'jar must be a tough-cookie jar or store, or a FileCookieJar'],
  [
    'a jar that is not awaited',
    () => made({ jar: Promise.resolve() }),
    'jar is a promise; write jar: await FileCookieJar.open(path)',
  ],
  [
    'new FileCookieJar(path)',
    () => Reflect.construct(FileCookieJar, ['jar.json']),
    'FileCookieJar has no public constructor; write await FileCookieJar.open(path)',
  ],
  [
    'proxy: { host, port }',
    () => made({ proxy: { host: 'a', port: 1 } }),
    'proxy has no member "host"; its members are http, https, all, no, tls',
  ],
  [
    "baseUrl: 'ftp://…'",
    () => made({ baseUrl: 'ftp://api.test/' }),
    'baseUrl must start with http:// or https://, not ftp:',
  ],
  [
    "origins: 'api.test'",
    () => made({ origins: 'api.test' }),
    '"api.test" in origins is not an origin; write https://host, https://host:port or https://*.host',
  ],
  ['tls: false', () => made({ tls: false }), 'tls must be an object'],
  [
    "headers: 'X-A: 1'",
    () => made({ headers: 'X-A: 1' }),
    'headers must be an object of values by name, or [name, value] pairs',
  ],
  [
    'hooks: { beforeRequest }',
    () => made({ hooks: { beforeRequest: [] } }),
    'hooks.beforeRequest must be functions for request, response, redirect, retry, error',
  ],
  ['Session.import({})', () => loose(Session)['import']?.({}), 'This is not what exportSession() returned'],
  [
    'session.interceptors.request.use',
    (session) => loose(session['interceptors'])['request'],
    'A session has no "interceptors"; push functions to session.hooks.request and session.hooks.response',
  ],
  [
    'session.defaults.headers',
    (session) => loose(session['defaults'])['headers'],
    'A session has no "defaults"; its settings are members, such as session.headers and session.timeout',
  ],
  [
    'session.defaults = {}',
    (session) => Object.assign(session, { defaults: {} }),
    'A session has no "defaults"; its settings are members, such as session.headers and session.timeout',
  ],
  [
    'session.use(fn)',
    (session) => session['use']?.(() => {}),
    'A session has no "use"; push functions to session.hooks.request, or mount() a transport',
  ],
  [
    "session.headers['X-A'] = '1'",
    (session) => {
      Object.assign(loose(session['headers']), { 'X-A': '1' })
      return session['get']?.('x')
    },
    'headers["X-A"] has no effect; write headers.set("X-A", value)',
  ],
  [
    'session.params.page = 1',
    (session) => {
      Object.assign(loose(session['params']), { page: 1 })
      return session['get']?.('x')
    },
    'params["page"] has no effect; write params.set("page", value)',
  ],
  [
    "session.cookies.sid = '1'",
    (session) => {
      Object.assign(loose(session['cookies']), { sid: '1' })
      return session['get']?.('x')
    },
    'cookies["sid"] has no effect; write cookies.set("sid", value)',
  ],
  [
    'session.timeoutt = 1',
    (session) => {
      Object.assign(session, { timeoutt: 1 })
      return session['get']?.('x')
    },
    'A session has no setting "timeoutt"; did you mean "timeout"?; to add members, extend the class',
  ],
  [
    "fork({ jar: 'new' })",
    (session) => session['fork']?.({ jar: 'new' }),
    "jar: fork() takes 'copy' or 'empty'; pass a separate jar to new Session({ jar })",
  ],
  [
    'extend({ proxy })',
    (session) => session['extend']?.({ proxy: 'http://proxy.test' }),
    'proxy: a session created by extend() or fork() shares that of its parent',
  ],
  [
    'mount(prefix, fn)',
    (session) => session['mount']?.('https://api.test', () => {}),
    'A transport must have a `send` method; mockTransport makes one of a function',
  ],
  [
    "mount('api.test', …)",
    (session) => session['mount']?.('api.test', { send() {} }),
    '"api.test" cannot be mounted; write scheme://, scheme://host or scheme://host/path',
  ],
  [
    'mockTransport(response)',
    () => Reflect.apply(mockTransport, undefined, [{}]),
    'mockTransport takes a function that answers with a Response',
  ],
  // The URL
  [
    'get()',
    (session) => session['get']?.(),
    'The URL is undefined; write get(url, init), or request(method, url, init)',
  ],
  [
    'get(null)',
    (session) => session['get']?.(null),
    'The URL is null; write get(url, init), or request(method, url, init)',
  ],
  [
    'get({ url })',
    (session) => session['get']?.({ url: '/x' }),
    'The URL is an object; write get(url, init), or request(method, url, init)',
  ],
  [
    'request(url)',
    (session) => session['request']?.('https://api.test/'),
    'The URL is undefined; write get(url, init), or request(method, url, init)',
  ],
  [
    'a path without a baseUrl',
    () => new Session().get('/x'),
    '"/x" is not a valid URL; it needs https:// or a baseUrl',
  ],
  [
    "get('localhost:3000/x')",
    (session) => session['get']?.('localhost:3000/x'),
    'No transport is mounted for localhost: URLs; write http:// before a host',
  ],
  // The body
  [
    'post(url, data)',
    (session) => session['post']?.('x', { name: 'Ada' }),
    'There is no option "name"; a body goes in json, form, multipart or body, parameters in params',
  ],
  [
    'post(url, text)',
    (session) => session['post']?.('x', 'text'),
    'options must be an object; write post(url, { json, params }), or (url) => get(url) as a callback',
  ],
  [
    'post(url, new FormData())',
    (session) => session['post']?.('x', new FormData()),
    'options must be an object; write post(url, { json, params }), or (url) => get(url) as a callback',
  ],
  [
    '{ data }',
    (session) => session['post']?.('x', { data: {} }),
    'There is no option "data"; a body goes in json, form, multipart or body',
  ],
  [
    'body: {}',
    (session) => session['post']?.('x', { body: {} }),
    'body must be text, bytes, a Blob, a form or a stream; use json for values',
  ],
  [
    'json and form',
    (session) => session['post']?.('x', { json: 1, form: {} }),
    'A request has one body, not json and form',
  ],
  [
    'get(url, { json })',
    (session) => session['get']?.('x', { json: {} }),
    'A GET request has no body; use params: GET https://api.test/x',
  ],
  [
    'json: a cycle',
    (session) => session['post']?.('x', { json: cycle }),
    'json cannot be serialized: a cycle, a BigInt or a toJSON that throws',
  ],
  [
    'form: { a: {} }',
    (session) => session['post']?.('x', { form: { a: { b: 1 } } }),
    'form.a must be text, a number, a boolean or a list',
  ],
  [
    'params: { a: {} }',
    (session) => session['get']?.('x', { params: { a: { b: 1 } } }),
    'params.a must be text, a number, a boolean or a list',
  ],
  [
    'multipart: { a: {} }',
    (session) => session['post']?.('x', { multipart: { a: {} } }),
    'multipart: part "a" must be text, a number, a Blob, a File or { content, filename, type, headers }',
  ],
  // Options of a call
  [
    "{ method: 'POST' }",
    (session) => session['get']?.('x', { method: 'POST' }),
    'There is no option "method"; write get(url), post(url) or request(method, url)',
  ],
  [
    '{ allow_redirects: false }',
    (session) => session['get']?.('x', { allow_redirects: false }),
    'There is no option "allow_redirects"; it is called redirect',
  ],
  [
    'redirect: true',
    (session) => session['get']?.('x', { redirect: true }),
    "redirect must be one of 'follow', 'error', 'manual'",
  ],
  [
    '{ responseType }',
    (session) => session['get']?.('x', { responseType: 'json' }),
    'There is no option "responseType"; read the body with json(), text(), bytes() or another method',
  ],
  [
    '{ validateStatus }',
    (session) => session['get']?.('x', { validateStatus: null }),
    'There is no option "validateStatus"; it is called throwHttpErrors',
  ],
  [
    '{ withCredentials }',
    (session) => session['get']?.('x', { withCredentials: true }),
    'There is no option "withCredentials"; it is called credentials',
  ],
  [
    '{ proxy } in a call',
    (session) => session['get']?.('x', { proxy: 'http://proxy.test' }),
    'There is no option "proxy"; it is an option of a session',
  ],
  [
    "timeout: '5s'",
    (session) => session['get']?.('x', { timeout: '5s' }),
    'timeout.total must be milliseconds above 0, not 5s',
  ],
  [
    'timeout: 0',
    (session) => session['get']?.('x', { timeout: 0 }),
    'timeout.total must be milliseconds above 0, not 0',
  ],
  [
    'retry: { retries: 3 }',
    (session) => session['get']?.('x', { retry: { retries: 3 } }),
    'retry.retries must be one of limit, methods, statuses, delay, maxDelay, jitter, retryAfterMax, budget',
  ],
  [
    "auth: 'user:password'",
    (session) => session['get']?.('x', { auth: 'user:password' }),
    'auth must be [user, password], an auth flow or a function',
  ],
  [
    'bearer()',
    () => Reflect.apply(bearer, undefined, []),
    'Bearer auth needs a token, a function that returns one, or { token, refresh }',
  ],
  [
    'signal: controller',
    (session) => session['get']?.('x', { signal: new AbortController() }),
    'signal must be an AbortSignal',
  ],
  [
    'maxRedirects: Infinity',
    (session) => session['get']?.('x', { maxRedirects: Infinity }),
    'maxRedirects must be a whole number of 0 or more, not Infinity',
  ],
  [
    'a Content-Length',
    (session) => session['post']?.('x', { body: 'a', headers: { 'Content-Length': '5' } }),
    'The header "content-length" is not the length of the body: POST https://api.test/x',
  ],
  [
    'a line end in a header',
    (session) => session['get']?.('x', { headers: { a: 'b\nc' } }),
    'The header "a" must be a token with one line of latin-1 text',
  ],
  [
    'a hook that is text',
    (session) => session['get']?.('x', { hooks: { request: 'a' } }),
    'hooks.request must be functions for request, response, redirect, retry, error',
  ],
  [
    'a hook that returns data',
    (session) => session['get']?.('x', { hooks: { request: () => ({}) } }),
    'A request hook may return a PreparedRequest or a Response or nothing',
  ],
  // Values of the wrong kind
  ["unsupported: 'warn'", () => made({ unsupported: 'warn' }), "unsupported must be 'error' or 'ignore'"],
  [
    "session.unsupported = 'warn'",
    (session) => Object.assign(session, { unsupported: 'warn' })['get']?.('x'),
    "unsupported must be 'error' or 'ignore'",
  ],
  [
    "baseUrl: '/api/'",
    () => made({ baseUrl: '/api/' }),
    'baseUrl must be an absolute URL, such as https://host/path/, not "/api/"',
  ],
  [
    "session.baseUrl = 'api.test'",
    (session) => Object.assign(session, { baseUrl: 'api.test' }),
    'baseUrl must be an absolute URL, such as https://host/path/, not "api.test"',
  ],
  [
    'a baseUrl with a password',
    () => made({ baseUrl: '//me:secret@' }),
    'baseUrl must be an absolute URL, such as https://host/path/, not "[redacted]"',
  ],
  [
    "retry: { methods: 'GET' }",
    (session) => session['get']?.('x', { retry: { methods: 'GET' } }),
    "retry.methods must be a list of methods, such as ['GET', 'POST']",
  ],
  [
    'retry: { statuses: 500 }',
    (session) => session['get']?.('x', { retry: { statuses: 500 } }),
    'retry.statuses must be a list of statuses, such as [429, 503]',
  ],
  [
    'retry: { jitter: 0.5 }',
    (session) => session['get']?.('x', { retry: { jitter: 0.5 } }),
    'retry.jitter must be true or false',
  ],
  [
    'retry: { budget: 5 }',
    (session) => session['get']?.('x', { retry: { budget: 5 } }),
    'retry.budget must be the result of retryBudget()',
  ],
  [
    "hooks.request.push('a')",
    (session) => {
      loose(loose(session['hooks'])['request'])['push']?.('a')
      return session['get']?.('x')
    },
    'hooks: a hook must be a function, not string; push it to a list such as hooks.request',
  ],
  [
    'hooks.beforeRequest.push(fn)',
    (session) => loose(loose(session['hooks'])['beforeRequest'])['push']?.(() => {}),
    'There is no hooks.beforeRequest; push functions to hooks.request',
  ],
  [
    'hooks.afterResponse = [fn]',
    (session) => Object.assign(loose(session['hooks']), { afterResponse: [() => {}] }),
    'There is no hooks.afterResponse; push functions to hooks.response',
  ],
  [
    'proxy = url',
    (session) => Object.assign(session, { proxy: 'http://p.test' }),
    'proxy cannot be changed; write new Session({ proxy })',
  ],
  [
    'session.del(url)',
    (session) => session['del']?.('x'),
    'A session has no "del"; write session.delete(url)',
  ],
  [
    'session.create()',
    (session) => session['create']?.({}),
    'A session has no "create"; write session.extend(options)',
  ],
  [
    'session.setHeader()',
    (session) => session['setHeader']?.('a', 'b'),
    'A session has no "setHeader"; write session.headers.set(name, value)',
  ],
  [
    'get(url).data',
    (session) => unawaited(session)['data'],
    'Neither a promise nor a response has "data"; write (await session.get(url)).json()',
  ],
  [
    'get(url).statusCode',
    (session) => unawaited(session)['statusCode'],
    'Neither a promise nor a response has "statusCode"; write (await session.get(url)).status',
  ],
  // Cookies and files
  [
    "cookies.delete({ domain: 'a b' })",
    (session) => loose(session['cookies'])['delete']?.({ domain: 'a b' }),
    'cookies.delete: domain is not a host name',
  ],
  [
    "cookies.get({ domain: 'a b' })",
    (session) => loose(session['cookies'])['get']?.({ domain: 'a b' }),
    'cookies.get: domain is not a host name',
  ],
  [
    'cookies.delete(null)',
    (session) => loose(session['cookies'])['delete']?.(null),
    'cookies.delete takes a name, or { name, url, domain, path }',
  ],
  [
    'cookies.get(5)',
    (session) => loose(session['cookies'])['get']?.(5),
    'cookies.get takes a name, or { name, url, domain, path }',
  ],
  [
    'cookies.set({ httponly })',
    (session) => loose(session['cookies'])['set']?.({ name: 'a', value: 'b', httponly: true }),
    'cookies.set.httponly must be one of name, value, url, domain, path, expires, maxAge, secure, httpOnly, sameSite, partitioned',
  ],
  [
    'cookies.headerFor()',
    async (session) => {
      await loose(session['cookies'])['set']?.('a', 'b')
      return loose(session['cookies'])['headerFor']?.()
    },
    'cookies: the URL is invalid',
  ],
  [
    'cookies.capture(lines)',
    (session) => loose(session['cookies'])['capture']?.(['a=b']),
    'cookies: the URL is invalid',
  ],
  [
    'cookies.capture([5], url)',
    (session) => loose(session['cookies'])['capture']?.([5], 'https://api.test/'),
    'cookies.capture takes a list of lines: headers.getSetCookie()',
  ],
  [
    'cookies.fromNetscape(5)',
    (session) => loose(session['cookies'])['fromNetscape']?.(5),
    'cookies: a cookie file is text of at most 16777216 characters',
  ],
  [
    'FileCookieJar.open()',
    () => loose(FileCookieJar)['open']?.(),
    "FileCookieJar.open needs the path of a file, as in open('cookies.json')",
  ],
  [
    "FileCookieJar.open(path, { format: 'yaml' })",
    () => loose(FileCookieJar)['open']?.('a.json', { format: 'yaml' }),
    'FileCookieJar.open: format must be one of json, netscape, storageState',
  ],
  [
    "export('cookies')",
    (session) => session['export']?.('cookies'),
    'export() takes { cookies, secrets }; its argument must be an object',
  ],
  [
    'export({ cookie: true })',
    (session) => session['export']?.({ cookie: true }),
    'export.cookie must be one of cookies, secrets',
  ],
  // Methods and promises
  [
    'const { get } = session',
    ({ get: detached }) => detached?.('x'),
    'get() was called without its session; write session.get(…), or (url) => session.get(url)',
  ],
  [
    'get(url).status',
    (session) => unawaited(session)['status'],
    'A promise has no "status", but its response has; write (await session.get(url)).status',
  ],
  [
    'get(url).raiseForStatus()',
    (session) => unawaited(session)['raiseForStatus']?.(),
    'A promise has no "raiseForStatus", but its response has; write (await session.get(url)).raiseForStatus',
  ],
  [
    "send('https://…')",
    (session) => session['send']?.('https://api.test/'),
    'send() takes a request from prepare(); otherwise use fetch() or request()',
  ],
  [
    'download(url)',
    (session) => session['download']?.('x'),
    'download(url, path) needs the path of the file to write',
  ],
  [
    "cookies.set('a', 'b') without a URL",
    () => new Session().cookies.set('a', 'b'),
    'cookies.set needs a url, since there is no baseUrl',
  ],
  [
    'a call after close()',
    async (session) => {
      await session['close']?.()
      return session['get']?.('x')
    },
    'This session is closed; create a new one: GET https://api.test/x',
  ],
  [
    'get(url, fn) without a session',
    () => Reflect.apply(get, undefined, ['https://api.test/', () => {}]),
    'options must be an object; write post(url, { json, params }), or (url) => get(url) as a callback',
  ],
  [
    'post(url, data) without a session',
    () => Reflect.apply(post, undefined, ['https://api.test/', { name: 'Ada' }]),
    'There is no option "name"; a body goes in json, form, multipart or body, parameters in params',
  ],
]

const NO_SCHEMA =
  'json() takes a schema of zod, valibot, arktype or another with "~standard"; for a type, write json<Type>()'

describe('json', () => {
  const noSchemas = [{}, () => {}, 'User', 5, { '~standard': {} }]

  it.each(noSchemas)('says of %j that it is no schema, and discards the response', async (schema) => {
    const session = new Session({ baseUrl: 'https://api.test/' })
    session.mount(
      'https://',
      mockTransport(() => Response.json({ name: 'Ada' })),
    )
    const response = loose(await session.get('x'))
    const errors = [loose(session.get('x'))['json']?.(schema), response['json']?.(schema)]
    for (const error of await Promise.all(errors.map(async (failed) => thrownBy(failed)))) {
      expect(error).toBeInstanceOf(InvalidRequestError)
      expect((error as Error).message).toBe(NO_SCHEMA)
    }
    await session.close()
  })
})

async function thrownBy(promise: unknown): Promise<unknown> {
  return Promise.resolve(promise).then(
    () => expect.unreachable('nothing was refused'),
    (error: unknown) => error,
  )
}

describe('SessionError says what to write in place of', () => {
  it.each(mistakes)('%s', async (_mistake, make, message) => {
    const error = await errorOf(make)
    expect(error).toBeInstanceOf(SessionError)
    expect((error as SessionError).message).toBe(message)
  })

  it('a subclass may have members of these names', () => {
    class Client extends Session {
      defaults = { page: 1 }
      use(): string {
        return 'used'
      }
    }
    const client = new Client()
    expect([client.defaults, client.use()]).toEqual([{ page: 1 }, 'used'])
    const assigned = new (class extends Session {})()
    Object.assign(assigned, { interceptors: 1 })
    expect(assigned).toHaveProperty('interceptors', 1)
  })
})
