import { links } from '@session-fetch/core/links'
import { routesTransport } from '@session-fetch/core/testing'
import {
  FileCookieJar,
  type HookState,
  InvalidRequestError,
  JarCookies,
  PooledTransport,
  Session,
  type SessionExport,
  type SessionOptions,
  cachedLookup,
  exportSession,
  fetchTransport,
  importSession,
  mockTransport,
  publicOnly,
  retryBudget,
  unixSocketTransport,
  AuthError,
  ConnectionError,
  DecodeError,
  DnsError,
  FileError,
  HeadersTooLargeError,
  HookError,
  InvalidRedirectError,
  ProtocolError,
  ProxyError,
  ResponseTooLargeError,
  SessionClosedError,
  SessionError,
  TimeoutError,
  TlsError,
  TruncatedError,
  UnsupportedError,
} from '@session-fetch/node'
import { netrc } from '@session-fetch/node/netrc'
import { describe, expect, it } from 'vitest'
import { messageOf } from './message-of.js'

/** As plain JavaScript has it: nothing is typed. */
type Loose = Record<string, (...args: unknown[]) => unknown> & Record<string, unknown>
const loose = (value: unknown): Loose => value as Loose
const made = (options: object): Session => new Session(options)

/** The error message of a mistake with a session, before the transport is called. */
async function refusal(mistake: (session: Loose) => unknown): Promise<string> {
  const session = new Session({ baseUrl: 'https://api.test/' })
  const api = mockTransport(() => Response.json({}))
  session.mount('https://', api)
  const message = await messageOf(() => mistake(loose(session)))
  await session.close()
  expect(api.calls).toEqual([])
  return message
}

const transport = { send: async (): Promise<Response> => Response.json({}) }

/** An option, a value that used to be accepted, and the error message. */
const values: [option: string, value: unknown, message: string][] = [
  ['throwHttpErrors', 'yes', 'throwHttpErrors must be true, false or a function'],
  ['throwHttpErrors', [404], 'throwHttpErrors must be true, false or a function'],
  ['hooks', '', 'hooks must be an object'],
  ['hooks', 0, 'hooks must be an object'],
  ['hooks', false, 'hooks must be an object'],
  ['csrf', '', 'csrf must be a function'],
  ['csrf', 0, 'csrf must be a function'],
  ['csrf', false, 'csrf must be a function'],
  ['integrity', 0, "integrity must be text, such as 'sha256-…'"],
  ['integrity', {}, "integrity must be text, such as 'sha256-…'"],
  ['onUploadProgress', true, 'A progress listener must be a function'],
  ['onDownloadProgress', {}, 'A progress listener must be a function'],
  ['timeout', '5s', 'timeout.total must be milliseconds above 0, not 5s'],
  ['retry', true, 'retry.limit must be a number of 0 or more, not true'],
  ['auth', 'me:secret', 'auth must be [user, password], an auth flow or a function'],
  ['redirect', false, "redirect must be one of 'follow', 'error', 'manual'"],
  ['credentials', true, "credentials must be one of 'omit', 'same-origin', 'include'"],
  ['maxResponseSize', '1MB', 'maxResponseSize must be a whole number of 0 or more'],
]

describe('An option of the wrong kind', () => {
  it.each(values)('%s: %j is refused for a session, when it is made', async (option, value, message) => {
    expect(await messageOf(() => made({ [option]: value }))).toBe(message)
  })

  it.each(values)('%s: %j is refused for a session, when it is assigned', async (option, value, message) => {
    const assign = (session: Loose): unknown => Object.assign(session, { [option]: value })['get']?.('x')
    expect(await refusal(assign)).toContain(message)
  })

  it.each(values)('%s: %j is refused for a call', async (option, value, message) => {
    expect(await refusal((session) => session['get']?.('x', { [option]: value }))).toContain(message)
  })

  it.each(values)('%s: undefined is none', async (option) => {
    const session = made({ [option]: undefined })
    session.mount('https://', transport)
    expect((await session.get('https://api.test/', { [option]: undefined })).status).toBe(200)
    expect(session[option as keyof SessionOptions & keyof Session] ?? null).toBe(
      option === 'hooks' ? session.hooks : null,
    )
  })
})

