import { Readable } from 'node:stream'

/**
 * Chunks as a Node stream of bytes. One of objects is not piped as it is: what is neither bytes nor text among them is
 * thrown by who takes it, where nobody can catch it.
 */
export function readableOf(chunks: object): Readable {
  return chunks instanceof Readable && !chunks.readableObjectMode
    ? chunks
    : Readable.from(chunks as AsyncIterable<unknown>, { objectMode: false })
}
