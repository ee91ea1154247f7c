import { Duplex } from 'node:stream'
import * as zlib from 'node:zlib'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { DecodeError, type PreparedRequest } from '@session-fetch/node'
import { type Fault, head, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { type Coding, brotliOf, decodeAll } from '../../src/bodies/decode.js'
import { OutputGuard } from '../../src/bodies/limits.js'
import { TRANSPORTS, mostAfterLoss, serve, sessionOver } from '../fault-stage.js'

type Encode = (bytes: Uint8Array) => Uint8Array

/** Node has zstd since 22.15; its types know no such Node yet. */
const { zstdCompressSync } = zlib as { zstdCompressSync?: Encode }

/** With the default quality, brotli would take seconds for this. */
const brotli: Encode = (bytes) =>
  brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 3 } })

const encoders: [string, string, Encode][] = [
  ['gzip', 'gzip', gzipSync],
  ['x-gzip', 'gzip', gzipSync],
  ['GZIP', 'gzip', gzipSync],
  ['deflate', 'in zlib', deflateSync],
  ['deflate', 'raw', deflateRawSync],
  ['br', 'brotli', brotli],
  ...(zstdCompressSync ? [['zstd', 'zstd', zstdCompressSync] satisfies [string, string, Encode]] : []),
]

const long = Buffer.from(new Uint32Array(750_000).map((_, index) => Math.imul(index, 2_654_435_761)).buffer)

/** One that is decoded at once, one that is decoded as a stream, and one that is longer than a socket holds. */
const bodies: [string, Buffer][] = [
  ['small', Buffer.from('{"a":"é"}')],
  ['of 400 KB', Buffer.from(Array.from({ length: 60_000 }, (_, index) => `${index} `).join(''))],
  ['of 3 MB', long],
]

const cases = encoders.flatMap(([coding, form, encode]) =>
  bodies.map(([size, body]) => ({ coding, form, size, body, encoded: encode(body) })),
)

async function streamed(body: ReadableStream<Uint8Array> | null): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body ?? []) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const coded =
  (bytes: Uint8Array, ...codings: string[]): Fault =>
  (visit) =>
    visit.send(ok(bytes, ...codings.map((coding) => `Content-Encoding: ${coding}`)))

describe.each(TRANSPORTS)('response.body, over %s,', (transport) => {
  it.each(cases)(
    'in $coding ($form), $size, is decoded for every reader',
    async ({ coding, encoded, body }) => {
      const server = await serve(coded(encoded, coding))
      const session = sessionOver(transport)
      expect(Buffer.from(await session.get(server.url).bytes()).equals(body)).toBe(true)
      expect((await streamed((await session.get(server.url)).body)).equals(body)).toBe(true)
      const response = await session.get(server.url)
      const clone = response.clone()
      expect(await response.text()).toBe(body.toString())
      expect(Buffer.from(await clone.arrayBuffer()).equals(body)).toBe(true)
      expect(server.connections()).toBe(1)
    },
  )

  it('is decoded byte by byte as it arrives', async () => {
    const bytes = gzipSync('slowly')
    const server = await serve((visit) => {
      visit.send(head('200 OK', 'Content-Encoding: gzip', `Content-Length: ${bytes.length}`))
      let sent = 0
      const next = (): void => {
        if (sent < bytes.length) visit.socket.write(bytes.subarray(sent, ++sent), () => setImmediate(next))
      }
      next()
    })
    expect((await streamed((await sessionOver(transport).get(server.url)).body)).toString()).toBe('slowly')
  })

  it.each([
    ['one header', ['gzip, br, deflate, gzip, br']],
    ['several', ['gzip', 'br, deflate', 'gzip', 'identity, br']],
  ])('in five codings, in %s, is decoded', async (_name, headers) => {
    const chain = [gzipSync, brotli, deflateSync, gzipSync, brotli]
    const bytes = chain.reduce<Uint8Array>((body, encode) => encode(body), Buffer.from('five'))
    const server = await serve(coded(bytes, ...headers))
    const session = sessionOver(transport)
    expect(await session.get(server.url).text()).toBe('five')
    expect((await streamed((await session.get(server.url)).body)).toString()).toBe('five')
  })

  it.each(['gzip', 'deflate', 'br', 'gzip, br'])('of no bytes needs no decoding: %s', async (coding) => {
    const server = await serve(coded(new Uint8Array(), coding))
    const session = sessionOver(transport)
    expect(await session.get(server.url).text()).toBe('')
    expect((await streamed((await session.get(server.url)).body)).length).toBe(0)
  })

  it.each(['HEAD', 'GET'])('that a %s cannot have needs no decoding', async (method) => {
    const status = method === 'HEAD' ? '200 OK' : '304 Not Modified'
    const server = await serve((visit) =>
      visit.send(head(status, 'Content-Encoding: gzip', 'Content-Length: 9')),
    )
    expect(await sessionOver(transport).request(method, server.url, { throwHttpErrors: false }).text()).toBe(
      '',
    )
  })

  it('of several gzip members is all of them, with zeros after them', async () => {
    const members = Buffer.concat([gzipSync('one '), gzipSync('two'), Buffer.alloc(8)])
    const server = await serve(coded(members, 'gzip'))
    const session = sessionOver(transport)
    expect(await session.get(server.url).text()).toBe('one two')
    expect((await streamed((await session.get(server.url)).body)).toString()).toBe('one two')
  })

  it.each(['compress', 'gzip;q=1', 'gzip, unknown'])('in %s is left as it is', async (coding) => {
    const server = await serve(coded(Buffer.from('as it is'), coding))
    const session = sessionOver(transport)
    expect(await session.get(server.url).text()).toBe('as it is')
    expect((await streamed((await session.get(server.url)).body)).toString()).toBe('as it is')
  })

  it('that is corrupt after a megabyte returns the part before to a reader, and closes its connection', async () => {
    const bytes = gzipSync(long)
    bytes.fill(0xff, Math.floor(bytes.length / 2))
    const server = await serve(coded(bytes, 'gzip'))
    const reader = (await sessionOver(transport).get(server.url)).body?.getReader()
    expect((await reader?.read())?.value?.byteLength).toBeGreaterThan(0)
    const rest = async (): Promise<void> => {
      while (!(await reader?.read())?.done);
    }
    await expect(rest()).rejects.toMatchObject({ name: 'DecodeError', request: { method: 'GET' } })
    await server.whenOpen(0)
  })

  it('whose stream is cancelled closes its connection', async () => {
    const server = await serve(coded(gzipSync(long), 'gzip'))
    const reader = (await sessionOver(transport).get(server.url)).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await server.whenOpen(0)
    expect(server.connections()).toBeLessThanOrEqual(mostAfterLoss(transport))
  })
})

