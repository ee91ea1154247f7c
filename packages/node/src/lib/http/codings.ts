import { shadowed } from '../shadowed.js'
import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { DecodeError, type PreparedRequest } from '@session-fetch/core'

/** More codings than this are an attack, not a response. */
const MOST_CODINGS = 5
/** How much a decoder gives at a time. */
const CHUNK = shadowed({ chunkSize: 65_536 })

/** How one content coding is undone. */
export interface Coding {
  /** @throws `ERR_BUFFER_TOO_LARGE` when the result would be longer than `maxOutputLength` */
  atOnce(bytes: Uint8Array, options: { maxOutputLength: number }): Uint8Array
  /** @param first The first bytes, which may tell which form of the coding this is. */
  stream(first: Uint8Array): Transform
}

const gzip: Coding = { atOnce: zlib.gunzipSync, stream: () => zlib.createGunzip(CHUNK) }

/** RFC 9110 §8.4.1.2: deflate is zlib-wrapped (RFC 1950 §2.2), but servers that send it bare are tolerated. */
const deflate: Coding = {
  atOnce: (bytes, options) =>
    hasZlibHeader(bytes) ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options),
  stream: (first) => (hasZlibHeader(first) ? zlib.createInflate(CHUNK) : zlib.createInflateRaw(CHUNK)),
}

const brotli: Coding = { atOnce: zlib.brotliDecompressSync, stream: () => zlib.createBrotliDecompress(CHUNK) }

const CODINGS: ReadonlyMap<string, Coding> = new Map([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', deflate],
  ['br', brotli],
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
  readonly createZstdDecompress?: (options: object) => Transform
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

function hasZlibHeader(bytes: Uint8Array): boolean {
  const [method = 0, flags = 0] = bytes
  return (method & 0x0f) === 8 && (bytes.length < 2 || (method * 256 + flags) % 31 === 0)
}
