import { Duplex, Readable, pipeline } from 'node:stream'
import * as zlib from 'node:zlib'
import { DecodeError, type PreparedRequest } from '@session-fetch/core'
import { shadowed } from '../base/shadowed.js'
import { concatenated } from './body-buffer.js'
import type { OutputGuard } from './output-guard.js'
import type { ChunkSource } from './web-stream.js'

/** Bodies that decode to no more than this are decoded at once; larger ones as a stream. */
const AT_ONCE = shadowed({ maxOutputLength: 262_144 })

/** Undoes the codings of a whole body. */
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
 * A source with its codings undone, chunk by chunk, with back-pressure.
 *
 * @param codings Asked for at the first read, so that what they throw is a failed read.
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
      void chunks.return(undefined).catch(() => {}) // it may still be told of the reason
    },
  }
}

async function* decoded(
  source: ChunkSource,
  codings: () => readonly Coding[],
  guard: OutputGuard,
): AsyncGenerator<Uint8Array, undefined> {
  let chunks = chunksOf(source, guard)
  for (const coding of codings()) chunks = undone(coding, chunks, guard)
  for await (const chunk of chunks) {
    guard.decoded(chunk.byteLength)
    yield chunk
  }
}

async function* chunksOf(source: ChunkSource, guard: OutputGuard): AsyncGenerator<Uint8Array> {
  for (let chunk = await source.next(); chunk !== null; chunk = await source.next()) {
    if (chunk.byteLength === 0) continue
    guard.came(chunk.byteLength)
    yield chunk
  }
}

/** Undoes one coding. The first bytes tell how; where there are none, there is nothing to undo. */
async function* undone(
  coding: Coding,
  chunks: AsyncGenerator<Uint8Array>,
  guard: OutputGuard,
): AsyncGenerator<Uint8Array> {
  const first = await chunks.next()
  if (first.done) return
  let total = 0
  for await (const chunk of piped(resumed(first.value, chunks), coding.stream(first.value))) {
    total += chunk.byteLength
    guard.undone(total)
    yield chunk
  }
}

async function* resumed(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  yield* rest
}

/** An error on either side ends both; the reader sees it. */
function piped(source: AsyncGenerator<Uint8Array>, decoder: Duplex): AsyncIterable<Uint8Array> {
  pipeline(Readable.from(source, shadowed({ objectMode: true, highWaterMark: 1 })), decoder, () => {})
  return decoder
}

/** More codings than this are an attack, not a response. */
const MOST_CODINGS = 5
/** How much a decoder gives at a time. */
const CHUNK = shadowed({ chunkSize: 65_536 })

/** How one content coding is undone. */
export interface Coding {
  /** @throws `ERR_BUFFER_TOO_LARGE` when the result would be longer than `maxOutputLength` */
  atOnce(bytes: Uint8Array, options: { maxOutputLength: number }): Uint8Array
  /** @param first The first bytes, which may tell which form of the coding this is. */
  stream(first: Uint8Array): Duplex
}

const gzip: Coding = { atOnce: zlib.gunzipSync, stream: () => zlib.createGunzip(CHUNK) }

/** RFC 9110 §8.4.1.2: deflate is zlib-wrapped (RFC 1950 §2.2), but servers that send it bare are tolerated. */
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
 * The codings of a `Content-Encoding` header in the order they must be undone. One that we do not know
 * leaves the body as it is.
 *
 * @throws DecodeError for a longer chain than anyone needs
 */
export function contentCodings(header: string, request?: PreparedRequest): readonly Coding[] {
  const names = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  if (names.length > MOST_CODINGS)
    throw new DecodeError(`The body has more than ${MOST_CODINGS} content codings`, {
      request,
      phase: 'body',
    })
  const codings = names.flatMap((name) => CODINGS.get(name) ?? [])
  return codings.length === names.length ? codings.reverse() : []
}

/** Node has zstd since 22.15; the types know no such Node yet. */
interface Zstd {
  readonly constants: { readonly ZSTD_d_windowLogMax?: number }
  readonly createZstdDecompress?: (options: object) => Duplex
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: object) => Uint8Array
}

function zstd(): [string, Coding][] {
  const { constants, createZstdDecompress, zstdDecompressSync } = zlib as Zstd
  if (!createZstdDecompress || !zstdDecompressSync || constants.ZSTD_d_windowLogMax === undefined) return []
  // RFC 9659: a window of 8 MiB at most, so that a few bytes cannot claim more memory.
  const params = { [constants.ZSTD_d_windowLogMax]: 23 }
  const coding: Coding = {
    atOnce: (bytes, options) => zstdDecompressSync(bytes, shadowed({ params, ...options })),
    stream: () => createZstdDecompress(shadowed({ params, ...CHUNK })),
  }
  return [['zstd', coding]]
}

/** An engine's brotli. */
type Brotli = Pick<typeof zlib, 'brotliDecompressSync' | 'createBrotliDecompress'>

/** The first byte of a body in brotli, whose rest is missing. */
const CUT_OFF = Uint8Array.of(0x0b)

/**
 * Brotli as the engine has it; where that takes a body that was cut off for a whole one, as Deno's does, by the web's
 * own stream, which does not. Found out when it is first needed.
 */
export function brotliOf(
  engine: Brotli,
  Decompression: typeof DecompressionStream = DecompressionStream,
): Coding {
  let tells: boolean | undefined
  const tellsCutOff = (): boolean => (tells ??= refuses(engine, CUT_OFF))
  return {
    atOnce: (bytes, options) =>
      tellsCutOff() ? engine.brotliDecompressSync(bytes, options) : refuseAtOnce(),
    stream: () => (tellsCutOff() ? engine.createBrotliDecompress(CHUNK) : webStream(Decompression)),
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

/** @throws what zlib says of a body that is to be decoded as a stream */
function refuseAtOnce(): never {
  throw Object.assign(new Error('Decoded as a stream'), { code: 'ERR_BUFFER_TOO_LARGE' })
}

function webStream(Decompression: typeof DecompressionStream): Duplex {
  const pair = new Decompression('brotli' as CompressionFormat) // not every engine has it, nor do the types
  const stream = Duplex.fromWeb(pair as Parameters<typeof Duplex.fromWeb>[0]) // the same, by other names
  // Its errors have no code to know them by.
  return stream.once('error', (error) => Object.assign(error, { code: 'Z_DATA_ERROR' }))
}

function hasZlibHeader(bytes: Uint8Array): boolean {
  const [method = 0, flags = 0] = bytes
  return (method & 0x0f) === 8 && (bytes.length < 2 || (method * 256 + flags) % 31 === 0)
}
