import { Duplex, Readable, pipeline } from 'node:stream'
import * as zlib from 'node:zlib'
import { DecodeError, type PreparedRequest } from '@session-fetch/core'
import { shadowed } from '../base/shadowed.js'
import { concatenated } from './body-buffer.js'
import type { OutputGuard } from './limits.js'
import type { ChunkSource } from './web-stream.js'

/** Bodies that decode to at most this much are decoded in one step, larger ones as a stream. */
const AT_ONCE = shadowed({ maxOutputLength: 262_144 })

/** Decodes a whole body. */
export async function decodeAll(
  chunks: readonly Uint8Array[],
  codings: readonly Coding[],
  guard: OutputGuard,
): Promise<readonly Uint8Array[]> {
  if (codings.length === 0 || chunks.every((chunk) => chunk.byteLength === 0)) return chunks
  try {
    const bytes = codings.reduce((rest, coding) => coding.atOnce(rest, AT_ONCE), concatenated(chunks))
    guard.decoded(bytes.byteLength)
    return [bytes]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw guard.decodeError(error)
  }
  return readToEnd(chunks, codings, guard)
}

async function readToEnd(
  chunks: readonly Uint8Array[],
  codings: readonly Coding[],
  guard: OutputGuard,
): Promise<readonly Uint8Array[]> {
  const left = chunks.values()
  const decoded: Uint8Array[] = []
  const source = decodedSource(
    { next: async () => left.next().value ?? null, cancel() {} },
    () => codings,
    guard,
  )
  for (let chunk = await source.next(); chunk; chunk = await source.next()) decoded.push(chunk)
  return decoded
}

/**
 * A source that is decoded chunk by chunk, with back-pressure.
 *
 * @param codings Called at the first read, so that what it throws rejects that read.
 */
export function decodedSource(
  source: ChunkSource,
  codings: () => readonly Coding[],
  guard: OutputGuard,
): ChunkSource {
  const chunks = decoded(source, codings, guard)
  return {
    async next() {
      try {
        return (await chunks.next()).value ?? null
      } catch (error) {
        const known = guard.decodeError(error)
        source.cancel(known instanceof Error ? known : new Error('The body failed', { cause: known }))
        throw known
      }
    },
    cancel(reason) {
      source.cancel(reason)
      void chunks.return(undefined).catch(() => {}) // the generator may still reject with the reason
    },
  }
}

async function* decoded(
  source: ChunkSource,
  codings: () => readonly Coding[],
  guard: OutputGuard,
): AsyncGenerator<Uint8Array, undefined> {
  let chunks = chunksOf(source, guard)
  for (const coding of codings()) chunks = decodedBy(coding, chunks, guard)
  for await (const chunk of chunks) {
    guard.decoded(chunk.byteLength)
    yield chunk
  }
}

async function* chunksOf(source: ChunkSource, guard: OutputGuard): AsyncGenerator<Uint8Array> {
  for (let chunk = await source.next(); chunk !== null; chunk = await source.next()) {
    if (chunk.byteLength === 0) continue
    guard.received(chunk.byteLength)
    yield chunk
  }
}

/** Decodes one coding. The first bytes determine its variant; an empty body stays empty. */
async function* decodedBy(
  coding: Coding,
  chunks: AsyncGenerator<Uint8Array>,
  guard: OutputGuard,
): AsyncGenerator<Uint8Array> {
  const first = await chunks.next()
  if (first.done) return
  let total = 0
  for await (const chunk of piped(resumed(first.value, chunks), coding.stream(first.value))) {
    total += chunk.byteLength
    guard.checkRatio(total)
    yield chunk
  }
}

async function* resumed(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  yield* rest
}

/** An error on either side destroys both; the reader of the decoder gets it. */
function piped(source: AsyncGenerator<Uint8Array>, decoder: Duplex): AsyncIterable<Uint8Array> {
  pipeline(Readable.from(source, shadowed({ objectMode: true, highWaterMark: 1 })), decoder, () => {})
  return decoder
}

/** A response with more codings than this is rejected as an attack. */
const MAX_CODINGS = 5
/** The size of a decoder's output chunks. */
const CHUNK = shadowed({ chunkSize: 65_536 })

/** How to undo one content coding. */
export interface Coding {
  /** @throws an error with the code `ERR_BUFFER_TOO_LARGE` if the result is longer than `maxOutputLength` */
  atOnce(bytes: Uint8Array, options: { maxOutputLength: number }): Uint8Array
  /** @param first The first bytes, from which the form of the coding is detected. */
  stream(first: Uint8Array): Duplex
}