describe('brotliOf', () => {
  const body = Buffer.from('0123456789'.repeat(1000))
  const whole = brotli(body)

  /** As in Deno: the received part of a truncated body is returned as if it were complete. */
  const lenient: Pick<typeof zlib, 'brotliDecompressSync' | 'createBrotliDecompress'> = {
    brotliDecompressSync: (bytes, options) =>
      zlib.brotliDecompressSync(bytes, { ...options, finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH }),
    createBrotliDecompress: (options) =>
      zlib.createBrotliDecompress({ ...options, finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH }),
  }

  /** The web's own stream, which not every Node has for brotli. Its errors have no code. */
  class StrictStream implements DecompressionStream {
    readonly readable: DecompressionStream['readable']
    readonly writable: DecompressionStream['writable']

    constructor(format: string) {
      expect(format).toBe('brotli')
      const decoder = zlib.createBrotliDecompress()
      decoder.once('error', (error) => Object.assign(error, { code: undefined }))
      const { readable, writable } = Duplex.toWeb(decoder)
      this.readable = readable as DecompressionStream['readable']
      this.writable = writable as DecompressionStream['writable']
    }
  }

  const request = { method: 'GET', url: 'https://api.test/' } as PreparedRequest
  const decode = (bytes: Uint8Array, coding: Coding): Promise<readonly Uint8Array[]> =>
    decodeAll([bytes], [coding], new OutputGuard(request, { size: Infinity, ratio: Infinity }))

  it.each([
    ['an engine that tells what was cut off', brotliOf(zlib, StrictStream)],
    ['an engine that does not', brotliOf(lenient, StrictStream)],
  ])('refuses what was cut off, and takes what is whole, on %s', async (_engine, coding) => {
    expect(Buffer.concat(await decode(whole, coding)).equals(body)).toBe(true)
    await expect(decode(whole.subarray(0, -3), coding)).rejects.toBeInstanceOf(DecodeError)
    await expect(decode(Buffer.from('garbage'), coding)).rejects.toBeInstanceOf(DecodeError)
  })

  it('is needed: such an engine reports no error', () => {
    expect(lenient.brotliDecompressSync(whole.subarray(0, -3)).byteLength).toBeLessThanOrEqual(
      body.byteLength,
    )
  })
})
