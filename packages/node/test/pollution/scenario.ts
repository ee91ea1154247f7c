import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { Readable } from 'node:stream'
import { digest } from '@session-fetch/core/digest'
import {
  type CallOptions,
  FileCookieJar,
  type NodeSessionOptions,
  Session,
  type Transport,
  bearer,
  cachedLookup,
  fetchTransport,
  get,
  mockTransport,
  unixSocketTransport,
} from '@session-fetch/node'
import { netrc } from '@session-fetch/node/netrc'
import { Agent as Dispatcher } from 'undici'
import { shadowed } from '../../src/base/shadowed.js'

/** Where the servers of a stage are. */
export interface Places {
  readonly http: string
  readonly other: string
  readonly https: string
  readonly http2: string
  readonly proxy: string
  readonly socket: string
  readonly ca: string
  readonly file: string
}

/** How a session reaches the site: its options, what is mounted, and where the site is. */
export interface Way {
  readonly at: string
  readonly options?: NodeSessionOptions
  readonly mount?: () => Transport
  readonly end?: () => unknown
}

/** All ways to the network. What they are given is made before anything is planted. */
export const ways: Record<string, (places: Places) => Way> = {
  'own connections': ({ http }) => ({ at: http }),
  'own connections over TLS': ({ https, ca }) => ({ at: https, options: { tls: { ca } } }),
  'HTTP/2': ({ http2, ca }) => ({ at: http2, options: { tls: { ca }, http2: true } }),
  'an HTTP proxy': ({ http, proxy }) => ({ at: http, options: { proxy } }),
  'a tunnel': ({ https, ca, proxy }) => ({ at: https, options: { tls: { ca }, proxy: { all: proxy } } }),
  'a Unix socket': ({ socket }) => ({ at: 'http://site.test/', mount: () => unixSocketTransport(socket) }),
  'an http.Agent': ({ http }) => {
    const agent = new Agent(bare({ keepAlive: true }))
    return { at: http, options: { agent }, end: () => agent.destroy() }
  },
  'an https.Agent': ({ https, ca }) => {
    const agent = new HttpsAgent(bare({ keepAlive: true, ca }))
    return { at: https, options: { agent: { https: agent } }, end: () => agent.destroy() }
  },
  'a dispatcher': ({ http }) => {
    const agent = new Dispatcher(bare({}))
    return { at: http, options: { agent }, end: () => agent.destroy() }
  },
  'fetchTransport()': ({ http }) => ({ at: http, mount: () => fetchTransport() }),
  'mockTransport()': ({ http }) => ({ at: http, mount: mock }),
}

/** What the mock was sent, as bytes on a wire would tell it. */
const mocked: unknown[] = []

function mock(): Transport {
  return mockTransport(async (request) => {
    const { method, url, headers, body } = request
    mocked.push([method, url, [...headers], body instanceof Blob ? await body.text() : body])
    return new Response(
      'ok',
      bare({ status: url.endsWith('/flaky') && mocked.length % 2 ? 503 : 200, statusText: '', headers: {} }),
    )
  })
}

let turn = 0

/** The result of a call, as text. */
type Outcomes = unknown[]

/** Calls of all kinds, one after another. */
export async function play(way: Way, shared: Places): Promise<Outcomes> {
  mocked.length = 0
  turn += 1
  // An aborted run may still hold the locks of its files.
  const places = bare({ ...shared, file: `${shared.file}-${turn}` })
  const outcomes: Outcomes = []
  const note = async (name: string, run: () => unknown): Promise<void> => {
    try {
      outcomes.push([name, await run()])
    } catch (error) {
      outcomes.push([name, failure(error)])
    }
  }
  const session = new Session({
    baseUrl: way.at,
    trustEnv: false,
    auth: ['me', 'pässword'],
    headers: { 'X-App': 'demo' },
    params: { lang: 'en' },
    ...way.options,
  })
  const transport = way.mount?.()
  if (transport) for (const scheme of ['http://', 'https://']) session.mount(scheme, transport)
  await note('login', () => session.get('login').text())
  for (const [name, run] of Object.entries(calls)) await note(name, () => run(session, places))
  await session.close()
  await way.end?.()
  return [...outcomes, ...mocked]
}

