import { Readable, type Transform, pipeline } from 'node:stream'
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  gunzipSync,
  inflateRawSync,
  inflateSync,
} from 'node:zlib'
import { DecodeError } from '@session-fetch/core'
import type { ChunkSource } from './web-stream.js'

/** Bodies that decode to no more than this are decoded at once; larger ones as a stream. */
const AT_ONCE = 262_144
/** More codings than this are an attack, not a response. */
const MOST_CODINGS = 5
const KNOWN = new Set(['gzip', 'x-gzip', 'deflate', 'br'])

/**
 * The codings of a `Content-Encoding` header in the order they must be undone. One that we do not know
 * leaves the body as it is.
 *
 * @throws DecodeError for a longer chain than anyone needs
 */
export function contentCodings(header: string | null): readonly string[] {
  if (header === null) return []
  const codings = header
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity')
  if (codings.length > MOST_CODINGS)
    throw new DecodeError(`More than ${MOST_CODINGS} content codings`, { phase: 'body' })
  return codings.every((coding) => KNOWN.has(coding)) ? codings.reverse() : []
}

/** Undoes the codings of a whole body. */
export async function decodeAll(
  chunks: readonly Uint8Array[],
  codings: readonly string[],
): Promise<readonly Uint8Array[]> {
  if (codings.length === 0 || chunks.every((chunk) => chunk.byteLength === 0)) return chunks
  try {
    return [codings.reduce<Uint8Array>(decodeAtOnce, Buffer.concat(chunks))]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw decodeError(error)
  }
  return readToEnd(decodeStream(Readable.from(chunks), codings))
}

async function readToEnd(stream: Readable): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of stream) chunks.push(chunk as Uint8Array)
    return chunks
  } catch (error) {
    throw decodeError(error)
  }
}

/** A source with the codings undone, chunk by chunk. */
export function decodedSource(source: ChunkSource, codings: readonly string[]): ChunkSource {
  const decoded = decodeStream(Readable.from(chunksOf(source)), codings)
  const chunks = decoded[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  return {
    async next() {
      try {
        return (await nextOf(chunks)) ?? null
      } catch (error) {
        throw decodeError(error)
      }
    },
    cancel(reason) {
      source.cancel(reason)
      decoded.destroy()
    },
  }
}

async function* chunksOf(source: ChunkSource): AsyncGenerator<Uint8Array> {
  for (let chunk = await source.next(); chunk !== null; chunk = await source.next()) yield chunk
}

/** Undoes the codings of a stream, with its back-pressure. */
export function decodeStream(source: Readable, codings: readonly string[]): Readable {
  return codings.reduce<Readable>((encoded, coding) => {
    if (coding === 'deflate') return Readable.from(inflate(encoded))
    return piped(encoded, coding === 'br' ? createBrotliDecompress() : createGunzip())
  }, source)
}

/** The first byte of a deflate stream tells which of its two forms it has. */
async function* inflate(source: Readable): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  const { value: first, done } = await chunks.next()
  if (done) return
  const rest = Readable.from(resumed(first, chunks))
  yield* piped(rest, hasZlibHeader(first) ? createInflate() : createInflateRaw()) as AsyncIterable<Uint8Array>
}

async function* resumed(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (let chunk: Uint8Array | undefined = first; chunk; chunk = await nextOf(rest)) yield chunk
}

async function nextOf(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  const { done, value } = await chunks.next()
  return done ? undefined : value
}

/** An error on either side ends both; the reader sees it. */
function piped(source: Readable, decoder: Transform): Readable {
  pipeline(source, decoder, () => {})
  return decoder
}

/** What zlib reports, as ours. */
export function decodeError(cause: unknown): unknown {
  const code = String((cause as NodeJS.ErrnoException).code)
  if (!/^(?:Z_|ERR_.*(?:ZLIB|BROTLI|ZSTD|PADDING)|ERR__ERROR)/.test(code)) return cause
  return new DecodeError('The compressed body is corrupt or cut off', { phase: 'body', cause })
}

function decodeAtOnce(bytes: Uint8Array, coding: string): Uint8Array {
  const options = { maxOutputLength: AT_ONCE }
  if (coding === 'br') return brotliDecompressSync(bytes, options)
  if (coding !== 'deflate') return gunzipSync(bytes, options)
  return hasZlibHeader(bytes) ? inflateSync(bytes, options) : inflateRawSync(bytes, options)
}

/** RFC 9110 §8.4.1.2: deflate is zlib-wrapped (RFC 1950 §2.2), but servers that send it bare are tolerated. */
function hasZlibHeader(bytes: Uint8Array): boolean {
  return ((bytes[0] ?? 0) & 0x0f) === 8
}
