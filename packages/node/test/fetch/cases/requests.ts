import { ok } from '@session-fetch/test-support/fault-server'
import { type FetchCase, type Stage, failure, firstOf, half, streamOf } from './fetch-case.js'

/** What the server saw of a request. */
async function seen(
  { fetch, serve }: Stage,
  init: RequestInit,
  input: (url: string) => Parameters<typeof fetch>[0] = (url) => url,
): Promise<{ method: string; body: string; headers: Readonly<Record<string, string>> }> {
  const server = await serve(({ send }) => send(ok()))
  await (await fetch(input(server.url), init)).text()
  const { method, headers, body } = firstOf(server)
  return { method, headers, body: body.toString() }
}

/** Whether it is refused, and whether anything was sent. */
async function refused({ fetch, serve }: Stage, init: RequestInit): Promise<[string, number]> {
  const server = await serve(({ send }) => send(ok()))
  return [await failure(() => fetch(server.url, init)), server.requests.length]
}

async function typeOf(stage: Stage, body: BodyInit): Promise<unknown> {
  const { headers } = await seen(stage, { method: 'POST', body })
  return headers['content-type']?.replace(/boundary=.*/, 'boundary') ?? null
}

const formOf = (value: string | Blob): FormData => {
  const form = new FormData()
  form.append('a', value)
  return form
}

