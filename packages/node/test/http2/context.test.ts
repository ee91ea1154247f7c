import { AsyncLocalStorage } from 'node:async_hooks'
import { type LookupFunction, isIP } from 'node:net'
import { type CallOptions, type NodeSessionOptions, Session } from '@session-fetch/node'
import { type Authority, type Certificate, createAuthority } from '@session-fetch/test-support/certificates'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { atEnd } from '../fault-stage.js'
import { notedChunks, turns } from '../wire/deliver.js'
import { type Handler, type Http2Origin, startHttp2Origin } from './origin.js'

let authority: Authority
let certificate: Certificate
beforeAll(async () => {
  authority = await createAuthority()
  certificate = await authority.issue(['DNS:localhost'])
})
afterAll(() => authority.close())

const tenant = new AsyncLocalStorage<number>()
/** Calls at a time, which share a connection. */
const CALLS = 12

/** Answers in pieces, when all of the request has come; `/busy` asks to come again, and `/moved` leads here. */
const answer: Handler = (stream, { ':path': path, authorization }) => {
  stream.resume()
  stream.on('end', () => {
    if (stream.destroyed) return
    if (path === '/busy' && authorization === 'Bearer first') stream.respond({ ':status': 503 })
    else if (path === '/moved') stream.respond({ ':status': 307, location: '/' })
    else stream.respond({ ':status': 200 })
    stream.write('mi')
    setImmediate(() => stream.destroyed || stream.end('ne'))
  })
}

async function origin(): Promise<Http2Origin> {
  const server = await startHttp2Origin(certificate, answer)
  atEnd(() => server.close())
  return server
}

function make(options: NodeSessionOptions = {}): Session {
  const session = new Session({ http2: true, trustEnv: false, tls: { ca: authority.ca }, ...options })
  atEnd(() => session.close())
  return session
}

/** Records the context in which a function of the caller runs. */
type Note = () => void

/** Makes the calls at once over one connection; `use` is what each of them does, and where its functions ran is told. */
async function seen(
  use: (session: Session, url: string, note: Note) => Promise<unknown>,
): Promise<Set<unknown>[]> {
  const server = await origin()
  const session = make()
  const calls = Array.from({ length: CALLS }, async (_, id) => {
    const noted = new Set<unknown>()
    const note = (): void => void noted.add(tenant.getStore())
    await tenant.run(id, () => use(session, server.url, note))
    return noted
  })
  const contexts = await Promise.all(calls)
  expect(server.sessions()).toBe(1)
  return contexts
}

const each = Array.from({ length: CALLS }, (_, id) => new Set([id]))

/** A web stream that produces each chunk on demand. */
function pulled(note: Note): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = 3
  const pull = (controller: ReadableStreamDefaultController): void => {
    note()
    if (left-- > 0) controller.enqueue(new Uint8Array(3))
    else controller.close()
  }
  return new ReadableStream({ pull, cancel: note }, { highWaterMark: 0 })
}

describe('http2 runs functions of the caller in the context of their own call:', () => {
  it.each<[string, (note: Note) => CallOptions]>([
    ['a generator', (note) => ({ body: notedChunks(note) })],
    ['a web stream', (note) => ({ body: pulled(note) })],
    [
      'a part',
      (note) => ({ multipart: { file: { content: notedChunks(note) as never, filename: 'file' } } }),
    ],
    ['onUploadProgress', (note) => ({ body: 'some', onUploadProgress: note })],
    ['onUploadProgress of a stream', (note) => ({ body: notedChunks(note), onUploadProgress: note })],
    ['onDownloadProgress', (note) => ({ body: 'some', onDownloadProgress: note })],
    ['hooks', (note) => ({ hooks: { request: note, response: note } })],
    ['auth', (note) => ({ auth: (request) => (note(), request) })],
  ])('%s', async (_what, options) => {
    const use = (session: Session, url: string, note: Note): Promise<string> =>
      session.post(url, options(note)).text()
    expect(await seen(use)).toEqual(each)
  })

  it('hooks and auth of a request that is sent again, after a redirect or for a retry', async () => {
    const use = async (session: Session, url: string, note: Note): Promise<void> => {
      let token = 'first'
      const options: CallOptions = {
        hooks: { redirect: note, retry: () => (note(), void (token = 'second')) },
        retry: { limit: 1, delay: 0 },
        auth: (request) => (note(), request.headers.set('Authorization', `Bearer ${token}`), request),
      }
      expect(await session.get(`${url}busy`, options).text()).toBe('mine')
      expect(await session.get(`${url}moved`, options).text()).toBe('mine')
    }
    expect(await seen(use)).toEqual(each)
  })

  it('readers of the body of a response', async () => {
    const use = async (session: Session, url: string, note: Note): Promise<void> => {
      const { body } = await session.get(url)
      const noting = new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => (note(), controller.enqueue(chunk)),
        flush: note,
      })
      for await (const chunk of body?.pipeThrough(noting) ?? []) {
        note()
        expect(chunk).toHaveLength(2)
      }
      await session.get(url).text().then(note)
    }
    expect(await seen(use)).toEqual(each)
  })

  it('the release of a body by an abort', async () => {
    const use = async (session: Session, url: string, note: Note): Promise<void> => {
      const abort = new AbortController()
      const pull = (): Promise<void> => (note(), turns(1).then(() => abort.abort()))
      const waiting = new ReadableStream({ pull, cancel: note }, { highWaterMark: 0 })
      const call = session.post(url, { body: waiting, signal: abort.signal, hooks: { error: note } })
      await expect(call).rejects.toMatchObject({ name: 'AbortError' })
    }
    expect(await seen(use)).toEqual(each)
  })

  it('a lookup and a guard, for the call that needs the connection', async () => {
    const asked: unknown[] = []
    const lookup: LookupFunction = (_hostname, _options, callback) => {
      asked.push(tenant.getStore())
      callback(null, [{ address: '127.0.0.1', family: isIP('127.0.0.1') }])
    }
    const guard = (): void => void asked.push(tenant.getStore())
    const server = await origin()
    const session = make({ lookup, guard })
    const get = (id: number): Promise<string> => tenant.run(id, () => session.get(server.url).text())
    await Promise.all([get(0), get(1)])
    expect([server.sessions(), new Set(asked)]).toEqual([1, new Set([0])])
    asked.length = 0
    await server.endSessions()
    await get(2)
    expect([server.sessions(), new Set(asked)]).toEqual([2, new Set([2])])
  })
})