const NO_PREFIX =
  "mount() takes a URL prefix as a string, and a transport, as in mount('https://api.test', transport)"

/** Code with a session, and the error message. */
const calls: [string, (session: Loose) => unknown, string][] = [
  ...[null, undefined, 5, {}, new URL('https://api.test/'), /api/, transport].map(
    (prefix): [string, (session: Loose) => unknown, string] => [
      `mount(prefix, transport) of a prefix that is ${Object.prototype.toString.call(prefix)}`,
      (session) => session['mount']?.(prefix, transport),
      NO_PREFIX,
    ],
  ),
  [
    'mount() of a URL with a query',
    (session) => session['mount']?.('https://api.test/?v=1', transport),
    'mount() takes a prefix without credentials, query and fragment',
  ],
  [
    'mount() of a URL with a password',
    (session) => session['mount']?.('https://me:secret@api.test/', transport),
    'mount() takes a prefix without credentials, query and fragment',
  ],
  [
    'mount() of a transport whose close is no method',
    (session) => session['mount']?.('https://api.test', { ...transport, close: true }),
    '`close` of a transport must be a function',
  ],
  [
    'a request whose url is a URL',
    (session) => {
      const request = loose(session['prepare']?.('GET', 'x'))
      return session['send']?.(Object.assign(request, { url: new URL('https://api.test/y') }))
    },
    'The url of a request must be a string; write request.url = url.href',
  ],
  [
    'a request with plain headers',
    (session) => session['send']?.(Object.assign(loose(session['prepare']?.('GET', 'x')), { headers: {} })),
    'The headers of a request must be Headers; write request.headers.set(name, value)',
  ],
  [
    'a request with an option of a call',
    (session) => session['send']?.(Object.assign(loose(session['prepare']?.('GET', 'x')), { json: {} })),
    'A request has no options such as json; give them to prepare() or the call, or edit url and body',
  ],
  [
    'a hook that assigns an option of a call',
    (session) => {
      const request = (state: HookState): void => void Object.assign(state.request, { params: { page: 1 } })
      return session['get']?.('x', { hooks: { request } })
    },
    'A request has no options such as json; give them to prepare() or the call, or edit url and body',
  ],
  [
    'a hook that assigns plain headers',
    (session) => {
      const request = (state: HookState): void => void Object.assign(state.request, { headers: { a: 'b' } })
      return session['get']?.('x', { hooks: { request } })
    },
    'The headers of a request must be Headers; write request.headers.set(name, value)',
  ],
  [
    'get(fn)',
    (session) => session['get']?.(() => 'x'),
    'The URL is a function; write get(url, init), or request(method, url, init)',
  ],
  [
    "get(['x'])",
    (session) => session['get']?.(['x']),
    'The URL is an object; write get(url, init), or request(method, url, init)',
  ],
  [
    'extend(one, other)',
    (session) => session['extend']?.({ timeout: 5 }, { retry: 1 }),
    'extend() takes one object of options; write extend({ ...one, ...other })',
  ],
  [
    'fork(one, other)',
    (session) => session['fork']?.({ jar: 'empty' }, { timeout: 5 }),
    'fork() takes one object of options; write fork({ ...one, ...other })',
  ],
  [
    'send(request, { timeout })',
    (session) => session['send']?.(session['prepare']?.('GET', 'x'), { timeout: 5 }),
    'send() takes a request alone; give its options to prepare(method, url, options)',
  ],
  [
    "download(url, path, { resume: 'yes' })",
    (session) => session['download']?.('x', 'no-such-folder/x', { resume: 'yes' }),
    'resume must be true or false',
  ],
  [
    'Session.get(url)',
    () => loose(Session)['get']?.('https://api.test/'),
    'The class Session has no "get"; write new Session(options).get(…)',
  ],
  [
    'Session.create(options)',
    () => loose(Session)['create']?.({}),
    'The class Session has no "create"; write new Session(options)',
  ],
  [
    'Session.extend(options)',
    () => loose(Session)['extend']?.({}),
    'The class Session has no "extend"; write new Session(options)',
  ],
  [
    'session.all([…])',
    (session) => session['all']?.([]),
    'A session has no "all"; write Promise.all([session.get(one), session.get(other)])',
  ],
  [
    'session.getUri()',
    (session) => session['getUri']?.({ url: 'x' }),
    'A session has no "getUri"; write session.prepare(method, url, { params }).url',
  ],
  [
    'session.mergeOptions()',
    (session) => session['mergeOptions']?.({}),
    'A session has no "mergeOptions"; write session.extend(options)',
  ],
  [
    'session.paginate()',
    (session) => session['paginate']?.('x'),
    'A session has no "paginate"; write a loop over response.links.next',
  ],
  [
    'session.postForm()',
    (session) => session['postForm']?.('x', {}),
    'A session has no "postForm"; write session.post(url, { multipart })',
  ],
  [
    'session.stream(url)',
    (session) => session['stream']?.('x'),
    'A session has no "stream"; the body of every response is a stream: (await session.get(url)).body',
  ],
]

