import { gzipSync } from 'node:zlib'
import { type Visit, head, ok } from '@session-fetch/test-support/fault-server'
import { type FetchCase, type Stage, failure, givenUp, half } from './fetch-case.js'

async function body(stage: Stage, bytes: string | Uint8Array, ...headers: string[]): Promise<Response> {
  const server = await stage.serve(({ send }) => send(ok(bytes, ...headers)))
  return stage.fetch(server.url)
}

/** A response whose body is sent on request. */
async function slowly({ fetch, serve }: Stage): Promise<{ response: Response; visit: Visit }> {
  const visits: Visit[] = []
  const start = `${head('200 OK', 'Content-Length: 10')}first`
  const server = await serve((visit) => (visits.push(visit), visit.send(start)))
  const response = await fetch(server.url)
  const [visit] = visits
  if (visit === undefined) throw new Error('nobody came')
  return { response, visit }
}

/** A response that ends before its time, or whose bytes are wrong. */
async function broken({ fetch, serve }: Stage, bytes: string | Uint8Array): Promise<Response> {
  const server = await serve(({ end }) => end(bytes))
  return fetch(server.url)
}

const BOM = '\ufeff'

export const bodies: readonly FetchCase[] = [
  {
    name: 'text() is UTF-8 without its mark, whatever the charset says',
    play: async (stage) => {
      const bytes = Buffer.concat([Buffer.from(`${BOM}é`), Buffer.from([0xff])])
      return (await body(stage, bytes, 'Content-Type: text/plain; charset=latin1')).text()
    },
    standard: 'é\ufffd',
  },
  {
    name: 'arrayBuffer() and blob() leave the mark',
    play: async (stage) => [
      (await (await body(stage, `${BOM}x`)).arrayBuffer()).byteLength,
      (await (await body(stage, `${BOM}x`)).blob()).size,
    ],
    standard: [4, 4],
  },
  {
    name: 'json() reads past a mark',
    play: async (stage) => (await body(stage, `${BOM}{"a":[1,null]}`)).json(),
    standard: { a: [1, null] },
  },
  {
    name: 'json() of an empty body, or of invalid JSON, is a SyntaxError',
    play: async (stage) => [
      await failure(async () => (await body(stage, '')).json()),
      await failure(async () => (await body(stage, '{')).json()),
      await failure(async () =>
        (await stage.fetch((await stage.serve(({ send }) => send(head('204 None')))).url)).json(),
      ),
    ],
    standard: ['SyntaxError', 'SyntaxError', 'SyntaxError'],
  },
  {
    name: 'blob() has the type of the body, in lower case',
    play: async (stage) =>
      Promise.all(
        ['Text/HTML; Charset=UTF-8', 'image/png', 'nonsense'].map(
          async (type) => (await (await body(stage, 'x', `Content-Type: ${type}`)).blob()).type,
        ),
      ),
    standard: ['text/html;charset=utf-8', 'image/png', ''],
  },
  {
    name: 'formData() of another type is a TypeError',
    play: (stage) => failure(async () => (await body(stage, 'a=1', 'Content-Type: text/plain')).formData()),
    standard: 'TypeError',
  },
  {
    name: 'formData() reads both encodings',
    play: async (stage) => {
      const parts = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n'
      return [
        (
          await (await body(stage, 'a=%31&b', 'Content-Type: application/x-www-form-urlencoded')).formData()
        ).get('a'),
        (await (await body(stage, parts, 'Content-Type: multipart/form-data; boundary=b')).formData()).get(
          'a',
        ),
      ]
    },
    standard: ['1', '1'],
  },
  {
    name: 'a body is used when it is asked for, not when it is there',
    play: async (stage) => {
      const { response, visit } = await slowly(stage)
      const before = response.bodyUsed
      const text = response.text()
      const during = response.bodyUsed
      visit.send('after')
      return [before, during, await text, response.bodyUsed]
    },
    standard: [false, true, 'firstafter', true],
  },
  {
    name: 'a body is read once',
    play: async (stage) => {
      const response = await body(stage, 'x')
      await response.text()
      return [
        await failure(() => response.text()),
        await failure(() => response.arrayBuffer()),
        await failure(() => response.clone()),
      ]
    },
    standard: ['TypeError', 'TypeError', 'TypeError'],
  },
  {
    name: 'a body that failed to be JSON is used',
    play: async (stage) => {
      const response = await body(stage, '{')
      await response.json().catch(() => {})
      return [response.bodyUsed, await failure(() => response.text())]
    },
    standard: [true, 'TypeError'],
  },
  {
    name: 'a body that is locked is not used, cannot be read and cannot be cloned',
    play: async (stage) => {
      const response = await body(stage, 'x')
      const reader = response.body?.getReader()
      const locked = [
        response.bodyUsed,
        await failure(() => response.text()),
        await failure(() => response.clone()),
      ]
      reader?.releaseLock()
      return [...locked, await response.text()]
    },
    standard: [false, 'TypeError', 'TypeError', 'x'],
  },
  {
    name: 'a body that is cancelled is used, and gives its connection up',
    play: async (stage) => {
      const { response, visit } = await slowly(stage)
      await response.body?.cancel()
      await givenUp(visit)
      return [response.bodyUsed, await failure(() => response.text())]
    },
    standard: [true, 'TypeError'],
  },
  {
    name: 'a body that a loop breaks off is cancelled',
    play: async (stage) => {
      const { response, visit } = await slowly(stage)
      for await (const chunk of response.body ?? []) if (chunk.length > 0) break
      await givenUp(visit)
      return [response.bodyUsed, response.body?.locked]
    },
    standard: [true, false],
  },
  {
    name: 'a body comes in chunks of bytes',
    play: async (stage) => {
      const { response, visit } = await slowly(stage)
      const reader = response.body?.getReader()
      const first = await reader?.read()
      visit.send('after')
      const second = await reader?.read()
      const last = await reader?.read()
      return [first?.value instanceof Uint8Array, first?.value?.length, second?.value?.length, last?.done]
    },
    standard: [true, 5, 5, true],
  },
  {
    name: 'a reader that is slower than the server gets every byte',
    play: async (stage) => {
      const response = await body(stage, Buffer.alloc(600_000, 7))
      let length = 0
      for await (const chunk of response.body ?? []) {
        length += chunk.byteLength
        await new Promise(setImmediate)
      }
      return length
    },
    standard: 600_000,
  },
  {
    name: 'a body is piped to a stream',
    play: async (stage) => {
      const chunks: Uint8Array[] = []
      const response = await body(stage, 'piped')
      await response.body?.pipeTo(
        new WritableStream({ write: (chunk: Uint8Array) => void chunks.push(chunk) }),
      )
      return [Buffer.concat(chunks).toString(), response.bodyUsed]
    },
    standard: ['piped', true],
  },
  {
    name: 'a clone is read on its own, and stays when the other is cancelled',
    play: async (stage) => {
      const response = await body(stage, 'both', 'X-A: 1')
      const clone = response.clone()
      const cancelled = response.body?.cancel()
      const text = await clone.text()
      await cancelled
      return [
        text,
        response.bodyUsed,
        clone.url === response.url,
        clone.headers.get('X-A'),
        clone.headers === response.headers,
      ]
    },
    standard: ['both', true, true, '1', false],
  },
  {
    name: 'a clone comes as the body comes',
    play: async (stage) => {
      const { response, visit } = await slowly(stage)
      const clone = response.clone()
      visit.send('after')
      return Promise.all([response.text(), clone.text()])
    },
    standard: ['firstafter', 'firstafter'],
  },
  {
    name: 'a body is another request’s body',
    play: async (stage) => {
      const { fetch, serve } = stage
      const server = await serve(({ send }) => send(ok()))
      const response = await body(stage, 'passed on')
      await fetch(server.url, half({ method: 'POST', body: response.body }))
      return server.requests[0]?.body.toString().includes('passed on')
    },
    standard: true,
  },
  {
    name: 'a truncated body is a TypeError',
    play: async (stage) => {
      const counted = `${head('200 OK', 'Content-Length: 10')}first`
      const chunked = `${head('200 OK', 'Transfer-Encoding: chunked')}5\r\nfirst\r\n`
      const readers = [
        async () => (await broken(stage, counted)).text(),
        async () => (await broken(stage, chunked)).blob(),
        async () => (await broken(stage, counted)).body?.pipeTo(new WritableStream()),
      ]
      return Promise.all(readers.map(failure))
    },
    standard: ['TypeError', 'TypeError', 'TypeError'],
  },
  {
    name: 'an invalid chunk is a TypeError',
    play: (stage) =>
      failure(async () =>
        (await broken(stage, `${head('200 OK', 'Transfer-Encoding: chunked')}1\r\na\r\nnone\r\n`)).text(),
      ),
    standard: 'TypeError',
  },
  {
    name: 'a corrupt compressed body is a TypeError',
    play: (stage) =>
      failure(async () => (await body(stage, 'no gzip at all', 'Content-Encoding: gzip')).text()),
    standard: 'TypeError',
  },
  {
    name: 'a truncated compressed body is read as far as possible',
    play: (stage) => {
      const bytes = gzipSync('x'.repeat(1000))
      return failure(async () =>
        (await body(stage, bytes.subarray(0, bytes.length - 8), 'Content-Encoding: gzip')).text(),
      )
    },
    standard: 'no error',
  },
]
