import { ok } from '@session-fetch/test-support/fault-server'
import { type FetchCase, type Stage, failure, firstOf, streamOf } from './fetch-case.js'

/** One member of `RequestInit`, or one header, body or URL, by what it is called in a list of outcomes. */
type Inits = Readonly<Record<string, RequestInit>>

/** Headers that say nothing of an init: a fetch has its own. */
const USUAL = /^(?:host|connection|accept|accept-encoding|accept-language|user-agent|sec-fetch-mode)$/

/** What the server saw of a request beyond the usual, in one line, or how the call failed. */
export async function outcomeOf({ fetch, serve }: Stage, init: RequestInit): Promise<string> {
  const server = await serve(({ send }) => send(ok('ok')))
  const error = await failure(() => fetch(server.url, init))
  if (error !== 'no error') return `${error}, ${server.requests.length} sent`
  const { method, headers, body } = firstOf(server)
  const fields = Object.entries(headers)
    .filter(([name]) => !USUAL.test(name))
    .map((field) => field.join(': '))
  return [method, ...fields.toSorted(), body.toString()].filter(Boolean).join(' | ')
}

async function outcomesOf(stage: Stage, inits: Inits): Promise<Record<string, string>> {
  const outcomes = Object.entries(inits).map(
    async ([name, init]) => [name, await outcomeOf(stage, init)] as const,
  )
  return Object.fromEntries(await Promise.all(outcomes))
}

/** An init of one member, whatever TypeScript thinks of its value. */
const init = (member: string, value: unknown): RequestInit => ({ [member]: value })

/** Inits of one member, by its values. */
const each = (member: string, ...values: unknown[]): Inits =>
  Object.fromEntries(values.map((value) => [String(value), init(member, value)]))

/** The same outcome for each value. */
const all = (outcome: string, ...values: unknown[]): Record<string, string> =>
  Object.fromEntries(values.map((value) => [String(value), outcome]))

const REFUSED = 'TypeError, 0 sent'
const PLAIN = 'GET'

const CACHES = [
  'default',
  'no-store',
  'reload',
  'no-cache',
  'force-cache',
  'only-if-cached',
  'x',
  '',
  undefined,
]
const CREDENTIALS = ['omit', 'same-origin', 'include']
const POLICIES = [
  'unsafe-url',
  'origin',
  'strict-origin',
  'strict-origin-when-cross-origin',
  'origin-when-cross-origin',
  '',
]
const FROM = 'https://user:secret@from.test/a?b#c'

const post = (body: unknown): RequestInit => ({ method: 'POST', body: body as BodyInit })
const headers = (value: unknown): RequestInit => init('headers', value)

/** Each member of `RequestInit` with each of its values, except those in other cases. */
export const MEMBERS: Readonly<Record<string, Inits>> = {
  method: each(
    'method',
    'get',
    'Post',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'HEAD',
    'QUERY',
    '',
    'A B',
    undefined,
  ),
  cache: each('cache', ...CACHES),
  credentials: each('credentials', ...CREDENTIALS, 'x', '', undefined),
  mode: each('mode', 'cors', 'no-cors', 'same-origin', 'navigate', 'websocket', 'x', '', undefined),
  redirect: each('redirect', 'follow', 'manual', 'error', 'x', '', undefined),
  referrer: each('referrer', '', 'about:client', FROM, 'no url', 'http://[', 5, undefined),
  referrerPolicy: Object.fromEntries(
    [...POLICIES, 'x'].map((policy) => [
      policy,
      { referrer: FROM, referrerPolicy: policy as ReferrerPolicy },
    ]),
  ),
  keepalive: {
    ...each('keepalive', true, false, 0, 'x', undefined),
    'a stream': { ...init('keepalive', true), ...post(streamOf('x')), ...init('duplex', 'half') },
  },
  window: each('window', null, undefined, 5, 'x'),
  duplex: each('duplex', 'half', 'full', '', undefined),
  signal: each('signal', null, undefined, 5, 'x', {}),
}