describe('A session says what to write in place of', () => {
  it.each(calls)('%s', async (_call, mistake, message) => {
    expect(await refusal(mistake)).toBe(message)
  })

  it.each([
    ['post(url).send(data)', 'send', 'json'],
    ["get(url).set('X-A', '1')", 'set', 'headers'],
    ['get(url).query(params)', 'query', 'params'],
    ['post(url).field(name, value)', 'field', 'multipart'],
    ['post(url).attach(name, file)', 'attach', 'multipart'],
    ['get(url).end(callback)', 'end', 'hooks'],
  ])('%s', async (_call, name, option) => {
    const session = new Session()
    session.mount('https://', transport)
    const response = session.get('https://api.test/')
    expect(await messageOf(() => loose(response)[name]?.({}))).toBe(
      `A call takes options, and its promise has no "${name}"; write session.post(url, { ${option} })`,
    )
    await response
  })

  it('a static of a subclass may have such a name', () => {
    class Client extends Session {
      static create(): Client {
        return new Client()
      }
    }
    class Other extends Session {}
    Object.assign(Other, { get: () => 'got' })
    expect(Client.create()).toBeInstanceOf(Client)
    expect(loose(Other)['get']?.()).toBe('got')
  })
})

describe('session.fetch', () => {
  it.each([
    [undefined, 'The URL is undefined; write fetch(url, init)'],
    [null, 'The URL is null; write fetch(url, init)'],
    [{ url: 'x' }, 'The URL is an object; write fetch(url, init)'],
    [Object.create(null), 'The URL is an object; write fetch(url, init)'],
    [['x'], 'The URL is an object; write fetch(url, init)'],
    [Promise.resolve('x'), 'The URL is an object; write fetch(url, init)'],
    [() => 'x', 'The URL is a function; write fetch(url, init)'],
    [Symbol('x'), 'The URL is a symbol; write fetch(url, init)'],
  ])('requests nothing for %o', async (input: unknown, message) => {
    const session = new Session({ baseUrl: 'https://api.test/' })
    const api = mockTransport(() => new Response())
    session.mount('https://', api)
    const error: unknown = await Promise.resolve(loose(session)['fetch']?.(input)).catch((failure) => failure)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message, cause: { code: 'ERR_INVALID_REQUEST' } })
    expect(api.calls).toEqual([])
  })

  it.each(['POST', 5])('takes no options that are %j', async (init) => {
    const session = new Session({ baseUrl: 'https://api.test/' })
    await expect(loose(session)['fetch']?.('x', init)).rejects.toThrow(
      'The options of fetch() must be an object; write fetch(url, { method, body })',
    )
  })

  it('converts what has a text of its own, as fetch does', async () => {
    const session = new Session()
    const api = mockTransport(() => new Response())
    session.mount('https://', api)
    const url = { toString: () => 'https://api.test/x' }
    await loose(session)['fetch']?.(url)
    expect(api.calls.map((request) => request.url)).toEqual(['https://api.test/x'])
  })
})

const TO_SELECT = 'takes a name, or { name, url, domain, path }'
const TO_SET =
  'cookies.set takes a name and a value, or { name, value, url, domain, path, expires, maxAge, secure, httpOnly, sameSite, partitioned }'
