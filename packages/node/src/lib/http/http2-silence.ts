import type { Socket } from 'node:net'
import { io } from '../io.js'

/** How long a connection that carries something may bring nothing, in milliseconds, before it is asked. */
export const SILENCE = 5000

/** What a watch of a connection needs to know, and does. */
export interface SilenceWatch {
  /** Whether anything is under way. */
  readonly isBusy: () => boolean
  /** Asks the other side whether it is still there, and tells when it has answered. */
  readonly ask: (answered: () => void) => void
}

/**
 * Watches a connection for silence, in which it is asked once: a server may take its time with an answer, and some
 * give up clients that ask often. Node can stop reading from a connection whose other side dies while much comes from
 * it, and then hears neither of its end nor of anything else.
 *
 * @returns what ends the watch
 */
export function watchSilence(socket: Pick<Socket, 'bytesRead'>, { isBusy, ask }: SilenceWatch): () => void {
  let heard = -1
  let asked = false
  const answered = (): void => void (heard = socket.bytesRead)
  const look = (): void => {
    const before = heard
    heard = isBusy() ? socket.bytesRead : -1
    if (heard !== before || heard < 0) {
      asked = false
    } else if (!asked) {
      asked = true
      ask(answered)
    }
  }
  const timer = io.setInterval(look, SILENCE).unref()
  return () => io.clearInterval(timer)
}