const gzip: Coding = { atOnce: zlib.gunzipSync, stream: () => zlib.createGunzip(CHUNK) }

/**
 * RFC 9110 §8.4.1.2: deflate is zlib-wrapped (RFC 1950 §2.2), but raw deflate is accepted, too, because some servers
 * send it.
 */
const deflate: Coding = {
  atOnce: (bytes, options) =>
    hasZlibHeader(bytes) ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options),
  stream: (first) => (hasZlibHeader(first) ? zlib.createInflate(CHUNK) : zlib.createInflateRaw(CHUNK)),
}

const CODINGS: ReadonlyMap<string, Coding> = new Map([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', deflate],
  ['br', brotliOf(zlib)],
  ...zstd(),
])

/**
 * The codings of a `Content-Encoding` header, in the order in which they must be undone. With an unknown one, the
 * body is left encoded.
 *
 * @throws DecodeError for more than `MAX_CODINGS`
 */
export function contentCodings(header: string, request?: PreparedRequest): readonly Coding[] {
  const names = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  if (names.length > MAX_CODINGS)
    throw new DecodeError(`The body has more than ${MAX_CODINGS} content codings`, {
      request,
      phase: 'body',
    })
  const codings = names.flatMap((name) => CODINGS.get(name) ?? [])
  return codings.length === names.length ? codings.reverse() : []
}

/** Node has zstd since 22.15; the types do not declare it yet. */
interface Zstd {
  readonly constants: { readonly ZSTD_d_windowLogMax?: number }
  readonly createZstdDecompress?: (options: object) => Duplex
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: object) => Uint8Array
}

function zstd(): [string, Coding][] {
  const { constants, createZstdDecompress, zstdDecompressSync } = zlib as Zstd
  if (!createZstdDecompress || !zstdDecompressSync || constants.ZSTD_d_windowLogMax === undefined) return []
  // RFC 9659: a window of at most 8 MiB, so that a few bytes cannot allocate more memory.
  const params = { [constants.ZSTD_d_windowLogMax]: 23 }
  const coding: Coding = {
    atOnce: (bytes, options) => zstdDecompressSync(bytes, shadowed({ params, ...options })),
    stream: () => createZstdDecompress(shadowed({ params, ...CHUNK })),
  }
  return [['zstd', coding]]
}

/** The brotli functions of an engine. */
type Brotli = Pick<typeof zlib, 'brotliDecompressSync' | 'createBrotliDecompress'>

/** The first byte of a brotli body, truncated after it. */
const TRUNCATED = Uint8Array.of(0x0b)

/**
 * The engine's brotli if it rejects truncated bodies; otherwise, as in Deno, `DecompressionStream`, which rejects them.
 * Tested at first use.
 */
export function brotliOf(
  engine: Brotli,
  Decompression: typeof DecompressionStream = DecompressionStream,
): Coding {
  let rejects: boolean | undefined
  const rejectsTruncated = (): boolean => (rejects ??= refuses(engine, TRUNCATED))
  return {
    atOnce: (bytes, options) =>
      rejectsTruncated() ? engine.brotliDecompressSync(bytes, options) : refuseAtOnce(),
    stream: () => (rejectsTruncated() ? engine.createBrotliDecompress(CHUNK) : webStream(Decompression)),
  }
}

function refuses({ brotliDecompressSync }: Brotli, bytes: Uint8Array): boolean {
  try {
    brotliDecompressSync(bytes)
    return false
  } catch {
    return true
  }
}

/** @throws the error with which zlib reports a body that must be decoded as a stream */
function refuseAtOnce(): never {
  throw Object.assign(new Error('Decoded as a stream'), { code: 'ERR_BUFFER_TOO_LARGE' })
}

function webStream(Decompression: typeof DecompressionStream): Duplex {
  const pair = new Decompression('brotli' as CompressionFormat) // some engines lack it, and so do the types
  const stream = Duplex.fromWeb(pair as Parameters<typeof Duplex.fromWeb>[0]) // the same types under other names
  // the errors have no `code`
  return stream.once('error', (error) => Object.assign(error, { code: 'Z_DATA_ERROR' }))
}

function hasZlibHeader(bytes: Uint8Array): boolean {
  const [method = 0, flags = 0] = bytes
  return (method & 0x0f) === 8 && (bytes.length < 2 || (method * 256 + flags) % 31 === 0)
}