export const requests: readonly FetchCase[] = [
  {
    name: 'well-known methods are written in capitals',
    play: async (stage) => [
      (await seen(stage, { method: 'post' })).method,
      (await seen(stage, { method: 'delete' })).method,
    ],
    standard: ['POST', 'DELETE'],
  },
  {
    name: 'other methods are sent as written',
    play: async (stage) => (await seen(stage, { method: 'Custom' })).method,
    standard: 'Custom',
  },
  {
    name: 'CONNECT, TRACE and TRACK are refused',
    play: (stage) =>
      Promise.all(['CONNECT', 'trace', 'Track'].map(async (method) => (await refused(stage, { method }))[0])),
    standard: ['TypeError', 'TypeError', 'TypeError'],
  },
  {
    name: 'a method that is no token is refused',
    play: (stage) => refused(stage, { method: 'GE T' }),
    standard: ['TypeError', 0],
  },
  {
    name: 'a body with GET or HEAD is refused, even an empty one',
    play: (stage) =>
      Promise.all([
        refused(stage, { body: 'x' }),
        refused(stage, { body: '' }),
        refused(stage, { method: 'HEAD', body: 'x' }),
      ]),
    standard: [
      ['TypeError', 0],
      ['TypeError', 0],
      ['TypeError', 0],
    ],
  },
  {
    name: 'a body that is null is none',
    play: async (stage) => (await seen(stage, { body: null })).method,
    standard: 'GET',
  },
  {
    name: 'a POST without a body has length 0',
    play: async (stage) => (await seen(stage, { method: 'POST' })).headers['content-length'],
    standard: '0',
  },
  {
    name: 'text is UTF-8 of a known length',
    play: async (stage) => {
      const { body, headers } = await seen(stage, { method: 'POST', body: 'é' })
      return [body, headers['content-length'], headers['content-type']]
    },
    standard: ['é', '2', 'text/plain;charset=UTF-8'],
  },
  {
    name: 'a body says its type',
    play: (stage) =>
      Promise.all([
        typeOf(stage, new URLSearchParams('a=1')),
        typeOf(stage, new Blob(['x'], { type: 'image/png' })),
        typeOf(stage, new Blob(['x'])),
        typeOf(stage, formOf('1')),
        typeOf(stage, new Uint8Array(1)),
        typeOf(stage, new ArrayBuffer(1)),
      ]),
    standard: [
      'application/x-www-form-urlencoded;charset=UTF-8',
      'image/png',
      null,
      'multipart/form-data; boundary',
      null,
      null,
    ],
  },
  {
    name: 'line breaks of a form are written as CRLF, those of a file’s name as they are',
    play: async (stage) => {
      const body = new FormData()
      body.append('a\n', 'x\ny')
      body.append('f', new File(['x\ny'], 'p\nq"'))
      const { body: sent } = await seen(stage, { method: 'POST', body })
      return [...sent.matchAll(/name="[^"]*"|x\s+y/g)].map(([text]) => text)
    },
    standard: ['name="a%0D%0A"', 'x\r\ny', 'name="f"', 'name="p%0Aq%22"', 'x\ny'],
  },
  {
    name: 'a Content-Type of the caller’s stands',
    play: async (stage) =>
      (await seen(stage, { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } }))
        .headers['content-type'],
    standard: 'application/json',
  },
  {
    name: 'a form is sent as parts, a blob in it with its name',
    play: async (stage) => {
      const { body } = await seen(stage, {
        method: 'POST',
        body: formOf(new File(['x'], 'ä.txt', { type: 'text/plain' })),
      })
      return body.split('\r\n').slice(1, -2)
    },
    standard: [
      'Content-Disposition: form-data; name="a"; filename="ä.txt"',
      'Content-Type: text/plain',
      '',
      'x',
    ],
  },
  {
    name: 'a view is sent without what is around it',
    play: async (stage) => {
      const bytes = new TextEncoder().encode('abcdef').subarray(2, 4)
      return (await seen(stage, { method: 'POST', body: bytes })).body
    },
    standard: 'cd',
  },
  {
    name: 'a stream is sent in chunks',
    play: async (stage) => {
      const { headers, body } = await seen(
        stage,
        half({
          method: 'POST',
          body: streamOf('on', 'e'),
        }),
      )
      return [headers['transfer-encoding'], headers['content-length'] ?? null, body.replace(/[^a-z]/g, '')]
    },
    standard: ['chunked', null, 'one'],
  },
  {
    name: 'a stream needs duplex',
    play: async (stage) => (await refused(stage, { method: 'POST', body: streamOf('x') }))[0],
    standard: 'TypeError',
  },
  {
    name: 'a stream that is locked or was read is refused',
    play: async (stage) => {
      const [locked, read] = [streamOf('x'), streamOf('x')]
      locked.getReader()
      const reader = read.getReader()
      await reader.read()
      reader.releaseLock()
      const outcomes = [locked, read].map((body) => refused(stage, half({ method: 'POST', body })))
      return (await Promise.all(outcomes)).map(([error]) => error)
    },
    standard: ['TypeError', 'TypeError'],
  },
  {
    name: 'headers are joined, trimmed and written in lower case',
    play: async (stage) => {
      const headers: [string, string][] = [
        ['X-A', ' 1 '],
        ['x-a', '2'],
      ]
      return (await seen(stage, { headers })).headers['x-a']
    },
    standard: '1, 2',
  },
  {
    name: 'a header that cannot be sent is refused',
    play: (stage) =>
      Promise.all([
        refused(stage, { headers: { 'X A': '1' } }),
        refused(stage, { headers: { 'X-A': '1\r\nX-B: 2' } }),
        refused(stage, { headers: { 'X-A': '\u0161' } }),
        refused(stage, { headers: [['X-A'] as never] }),
      ]),
    standard: [
      ['TypeError', 0],
      ['TypeError', 0],
      ['TypeError', 0],
      ['TypeError', 0],
    ],
  },
  {
    name: 'header values are sent as latin-1',
    play: async (stage) => (await seen(stage, { headers: { 'X-A': 'é' } })).headers['x-a'],
    standard: 'é',
  },
  {
    name: 'the caller may set headers that frame a message',
    play: async (stage) => [
      await failure(() => seen(stage, { method: 'POST', body: 'x', headers: { 'Content-Length': '1' } })),
      await failure(() => seen(stage, { headers: { Connection: 'close' } })),
    ],
    standard: ['no error', 'no error'],
  },
  {
    name: 'a URL is text, a URL, or what becomes text',
    play: async (stage) => [
      (await seen(stage, {}, (url) => new URL(url))).method,
      (await seen(stage, {}, (url) => ({ toString: () => url }) as never)).method,
    ],
    standard: ['GET', 'GET'],
  },
  {
    name: 'what is no URL is refused, and never thrown',
    play: ({ fetch }) =>
      Promise.all(
        ['', '/path', 'http://', 'http://[', '::'].map((url) =>
          failure(() => fetch(url).catch((error: unknown) => Promise.reject(error))),
        ),
      ),
    standard: Array(5).fill('TypeError'),
  },
  {
    name: 'no argument is refused, and not thrown',
    play: ({ fetch }) => {
      const call = Reflect.apply(fetch, undefined, []) as Promise<unknown>
      return failure(() => call)
    },
    standard: 'TypeError',
  },
  {
    name: 'a URL with a user is refused',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok()))
      return failure(() => fetch(server.url.replace('//', '//user:secret@')))
    },
    standard: 'TypeError',
  },
  {
    name: 'schemes that fetch does not know are refused',
    play: ({ fetch }) =>
      Promise.all(
        [
          'ftp://a.test/',
          'ws://a.test/',
          'mailto:a@b.test',
          'about:blank',
          'javascript:1',
          'file:///etc/passwd',
        ].map((url) => failure(() => fetch(url))),
      ),
    standard: Array(6).fill('TypeError'),
  },
  {
    name: 'a data: URL is fetched',
    play: async ({ fetch }) => {
      const outcome = await failure(() => fetch('data:text/plain,hello'))
      return outcome === 'no error' ? (await fetch('data:text/plain,hello')).text() : outcome
    },
    standard: 'hello',
  },
  {
    name: 'a blob: URL is fetched',
    play: async ({ fetch }) => {
      const url = URL.createObjectURL(new Blob(['hello']))
      try {
        const outcome = await failure(() => fetch(url))
        return outcome === 'no error' ? await (await fetch(url)).text() : outcome
      } finally {
        URL.revokeObjectURL(url)
      }
    },
    standard: 'hello',
  },
  {
    name: 'ports of other protocols are refused',
    play: ({ fetch }) =>
      fetch('http://127.0.0.1:6667/').then(
        () => 'no error',
        ({ cause }: Error) => /bad port/.test(String(cause)),
      ),
    standard: true,
  },
  {
    name: 'the fragment is not sent',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok()))
      await fetch(`${server.url}a?b#part`)
      return server.requests[0]?.target
    },
    standard: '/a?b',
  },
  {
    name: 'no init, null and members that nobody knows are fine',
    play: async (stage) => [
      (await seen(stage, undefined as never)).method,
      (await seen(stage, null as never)).method,
      (await seen(stage, { unknown: 1 } as never)).method,
      (await seen(stage, Object.fromEntries(['method', 'headers', 'body'].map((name) => [name, undefined]))))
        .method,
    ],
    standard: ['GET', 'GET', 'GET', 'GET'],
  },
  {
    name: 'members that only mean something in a page are fine',
    play: async (stage) => {
      const init: RequestInit = {
        cache: 'no-store',
        credentials: 'omit',
        integrity: '',
        keepalive: true,
        mode: 'cors',
        referrer: '',
        referrerPolicy: 'origin',
      }
      return (await seen(stage, { ...init, window: null })).headers['referer'] ?? null
    },
    standard: null,
  },
  {
    name: 'a body whose integrity does not hold is a TypeError',
    play: async (stage) => {
      const init = { integrity: `sha256-${'A'.repeat(43)}=` }
      return (await refused(stage, init))[0]
    },
    standard: 'TypeError',
  },
  {
    name: 'a body that matches its integrity value is returned',
    play: async (stage) => {
      const init = { integrity: 'sha256-Jok2eyBcFs4y7UIAlCuLix4mLfxw2byfvHfElpmk8d8=' }
      return (await refused(stage, init))[0]
    },
    standard: 'no error',
  },
  {
    name: 'words that no member has are refused',
    play: async (stage) => {
      const inits = [{ redirect: 'never' }, { mode: 'quick' }, { credentials: 'all' }, { cache: 'warm' }]
      return Promise.all(inits.map(async (init) => (await refused(stage, init as never))[0]))
    },
    standard: Array(4).fill('TypeError'),
  },
]
