import type { Visit } from '@session-fetch/test-support/fault-server'

/** What a server does with a connection once it has written everything. */
export type Ending = 'open' | 'end' | 'reset'

/**
 * Writes bytes in pieces, each of which its reader takes before the next one is written: both ends live in one
 * process, so a turn of its event loop is enough.
 */
export async function deliver(
  { socket }: Visit,
  pieces: readonly Uint8Array[],
  ending: Ending,
): Promise<void> {
  for (const piece of pieces) {
    if (piece.byteLength > 0 && socket.writable)
      await new Promise<void>((resolve) => socket.write(piece, () => resolve()))
    await turns()
  }
  if (ending === 'end') socket.end()
  if (ending === 'reset') socket.resetAndDestroy()
  await turns()
}

/** Lets whatever has arrived on any socket of this process be read. */
export async function turns(count = 2): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** Bytes cut at positions, which ascend. */
export function cut(bytes: Buffer, positions: readonly number[]): Buffer[] {
  const edges = [0, ...positions, bytes.length]
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge))
}

/** Bytes one by one. */
export function singly(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (_byte, index) => bytes.subarray(index, index + 1))
}

/** A request body that calls `note` before each chunk, and a turn of the event loop after it. */
export function notedChunks(note: () => void): BodyInit {
  return (async function* () {
    for (const chunk of ['one', 'two', 'three']) {
      note()
      yield chunk
      await turns(1)
      note()
    }
  })() as unknown as BodyInit
}
