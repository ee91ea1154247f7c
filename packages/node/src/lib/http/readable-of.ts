import { Readable, Transform, type TransformOptions, pipeline } from 'node:stream'
import { InvalidRequestError } from '@session-fetch/core'
import { shadowed } from '../shadowed.js'

/**
 * Chunks as a Node stream of bytes. One of objects is not piped as it is: what is neither bytes nor text among them is
 * thrown by who takes it, where nobody can catch it.
 *
 * @param declared The bytes that `Content-Length` says; the stream fails where there are more or fewer. Default: any.
 */
export function readableOf(chunks: object, declared?: number): Readable {
  const bytes =
    chunks instanceof Readable && !chunks.readableObjectMode
      ? chunks
      : Readable.from(chunks as AsyncIterable<unknown>, shadowed({ objectMode: false, highWaterMark: 1 }))
  return declared === undefined ? bytes : counted(bytes, declared)
}

function counted(bytes: Readable, length: number): Readable {
  let left = length
  const options = shadowed<TransformOptions>({
    transform(chunk: Uint8Array, _encoding, done) {
      left -= chunk.byteLength
      done(left < 0 ? wrongLength() : null, chunk)
    },
    flush: (done) => done(left > 0 ? wrongLength() : null),
  })
  const counter = new Transform(options)
  pipeline(bytes, counter, () => {}) // whoever reads the counter hears what the source failed with
  return counter
}

/** A body that is not as long as was declared: the connection is lost, for the server waits for the rest, or has too much. */
export function wrongLength(): InvalidRequestError {
  return new InvalidRequestError('The body is not as long as its Content-Length says')
}