export const initMembers: readonly FetchCase[] = [
  {
    name: 'method: each value',
    play: (stage) => outcomesOf(stage, MEMBERS['method'] ?? {}),
    standard: {
      ...all(PLAIN, 'get', undefined),
      Post: 'POST | content-length: 0',
      PUT: 'PUT | content-length: 0',
      PATCH: 'PATCH | content-length: 0',
      QUERY: 'QUERY | content-length: 0',
      ...Object.fromEntries(['DELETE', 'OPTIONS', 'HEAD'].map((method) => [method, method])),
      ...all(REFUSED, '', 'A B'),
    },
  },
  {
    name: 'cache: each value',
    play: (stage) => outcomesOf(stage, MEMBERS['cache'] ?? {}),
    standard: {
      ...all(PLAIN, 'default', 'force-cache', undefined),
      ...all('GET | cache-control: no-cache | pragma: no-cache', 'no-store', 'reload'),
      'no-cache': 'GET | cache-control: max-age=0',
      ...all(REFUSED, 'only-if-cached', 'x', ''),
    },
  },
  {
    name: 'credentials: each value',
    play: (stage) => outcomesOf(stage, MEMBERS['credentials'] ?? {}),
    standard: { ...all(PLAIN, ...CREDENTIALS, undefined), ...all(REFUSED, 'x', '') },
  },
  {
    name: 'mode: each value',
    play: (stage) => outcomesOf(stage, MEMBERS['mode'] ?? {}),
    standard: {
      ...all(PLAIN, 'cors', 'no-cors', 'same-origin', undefined),
      ...all(REFUSED, 'navigate', 'websocket', 'x', ''),
    },
  },
  {
    name: 'redirect: each value',
    play: (stage) => outcomesOf(stage, MEMBERS['redirect'] ?? {}),
    standard: { ...all(PLAIN, 'follow', 'manual', 'error', undefined), ...all(REFUSED, 'x', '') },
  },
  {
    name: 'referrer: each value',
    play: (stage) => outcomesOf(stage, MEMBERS['referrer'] ?? {}),
    standard: {
      ...all(PLAIN, '', 'about:client', undefined),
      [FROM]: 'GET | referer: https://from.test/',
      ...all(REFUSED, 'no url', 'http://[', 5),
    },
  },
  {
    name: 'referrerPolicy: each value',
    play: (stage) => outcomesOf(stage, MEMBERS['referrerPolicy'] ?? {}),
    standard: {
      ...all('GET | referer: https://from.test/', ...POLICIES),
      'unsafe-url': 'GET | referer: https://from.test/a?b',
      x: REFUSED,
    },
  },
  {
    name: 'keepalive: each value, and a stream',
    play: (stage) => outcomesOf(stage, MEMBERS['keepalive'] ?? {}),
    standard: { ...all(PLAIN, true, false, 0, 'x', undefined), 'a stream': REFUSED },
  },
  {
    name: 'window: each value',
    play: (stage) => outcomesOf(stage, MEMBERS['window'] ?? {}),
    standard: { ...all(PLAIN, null, undefined), ...all(REFUSED, 5, 'x') },
  },
  {
    name: 'duplex: each value',
    play: (stage) => outcomesOf(stage, MEMBERS['duplex'] ?? {}),
    standard: { ...all(PLAIN, 'half', undefined), ...all(REFUSED, 'full', '') },
  },
  {
    name: 'signal: each value',
    play: (stage) => outcomesOf(stage, MEMBERS['signal'] ?? {}),
    standard: { ...all(PLAIN, null, undefined), ...all(REFUSED, 5, 'x', {}) },
  },
  {
    name: 'an invalid priority is ignored',
    play: (stage) => outcomeOf(stage, init('priority', 'x')),
    standard: PLAIN,
    undici7: REFUSED,
  },
  {
    name: 'null is a value that most members refuse',
    play: (stage) =>
      Promise.all(
        ['headers', 'cache', 'credentials', 'mode', 'redirect', 'referrer', 'referrerPolicy', 'duplex'].map(
          (member) => outcomeOf(stage, init(member, null)),
        ),
      ),
    standard: Array(8).fill(REFUSED),
  },
  {
    name: 'a dispatcher in the init is used',
    play: async (stage) => {
      let asked = false
      const dispatch = (): never => {
        asked = true
        throw new Error('asked')
      }
      return [await outcomeOf(stage, init('dispatcher', { dispatch })), asked]
    },
    standard: [REFUSED, true],
  },
  {
    name: 'a request of mode same-origin follows no redirect to another origin',
    play: async ({ fetch, serve }) => {
      const other = await serve(({ send }) => send(ok()))
      const server = await serve(({ send }) =>
        send(`HTTP/1.1 302 F\r\nLocation: ${other.url}\r\nContent-Length: 0\r\n\r\n`),
      )
      return [await failure(() => fetch(server.url, { mode: 'same-origin' })), other.requests.length]
    },
    standard: ['TypeError', 0],
  },
  {
    name: 'a referrer is shortened for another origin, by the policy of the redirect',
    play: async ({ fetch, serve }) => {
      const other = await serve(({ send }) => send(ok()))
      const [target, policy] = [`Location: ${other.url}`, 'Referrer-Policy: unsafe-url, x, origin']
      const server = await serve(({ send }) =>
        send(`HTTP/1.1 302 F\r\n${target}\r\n${policy}\r\nContent-Length: 0\r\n\r\n`),
      )
      await fetch(server.url, { referrer: `${server.url}a?b` })
      const name = (text: string | undefined): string | undefined => text?.replace(server.url, 'server/')
      return [name(firstOf(server).headers['referer']), name(firstOf(other).headers['referer'])]
    },
    standard: ['server/a?b', 'server/'],
  },
  {
    name: 'every request has the same default headers',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok()))
      await fetch(server.url)
      return Object.keys(firstOf(server).headers).sort()
    },
    standard: [
      'accept',
      'accept-encoding',
      'accept-language',
      'connection',
      'host',
      'sec-fetch-mode',
      'user-agent',
    ],
  },
  {
    name: 'headers are given as Headers, an object, pairs or anything that gives such',
    play: (stage) =>
      outcomesOf(stage, {
        Headers: headers(new Headers({ a: '1' })),
        object: headers({ a: '1' }),
        pairs: headers([['a', '1']]),
        Map: headers(new Map([['a', '1']])),
        none: headers({}),
        text: headers('a'),
        number: headers(5),
        'a pair of three': headers([['a', '1', '2']]),
      }),
    standard: {
      ...all('GET | a: 1', 'Headers', 'object', 'pairs', 'Map'),
      none: PLAIN,
      ...all(REFUSED, 'text', 'number', 'a pair of three'),
    },
  },
  {
    name: 'header values are converted to strings',
    play: (stage) =>
      outcomesOf(stage, {
        number: headers({ a: 1 }),
        boolean: headers({ a: true }),
        null: headers({ a: null }),
        undefined: headers({ a: undefined }),
        list: headers({ a: [1, 2] }),
        object: headers({ a: {} }),
      }),
    standard: {
      number: 'GET | a: 1',
      boolean: 'GET | a: true',
      null: 'GET | a: null',
      undefined: 'GET | a: undefined',
      list: 'GET | a: 1,2',
      object: 'GET | a: [object Object]',
    },
  },
  {
    name: 'values of headers are trimmed, line ends too',
    play: (stage) =>
      outcomesOf(stage, {
        'line feed': headers({ a: 'b\n' }),
        'line ends': headers([['a', '\r\n\tb c \r\n\r\n']]),
        nothing: headers({ a: '\n' }),
        within: headers({ a: 'b\nc' }),
        'another blank': headers({ a: 'b\x01' }),
      }),
    standard: {
      'line feed': 'GET | a: b',
      'line ends': 'GET | a: b c',
      nothing: 'GET | a: ',
      ...all(REFUSED, 'within', 'another blank'),
    },
  },
  {
    name: 'Transfer-Encoding, Keep-Alive, Upgrade and Expect are refused',
    play: (stage) =>
      outcomesOf(stage, {
        'Transfer-Encoding': headers({ 'Transfer-Encoding': 'chunked' }),
        'Keep-Alive': headers({ 'Keep-Alive': '1' }),
        Upgrade: headers({ Upgrade: 'h2c' }),
        Expect: headers({ Expect: '100-continue' }),
      }),
    standard: all(REFUSED, 'Transfer-Encoding', 'Keep-Alive', 'Upgrade', 'Expect'),
  },
  {
    name: 'Proxy-Authorization is sent to the origin',
    play: (stage) => outcomeOf(stage, headers({ 'Proxy-Authorization': 'Basic x' })),
    standard: 'GET | proxy-authorization: Basic x',
  },
  {
    name: 'a conditional request bypasses caches',
    play: (stage) => outcomeOf(stage, headers({ 'If-None-Match': '"a"' })),
    standard: 'GET | cache-control: no-cache | if-none-match: "a" | pragma: no-cache',
  },
  {
    name: 'other headers that pages may not set are sent',
    play: (stage) =>
      outcomesOf(stage, {
        Cookie: headers({ Cookie: 'a=1' }),
        Authorization: headers({ Authorization: 'Basic x' }),
        Referer: headers({ Referer: 'http://from.test/' }),
        Origin: headers({ Origin: 'http://from.test' }),
        TE: headers({ TE: 'trailers' }),
      }),
    standard: {
      Cookie: 'GET | cookie: a=1',
      Authorization: 'GET | authorization: Basic x',
      Referer: 'GET | referer: http://from.test/',
      Origin: 'GET | origin: http://from.test',
      TE: 'GET | te: trailers',
    },
  },
  {
    name: 'a body of an unknown kind is converted to a string',
    play: (stage) =>
      outcomesOf(stage, {
        number: post(5),
        object: post({ a: 1 }),
        list: post(['a', 'b']),
        Map: post(new Map()),
        generator: post(
          (function* () {
            yield 'a'
          })(),
        ),
      }).then((outcomes) => Object.values(outcomes).map((outcome) => outcome.split(' | ').at(-1))),
    standard: ['5', '[object Object]', 'a,b', '[object Map]', '[object Generator]'],
  },
  {
    name: 'a body of each kind is sent',
    play: (stage) =>
      outcomesOf(stage, {
        undefined: post(undefined),
        empty: post(''),
        DataView: post(new DataView(new TextEncoder().encode('abc').buffer, 1, 1)),
        Uint16Array: post(new Uint16Array([0x6161])),
        'async generator': {
          ...post(
            (async function* () {
              yield new TextEncoder().encode('a')
            })(),
          ),
          ...init('duplex', 'half'),
        },
      }),
    standard: {
      undefined: 'POST | content-length: 0',
      empty: 'POST | content-length: 0 | content-type: text/plain;charset=UTF-8',
      DataView: 'POST | content-length: 1 | b',
      Uint16Array: 'POST | content-length: 2 | aa',
      'async generator': 'POST | transfer-encoding: chunked | 1\r\na\r\n0\r\n\r\n',
    },
  },
  {
    name: 'a Content-Length that is the body’s is sent, any other refused',
    play: (stage) =>
      Promise.all(
        ['1', 'x'].map((length) => outcomeOf(stage, { ...post('x'), headers: { 'Content-Length': length } })),
      ),
    standard: ['POST | content-length: 1 | content-type: text/plain;charset=UTF-8 | x', REFUSED],
  },
  {
    name: 'a URL is read as the URL standard says',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok()))
      const { url } = server
      const urls = [
        ` ${url} `,
        `${url}\n`,
        `${url}a b?c d#e`,
        `${url}ä?ü`,
        `${url}../a/./b`,
        `${url}a|b?'"<>{}`,
        url.replace('http', 'HTTP'),
        url.replace('//', '\\\\'),
        url.replace('//', ''),
      ]
      for (const each of urls) await fetch(each)
      return server.requests.map(({ target }) => target)
    },
    standard: ['/', '/', '/a%20b?c%20d', '/%C3%A4?%C3%BC', '/a/b', '/a|b?%27%22%3C%3E{}', '/', '/', '/'],
  },
  {
    name: 'what becomes no URL is refused',
    play: ({ fetch }) =>
      Promise.all(
        [null, 5, {}, { href: 'http://127.0.0.1/' }, '//127.0.0.1/', 'a', Symbol.iterator].map((url) =>
          failure(() => fetch(url as never)),
        ),
      ),
    standard: Array(7).fill('TypeError'),
  },
]
