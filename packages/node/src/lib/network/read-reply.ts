import type { Socket } from 'node:net'
import { connectionLost } from './connection-lost.js'

/** What was understood of a reply, and how many bytes of it that took. */
export interface Reply<T> {
  readonly value: T
  readonly length: number
}

/** A peer that talks on without being understood is cut off here, as HTTP's own heads are. */
const LONGEST_REPLY = 16 * 1024

/**
 * Reads from a socket until `parse` understands a whole reply. Bytes after it stay on the socket.
 *
 * @param parse Gives `undefined` while it needs more.
 * @throws Error with the code `ECONNRESET` when the peer ends first, `EMSGSIZE` when it never ends
 */
export function readReply<T>(socket: Socket, parse: (bytes: Buffer) => Reply<T> | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const settle = (end: () => void): void => {
      socket.off('readable', read).off('end', lost).off('close', lost).off('error', fail)
      end()
    }
    const fail = (error: unknown): void => settle(() => reject(error))
    const lost = (): void => fail(connectionLost())
    const read = (): void => {
      for (let chunk = next(socket); chunk !== null; chunk = next(socket))
        bytes = Buffer.concat([bytes, chunk])
      try {
        const reply = parse(bytes)
        if (reply !== undefined) settle(() => resolve(take(socket, bytes, reply)))
        else if (bytes.length > LONGEST_REPLY) throw tooLong()
      } catch (error) {
        fail(error)
      }
    }
    socket.on('readable', read).once('end', lost).once('close', lost).once('error', fail)
    read()
  })
}

function next(socket: Socket): Buffer | null {
  return socket.read() as Buffer | null // a socket without an encoding gives bytes
}

function take<T>(socket: Socket, bytes: Buffer, { value, length }: Reply<T>): T {
  if (bytes.length > length) socket.unshift(bytes.subarray(length))
  return value
}

function tooLong(): Error {
  return Object.assign(new Error('The reply is too long'), { code: 'EMSGSIZE' })
}
