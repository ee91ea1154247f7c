import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/**
 * A socket as Node's HTTP/2 is given it: as a stream of which it knows nothing more.
 *
 * Given the socket itself, Node reads and writes below it, and stops to read while it writes. Where a write fails then,
 * because the server reset the connection, it begins another that never ends and never reads again: it hears neither of the
 * reset nor of anything else. Through a stream, a failed write is an error like any other. It also joins what is written
 * in one turn of the event loop, which halves the cost of a small request.
 */
export function streamOver(socket: Socket): Duplex {
  const stream = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Uint8Array, _encoding, done) => void socket.write(chunk, done),
    writev: (chunks, done) => writeAll(socket, chunks, done),
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy(error ?? undefined)
      done(error)
    },
  })
  stream.on('error', () => {}) // HTTP/2 may have stopped to listen
  socket.on('data', (chunk: Uint8Array) => {
    if (!stream.push(chunk)) socket.pause()
  })
  socket.on('end', () => stream.push(null))
  socket.on('error', (error) => stream.destroy(error))
  socket.on('close', () => stream.destroy())
  return stream
}

type Done = (error?: Error | null) => void

function writeAll(socket: Socket, chunks: readonly { chunk: Uint8Array }[], done: Done): void {
  socket.cork()
  for (const [index, { chunk }] of chunks.entries())
    socket.write(chunk, index === chunks.length - 1 ? done : undefined)
  socket.uncork()
}