const set = (init: object) => (cookies: Loose) => cookies['set']?.({ name: 'c', value: '3', ...init })

/** Code with the cookies of a session, and the error message. */
const ofCookies: [string, (cookies: Loose) => unknown, string][] = [
  ["set('c', '3', { path })", (cookies) => cookies['set']?.('c', '3', { path: '/x' }), TO_SET],
  ['set(cookie, options)', (cookies) => cookies['set']?.({ name: 'c', value: '3' }, { path: '/x' }), TO_SET],
  ['set()', (cookies) => cookies['set']?.(), TO_SET],
  ['set(null)', (cookies) => cookies['set']?.(null), TO_SET],
  ['set([cookie])', (cookies) => cookies['set']?.([{ name: 'c', value: '3' }]), TO_SET],
  ["set('c')", (cookies) => cookies['set']?.('c'), 'cookies.set: value is not a string'],
  ["set('c', null)", (cookies) => cookies['set']?.('c', null), 'cookies.set: value is not a string'],
  ["set('c', 3)", (cookies) => cookies['set']?.('c', 3), 'cookies.set: value is not a string'],
  ["set({ maxAge: '5' })", set({ maxAge: '5' }), 'cookies.set: maxAge is not a time'],
  ['set({ maxAge: true })', set({ maxAge: true }), 'cookies.set: maxAge is not a time'],
  ["set({ expires: '2030' })", set({ expires: '2030' }), 'cookies.set: expires is not a time'],
  ['set({ expires: [] })', set({ expires: [] }), 'cookies.set: expires is not a time'],
  ["set({ secure: 'no' })", set({ secure: 'no' }), 'cookies.set: secure is not true or false'],
  ['set({ httpOnly: 1 })', set({ httpOnly: 1 }), 'cookies.set: httpOnly is not true or false'],
  ['set({ partitioned: {} })', set({ partitioned: {} }), 'cookies.set: partitioned is not true or false'],
  ['set({ domain: 5 })', set({ domain: 5 }), 'cookies.set: domain is not a string'],
  ['set({ url: 5 })', set({ url: 5 }), 'cookies.set: url is not a valid URL'],
  ["get('a', { url })", (cookies) => cookies['get']?.('a', { url: 'x' }), `cookies.get ${TO_SELECT}`],
  ['getAll(url)', (cookies) => cookies['getAll']?.('https://a.test/'), `cookies.getAll ${TO_SELECT}`],
  ['getAll({}, {})', (cookies) => cookies['getAll']?.({}, {}), `cookies.getAll ${TO_SELECT}`],
  [
    "delete('a', { url })",
    (cookies) => cookies['delete']?.('a', { url: 'x' }),
    `cookies.delete ${TO_SELECT}`,
  ],
  [
    'get({ nmae })',
    (cookies) => cookies['get']?.({ nmae: 'a' }),
    'cookies.get.nmae must be one of name, url, domain, path',
  ],
  [
    'getAll({ key })',
    (cookies) => cookies['getAll']?.({ key: 'a' }),
    'cookies.getAll.key must be one of name, url, domain, path',
  ],
  [
    'delete({ nmae })',
    (cookies) => cookies['delete']?.({ nmae: 'a' }),
    'cookies.delete.nmae must be one of name, url, domain, path',
  ],
  [
    'delete({ secure })',
    (cookies) => cookies['delete']?.({ secure: true }),
    'cookies.delete.secure must be one of name, url, domain, path',
  ],
  [
    'delete({ name: 5 })',
    (cookies) => cookies['delete']?.({ name: 5 }),
    'cookies.delete: name is not a string',
  ],
  [
    'delete({ name: null })',
    (cookies) => cookies['delete']?.({ name: null }),
    'cookies.delete: name is not a string',
  ],
  [
    'delete({ path: 5 })',
    (cookies) => cookies['delete']?.({ path: 5 }),
    'cookies.delete: path is not a string',
  ],
  [
    'delete({ domain: 5 })',
    (cookies) => cookies['delete']?.({ domain: 5 }),
    'cookies.delete: domain is not a string',
  ],
  [
    'delete({ url: 5 })',
    (cookies) => cookies['delete']?.({ url: 5 }),
    'cookies.delete: url is not a valid URL',
  ],
  [
    "clear('a')",
    (cookies) => cookies['clear']?.('a'),
    'cookies.clear() deletes all; write cookies.delete({ name, url, domain, path })',
  ],
  ['explain(null)', (cookies) => cookies['explain']?.(null), 'cookies: the URL is invalid'],
  ['explain({ url })', (cookies) => cookies['explain']?.({ url: 'x' }), 'cookies: the URL is invalid'],
  ['headerFor(5)', (cookies) => cookies['headerFor']?.(5), 'cookies: the URL is invalid'],
  ['headerFor({ url })', (cookies) => cookies['headerFor']?.({ url: 'x' }), 'cookies: the URL is invalid'],
  [
    "addEventListener('changed', fn)",
    (cookies) => cookies['addEventListener']?.('changed', () => {}),
    'cookies.addEventListener takes one of change, rejected, withheld, and a function',
  ],
  [
    'addEventListener(fn)',
    (cookies) => cookies['addEventListener']?.(() => {}),
    'cookies.addEventListener takes one of change, rejected, withheld, and a function',
  ],
  [
    "addEventListener('change')",
    (cookies) => cookies['addEventListener']?.('change'),
    'cookies.addEventListener takes one of change, rejected, withheld, and a function',
  ],
  [
    'onchange = 5',
    (cookies) => Object.assign(cookies, { onchange: 5 }),
    'cookies.onchange must be a function, or null for none',
  ],
]

