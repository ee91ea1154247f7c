import { Socket } from 'node:net'
import { addAbortSignal } from 'node:stream'
import { asError } from '../as-error.js'
import { io } from '../io.js'

/** Milliseconds that an attempt has to itself: RFC 8305 §5, Connection Attempt Delay. */
export const HEAD_START = 250

/**
 * The first of several attempts to connect that succeeds (RFC 8305). Each begins when the one before has failed, or has
 * had its time; that one goes on, for it may only be slow: Node's own way gives it up. The others are closed.
 *
 * @param attempts At least one.
 * @param signal Closes all of them, and later the one that succeeded.
 * @throws its reason, what the only one failed with, or an AggregateError of all with the code of the first
 */
export function firstConnected(attempts: readonly (() => Socket)[], signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const open = new Set<Socket>()
    const errors: Error[] = []
    let begun = 0
    let timer: NodeJS.Timeout | undefined

    function begin(): void {
      io.clearTimeout(timer)
      const attempt = attempts[begun]
      if (attempt === undefined) return
      begun += 1
      timer = io.setTimeout(begin, HEAD_START)
      const socket = attempted(attempt)
      open.add(socket)
      socket.once('connect', () => succeed(socket))
      // Stays, so that an error between two listeners is never an uncaught one.
      socket.on('error', (error) => fail(socket, error))
    }

    function succeed(socket: Socket): void {
      end(socket)
      resolve(addAbortSignal(signal, socket))
    }

    function fail(socket: Socket, error: Error): void {
      if (!open.delete(socket)) return // it is over
      errors.push(error)
      if (errors.length < attempts.length) return begin()
      end()
      reject(together(errors))
    }

    function stop(): void {
      end()
      reject(signal.reason as Error)
    }

    function end(kept?: Socket): void {
      io.clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      for (const socket of open) if (socket !== kept) socket.destroy()
      open.clear()
    }

    signal.addEventListener('abort', stop)
    begin()
  })
}

/** What is refused at once, such as by Node's permissions, fails like what is refused later. */
function attempted(attempt: () => Socket): Socket {
  try {
    return attempt()
  } catch (cause) {
    return new Socket().destroy(asError(cause))
  }
}

function together(errors: readonly Error[]): Error {
  const [first] = errors as readonly NodeJS.ErrnoException[]
  if (errors.length === 1 && first) return first
  return Object.assign(new AggregateError(errors, first?.message), { code: first?.code })
}