function failure(error: unknown): string {
  const { name, message } = error as Error
  return `${name}: ${message}`
}

async function read(answer: Promise<Response>): Promise<unknown> {
  const response = await answer
  const { status, redirected, headers, url } = response
  return [status, redirected, url, headers.get('content-type'), await response.text()]
}

/** Objects that the scenario passes to the platform inherit nothing. */
function bare<T extends object>(options: T): T {
  return Object.assign(Object.create(null) as T, options)
}

// Made before anything is planted.
const FORM = new FormData()
FORM.append('a', '1')
FORM.append('f', new Blob(['file']), 'f.txt')

function readable(): Readable {
  return new Chunks(shadowed({}))
}

class Chunks extends Readable {
  override _read(): void {
    for (const chunk of ['a', 'b', null]) this.push(chunk)
  }
}

function stream(): ReadableStream<Uint8Array> {
  const source: UnderlyingDefaultSource<Uint8Array> = bare({
    start(controller: ReadableStreamDefaultController<Uint8Array>) {
      controller.enqueue(Buffer.from('streamed'))
      controller.close()
    },
  })
  return new ReadableStream(source, bare({}))
}

const once = (init: CallOptions): CallOptions => ({ retry: { limit: 1, delay: 1, jitter: false }, ...init })

/** Opens the jar in a file for a session, and saves it afterwards. */
async function withJar<T>(file: string, run: (session: Session) => Promise<T>): Promise<T> {
  const jar = await FileCookieJar.open(file, { sessionCookies: true })
  const session = new Session({ jar, trustEnv: false })
  const result = await run(session)
  await session.close()
  await jar.close()
  return result
}

/** The text of a file, which is removed. */
function takeFile(path: string): string {
  const text = readFileSync(path, shadowed({ encoding: 'latin1' as const }))
  rmSync(path)
  return text
}