describe('session.cookies: neither stores nor deletes by', () => {
  it.each(ofCookies)('%s', async (_call, mistake, message) => {
    const { cookies } = new Session({ baseUrl: 'https://api.test/' })
    await cookies.set('a', '1')
    await cookies.set('b', '2')
    expect(await messageOf(() => mistake(loose(cookies)))).toBe(message)
    expect((await cookies.getAll()).map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('deletes a cookie that getAll gave', async () => {
    const { cookies } = new Session({ baseUrl: 'https://api.test/' })
    await cookies.set({ name: 'a', value: '1', path: '/', secure: true })
    await cookies.set('b', '2')
    for (const cookie of await cookies.getAll('a')) await cookies.delete(cookie)
    expect((await cookies.getAll()).map(({ name }) => name)).toEqual(['b'])
  })

  it('stores a cookie of a domain there, whatever the baseUrl', async () => {
    const { cookies } = new Session({ baseUrl: 'https://api.test/' })
    await cookies.set({ name: 'a', value: '1', domain: 'other.test' })
    expect(await cookies.get('a')).toBe(null)
    expect(await cookies.get({ name: 'a', url: 'https://other.test/' })).toMatchObject({ value: '1' })
  })
})

describe('JarCookies: limits', () => {
  it.each<[unknown, unknown, string]>([
    [undefined, 5, 'limits must be an object'],
    [undefined, { cookies: 5 }, 'limits.cookies must be one of perDomain, total'],
    [undefined, { total: '5' }, 'limits.total must be a whole number above 0, not 5'],
    [undefined, { perDomain: -1 }, 'limits.perDomain must be a whole number above 0, not -1'],
    [new JarCookies(), { total: 5 }, 'limits are for a new jar, not for one that is given'],
  ])('of %o are not %o', async (source, limits, message) => {
    expect(await messageOf(() => Reflect.construct(JarCookies, [source, limits]))).toBe(message)
  })

  it.each([
    [{ limits: { total: 0 } }, 'limits.total must be a whole number above 0, not 0'],
    [{ sessionCookies: 'yes' }, 'FileCookieJar.open: sessionCookies must be true or false'],
  ])('and options of a file are not %o', async (options, message) => {
    expect(await messageOf(() => loose(FileCookieJar)['open']?.('cookies.json', options))).toBe(message)
  })
})

const other = (): Promise<SessionExport> => new Session().export()

/** Arguments of functions and constructors, and the error messages. */
const functions: [string, () => unknown, string][] = [
  ...[undefined, null, 5, {}].map((session): [string, () => unknown, string] => [
    `exportSession(${JSON.stringify(session)})`,
    () => exportSession(session as never),
    'exportSession takes a session: exportSession(session, { cookies, secrets })',
  ]),
  [
    'exportSession(session, 5)',
    () => exportSession(new Session(), 5 as never),
    'export() takes { cookies, secrets }; its argument must be an object',
  ],
  [
    'importSession(data)',
    async () => importSession((await other()) as never, undefined as never),
    'importSession takes (Session, data, options)',
  ],
  [
    'importSession(session, data)',
    async () => importSession(new Session() as never, await other()),
    'importSession takes (Session, data, options)',
  ],
  [
    'importSession(Session, data, 5)',
    async () => importSession(Session, await other(), 5 as never),
    'options must be an object',
  ],
  [
    'const restore = Session.import',
    async () => {
      const { import: restore } = loose(Session)
      return restore?.(await other())
    },
    'importSession takes (Session, data, options)',
  ],
  [
    'fetchTransport(5)',
    () => fetchTransport(5 as never),
    'fetchTransport takes a function like fetch, or nothing',
  ],
  [
    "fetchTransport('https://')",
    () => fetchTransport('https://' as never),
    'fetchTransport takes a function like fetch, or nothing',
  ],
  [
    'fetchTransport(fetch, {})',
    () => fetchTransport(fetch, {} as never),
    'fetchTransport takes a function like fetch, or nothing',
  ],
  [
    "retryBudget('x')",
    () => retryBudget('x' as never),
    'retryBudget() takes { ratio, burst }; its argument must be an object',
  ],
  [
    'retryBudget(0.1)',
    () => retryBudget(0.1 as never),
    'retryBudget() takes { ratio, burst }; its argument must be an object',
  ],
  [
    'retryBudget({ rate })',
    () => retryBudget({ rate: 1 } as never),
    'retryBudget.rate must be one of ratio, burst',
  ],
  [
    "retryBudget({ ratio: '10%' })",
    () => retryBudget({ ratio: '10%' } as never),
    'retryBudget.ratio must be a number of 0 or more, not 10%',
  ],
  [
    'retryBudget({ burst: NaN })',
    () => retryBudget({ burst: NaN }),
    'retryBudget.burst must be a number of 0 or more, not NaN',
  ],
  [
    'new PooledTransport({ maxSockets })',
    () => new PooledTransport({ maxSockets: 5 } as never),
    'new PooledTransport has no member "maxSockets"; its members are connections, keepAlive, http2, tls, proxy, trustEnv, lookup, localAddress, guard, limits, dispatcher, liveEnv, socketPath',
  ],
  [
    'new PooledTransport(5)',
    () => new PooledTransport(5 as never),
    'new PooledTransport takes an object of connections, keepAlive, http2, tls, proxy, trustEnv, lookup, localAddress, guard, limits, dispatcher, liveEnv, socketPath',
  ],
  [
    "new PooledTransport({ liveEnv: 'no' })",
    () => new PooledTransport({ liveEnv: 'no' } as never),
    'liveEnv must be true or false',
  ],
  [
    "new PooledTransport({ socketPath: '' })",
    () => new PooledTransport({ socketPath: '' }),
    'socketPath must be the path of a socket',
  ],
  [
    'new PooledTransport({ dispatcher: {} })',
    () => new PooledTransport({ dispatcher: {} } as never),
    'dispatcher must be a dispatcher of undici',
  ],
  [
    'new PooledTransport({ dispatcher, connections })',
    () => new PooledTransport({ dispatcher: { dispatch: () => true }, connections: 2 }),
    'connections: not allowed together with dispatcher, which opens the connections',
  ],
  [
    'unixSocketTransport(path, { http2 })',
    () => unixSocketTransport('/a', { http2: true } as never),
    'unixSocketTransport has no member "http2"; its members are connections, keepAlive, tls',
  ],
  [
    "cachedLookup({ ttl: '1m' })",
    () => cachedLookup({ ttl: '1m' } as never),
    'cachedLookup.ttl must be milliseconds of 0 or more, not 1m',
  ],
  [
    'cachedLookup({ limit: 0 })',
    () => cachedLookup({ limit: 0 }),
    'cachedLookup.limit must be a whole number above 0, not 0',
  ],
  [
    'cachedLookup({ lookup: 5 })',
    () => cachedLookup({ lookup: 5 } as never),
    "cachedLookup.lookup must be a function like Node's dns.lookup",
  ],
  [
    'publicOnly({ allow })',
    () => Reflect.apply(publicOnly, undefined, [{ allow: ['10.0.0.1'] }]),
    'publicOnly takes no arguments; write guard: publicOnly(), or a guard of your own that calls its result',
  ],
  [
    'guard: publicOnly',
    () => made({ guard: publicOnly }).get('http://127.0.0.1:1/'),
    'publicOnly takes no arguments; write guard: publicOnly(), or a guard of your own that calls its result',
  ],
  [
    'netrc({ default })',
    () => netrc({ default: true } as never),
    "netrc needs the path of a file, as in netrc('/etc/netrc'), or nothing",
  ],
  ["netrc('')", () => netrc(''), "netrc needs the path of a file, as in netrc('/etc/netrc'), or nothing"],
  [
    'netrc(path, { machine })',
    () => netrc('/a', { machine: 'b' } as never),
    'netrc has no member "machine"; its members are default',
  ],
  [
    "netrc(path, { default: 'yes' })",
    () => netrc('/a', { default: 'yes' } as never),
    'netrc: default must be true or false',
  ],
  ['links(5)', () => links(5 as never), 'links takes a response: links(await get(url))'],
  ['links()', () => links(undefined as never), 'links takes a response: links(await get(url))'],
  [
    'routesTransport()',
    () => routesTransport(undefined as never),
    'routesTransport takes routes, such as { "GET /users/:id": answer }',
  ],
]

describe('Instead of another answer, an error comes from', () => {
  it.each(functions)('%s', async (_call, mistake, message) => {
    const error: unknown = await Promise.resolve()
      .then(mistake)
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect((error as InvalidRequestError).message).toBe(message)
  })

  it('retryBudget, exportSession and importSession take what they are for', async () => {
    const session = new Session({ retry: { limit: 1, budget: retryBudget({ ratio: 0, burst: 1 }) } })
    const again = await importSession(Session, await exportSession(session), { timeout: 5 })
    expect([again.timeout, again instanceof Session]).toEqual([5, true])
  })
})

describe('A URL that is none', () => {
  it('is shown by its beginning, without query and userinfo', async () => {
    const path = `/${'x'.repeat(5000)}`
    const shown = `"${path.slice(0, 80)}" is not a valid URL; it needs https:// or a baseUrl`
    expect(await messageOf(() => new Session().get(path))).toBe(shown)
    expect(await messageOf(() => made({ baseUrl: path }))).toBe(
      `baseUrl must be an absolute URL, such as https://host/path/, not "${path.slice(0, 80)}"`,
    )
    const secret = `https://${'x y'.repeat(100)}?token=secret`
    expect(await messageOf(() => new Session().get(secret))).not.toContain('secret')
    expect(await messageOf(() => new Session().get(`https://me:secret${secret}@`))).not.toContain('secret')
  })
})

describe('SessionError', () => {
  const classes = [
    SessionError,
    AuthError,
    ConnectionError,
    DecodeError,
    DnsError,
    HeadersTooLargeError,
    HookError,
    InvalidRedirectError,
    InvalidRequestError,
    ProtocolError,
    ProxyError,
    ResponseTooLargeError,
    SessionClosedError,
    TimeoutError,
    TlsError,
    TruncatedError,
    UnsupportedError,
    FileError,
  ]

  it.each(classes)('and %o can be made without a message, as Error can', (Class) => {
    const error: unknown = Reflect.construct(Class, [])
    expect(error).toBeInstanceOf(SessionError)
    expect(error).toMatchObject({ name: Class.name, code: expect.stringMatching(/^ERR_/) as string })
    expect(String(Reflect.construct(Class, [5]))).toContain('5')
  })
})
