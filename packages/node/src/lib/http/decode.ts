import { shadowed } from '../shadowed.js'
import { type Duplex, Readable, pipeline } from 'node:stream'
import type { Coding } from './codings.js'
import { joined } from './join-chunks.js'
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
    const bytes = codings.reduce((rest, coding) => coding.atOnce(rest, AT_ONCE), joined(chunks))
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
