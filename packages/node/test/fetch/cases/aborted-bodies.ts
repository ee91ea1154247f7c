import { Readable } from 'node:stream'
import { head, ok } from '@session-fetch/test-support/fault-server'
import { turns } from '../../wire/deliver.js'
import { type FetchCase, failure } from './fetch-case.js'

/** Each way to read a body; `abort` is called in the middle of it, or before. */
type Way = (response: Response, abort: () => void) => Promise<unknown>

const before =
  (read: (response: Response) => Promise<unknown>): Way =>
  (response, abort) => {
    abort()
    return read(response)
  }

const streamOf = ({ body }: Response): ReadableStream<Uint8Array> => body ?? new ReadableStream()
const readerOf = (response: Response): ReadableStreamDefaultReader<Uint8Array> =>
  streamOf(response).getReader()

async function drain(chunks: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const chunk of chunks) count += Number(chunk !== undefined)
  return count
}

const WAYS: Record<string, Way> = {
  'text()': before((response) => response.text()),
  'json()': before((response) => response.json()),
  'arrayBuffer()': before((response) => response.arrayBuffer()),
  'blob()': before((response) => response.blob()),
  'formData()': before((response) => response.formData()),
  'the text() of a clone made later': before((response) => response.clone().text()),
  'a reader’s read()': before((response) => readerOf(response).read()),
  'a reader’s closed': before((response) => readerOf(response).closed),
  'for await': before((response) => drain(streamOf(response))),
  pipeTo: before((response) => streamOf(response).pipeTo(new WritableStream())),
  'a text() under way': (response, abort) => {
    const text = response.text()
    abort()
    return text
  },
  'the text() of a clone': (response, abort) => {
    const clone = response.clone()
    abort()
    return clone.text()
  },
  'the first branch of a tee': (response, abort) => {
    const [branch] = streamOf(response).tee()
    abort()
    return new Response(branch).text()
  },
  'the second branch of a tee': (response, abort) => {
    const [, branch] = streamOf(response).tee()
    abort()
    return new Response(branch).text()
  },
  'a read() under way': (response, abort) => {
    const read = readerOf(response).read()
    abort()
    return read
  },
  'the second read()': async (response, abort) => {
    const reader = readerOf(response)
    await reader.read()
    abort()
    return reader.read()
  },
  'a reader’s closed that is waited for': (response, abort) => {
    const { closed } = readerOf(response)
    abort()
    return closed
  },
  'Readable.fromWeb()': async (response, abort) => {
    const readable = Readable.fromWeb(response.body as never)
    abort()
    return drain(readable)
  },
}

const BODIES: [string, string, string][] = [
  ['is there', ok('{"whole":true}').toString(), '/'],
  ['is still coming', `${head('200 OK', 'Content-Length: 100')}{"some"`, '/'],
  ['has no length', `${head('200 OK', 'Transfer-Encoding: chunked')}5\r\n{"so"\r\n`, '/'],
]

const BUT_READ: FetchCase[] = [
  {
    name: 'aborted after a stream was read to its end: closed fulfils',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok('whole')))
      const abort = new AbortController()
      const reader = readerOf(await fetch(server.url, { signal: abort.signal }))
      while (!(await reader.read()).done);
      abort.abort()
      return [await reader.closed.then(() => 'closed'), (await reader.read()).done]
    },
    standard: ['closed', true],
  },
  {
    name: 'aborted after the body was read: its clone is still there',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok('whole')))
      const abort = new AbortController()
      const response = await fetch(server.url, { signal: abort.signal })
      const clone = response.clone()
      await response.text()
      abort.abort()
      return clone.text()
    },
    standard: 'whole',
  },
  {
    name: 'aborted before the body is read: it is not used by that',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok('whole')))
      const abort = new AbortController()
      const response = await fetch(server.url, { signal: abort.signal })
      abort.abort()
      return [await failure(() => response.text()), response.bodyUsed, await failure(() => response.text())]
    },
    standard: ['AbortError', false, 'AbortError'],
    undici7: ['AbortError', true, 'TypeError'],
  },
  {
    name: 'a body that breaks while only closed is waited for: closed rejects',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ end }) => end(`${head('200 OK', 'Content-Length: 10')}some`))
      const reader = readerOf(await fetch(server.url))
      return reader.closed.then(
        () => 'closed',
        () => 'rejected',
      )
    },
    standard: 'rejected',
  },
]

export const abortedBodies: readonly FetchCase[] = [
  ...BODIES.flatMap(([state, answer]) =>
    Object.entries(WAYS).map(
      ([way, read]): FetchCase => ({
        name: `aborted while the body ${state}: ${way} fails`,
        play: async ({ fetch, serve }) => {
          const server = await serve(({ send }) => send(answer))
          const abort = new AbortController()
          const response = await fetch(server.url, { signal: abort.signal })
          await turns(20)
          return failure(() => read(response, () => abort.abort()))
        },
        standard: 'AbortError',
      }),
    ),
  ),
  ...BUT_READ,
]