/** Every call is one that could go elsewhere, carry more, less or something else. */
const calls: Record<string, (session: Session, places: Places) => unknown> = {
  'a URL as text': (session, { http }) => read(session.get(`${http}text`)),
  'a URL': (session) => read(session.get(new URL('url', session.baseUrl ?? ''))),
  empty: (session) => read(session.get('empty', {})),
  form: (session) => read(session.post('form', { form: { a: '1', b: ['2', '3'] } })),
  json: (session) => read(session.post('json', { json: { a: [1, { b: null }] } })),
  text: (session) => read(session.put('raw', { body: 'text' })),
  bytes: (session) => read(session.put('raw', { body: new Uint8Array([1, 2, 3]) })),
  blob: (session) => read(session.put('raw', { body: new Blob(['blob'], bare({ type: 'text/x' })) })),
  params: (session) => read(session.put('raw', { body: new URLSearchParams({ a: '1' }) })),
  'a form of data': (session) => {
    return read(session.post('multipart', { body: FORM }))
  },
  multipart: (session) =>
    read(
      session.post('multipart', {
        multipart: {
          text: 'one',
          number: 2,
          list: ['a', 'b'],
          blob: new Blob(['three'], bare({})),
          described: { content: 'four' },
          whole: { content: 'five', filename: 'five.txt', type: 'text/x', headers: { 'X-Part': '5' } },
        },
      }),
    ),
  'a web stream': (session) => read(session.post('raw', { body: stream() })),
  'a Readable': (session) => read(session.post('raw', { body: readable() })),
  progress: async (session) => {
    const seen: unknown[] = []
    const onUploadProgress = (progress: unknown): void => void seen.push(progress)
    const answer = await read(
      session.post('raw', { body: 'abc', onUploadProgress, onDownloadProgress: onUploadProgress }),
    )
    return [answer, seen]
  },
  redirect: (session) => read(session.get('redirect')),
  'a redirect elsewhere': (session) => read(session.get('away')),
  'a redirect of a body': (session) => read(session.post('again', { body: 'kept' })),
  'no redirect': (session) => read(session.get('redirect', { redirect: 'manual' })),
  'cookies of a call': (session) => read(session.get('cookies', { cookies: { a: '1' } })),
  'cookies of the jar': async (session) => {
    await session.cookies.set('set', '1')
    await session.cookies.set({ name: 'described', value: '2', url: session.baseUrl ?? '' })
    const all = await session.cookies.getAll()
    return [all, await session.cookies.get('set'), await read(session.get('cookies'))]
  },
  retry: (session) => read(session.get('flaky', once({}))),
  slow: (session) => read(session.get('slow')),
  'slow within limits': (session) => read(session.get('slow', { timeout: { total: 5000, body: 5000 } })),
  gzip: (session) => read(session.get('gzip')),
  bytesRead: async (session) => Array.from(await session.get('text').bytes()),
  blobRead: async (session) => (await session.get('text').blob()).text(),
  streamed: async (session) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of (await session.get('gzip')).body ?? []) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  },
  clone: async (session) => {
    const response = await session.get('text')
    return [await response.clone().text(), await response.text()]
  },
  fetch: (session) => read(session.fetch(`${session.baseUrl}text`)),
  'fetch with init': (session) =>
    read(session.fetch(`${session.baseUrl}raw`, { method: 'POST', body: 'b', headers: { 'X-Call': '1' } })),
  'fetch of a Request': (session) =>
    read(
      session.fetch(
        new Request(
          `${session.baseUrl}raw`,
          bare({
            method: 'POST',
            body: 'b',
            headers: {},
            window: null,
            signal: null,
            referrer: 'about:client',
          }),
        ),
      ),
    ),
  'prepare and send': (session) => read(session.send(session.prepare('GET', 'text'))),
  hooks: (session) =>
    read(
      session.get('text', {
        hooks: {
          request: ({ request }) => request.headers.set('X-Hook', '1'),
          response: () => {},
          redirect: () => {},
          retry: () => {},
          error: () => {},
        },
      }),
    ),
  'auth by a function': (session) =>
    read(session.get('text', { auth: (request) => request.headers.set('Authorization', 'mine') })),
  bearer: (session) => read(session.get('text', { auth: bearer({ token: 'token' }) })),
  digest: (session) => read(session.get('digest', { auth: digest('me', 'pw') })),
  download: async (session, { file }) => {
    const { bytes, resumed } = await session.download('file', file, { resume: true })
    return [bytes, resumed, takeFile(file)]
  },
  netrc: async (session, { file, http }) => {
    writeFileSync(file, 'machine 127.0.0.1 login me password pw')
    chmodSync(file, 0o600)
    const answer = await read(session.get(`${http}text`, { auth: netrc(file) }))
    rmSync(file)
    return answer
  },
  'a jar in a file': async (_session, { file, http }) => {
    const answer = await withJar(file, (session) => read(session.get(`${http}login`)))
    const cookies = await withJar(file, (session) => session.cookies.getAll())
    rmSync(file)
    return [answer, cookies.map(({ name, value }) => [name, value])]
  },
  fork: async (session) => {
    const child = session.fork({ headers: { 'X-Child': '1' } })
    const answer = await read(child.get('forked'))
    await child.close()
    return [answer, child.toJSON()]
  },
  extend: async (session) => {
    const child = session.extend()
    const answer = await read(child.get('extended'))
    await child.close()
    return answer
  },
  mounted: async (session) => {
    const child = session.fork()
    child.mount('http://mocked.test/', mock())
    return read(child.get('http://mocked.test/a'))
  },
  export: async (session) => {
    const data = await session.export({ cookies: true, secrets: true })
    const child = await Session.import(data, { trustEnv: false })
    const names = (await child.cookies.getAll()).map(({ name }) => name)
    await child.close()
    return [JSON.stringify(session), names]
  },
  error: (session) => session.get('missing').json(),
  functional: (_session, { http }) => read(get(`${http}functional`, { params: { a: '1' } })),
  'another session': async (_session, { http }) => {
    const session = new Session({ lookup: cachedLookup() })
    const answer = await read(session.get(http.replace('127.0.0.1', 'localhost')))
    await session.close()
    return answer
  },
}
