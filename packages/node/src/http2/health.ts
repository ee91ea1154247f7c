import type { ClientHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { io } from '../base/io.js'
import { connectionLost } from '../base/network-error.js'

/** How long a ping may take, in milliseconds. */
const PING_TIMEOUT = 2000
/** So many streams end unanswered, by the server's own trouble, before their connection is given up. */
const MAX_FAILURES = 3

/** Whose a connection is. */
interface Http2Owner {
  /** Whether anything is under way. */
  isBusy(): boolean
  /** The connection is given up: no request may meet it. */
  forget(): void
  /** The connection takes no more requests; what it carries may end. */
  retire(): void
}

/** Whether a connection is still there, and whether its server can still do anything with it. */
export class Http2Health {
  /** Ends the watch. */
  readonly end: () => void
  readonly #session: ClientHttp2Session
  readonly #owner: Http2Owner
  #pinging = false
  #failures = 0

  constructor(session: ClientHttp2Session, socket: Socket, owner: Http2Owner) {
    this.#session = session
    this.#owner = owner
    this.end = watchSilence(socket, {
      isBusy: () => owner.isBusy(),
      ask: (answered) => this.ping(answered),
    })
  }

  /**
   * It may be dead, of which TCP would not tell for many minutes: where not even a ping is answered, what it carries is
   * lost, and the next request does not meet it.
   */
  ping(answered?: () => void): void {
    if (this.#session.destroyed || this.#pinging) return
    this.#pinging = true
    const giveUp = (): void => {
      this.#owner.forget()
      this.#session.destroy(connectionLost('The connection does not answer'))
    }
    const timer = io.setTimeout(giveUp, PING_TIMEOUT).unref()
    this.#session.ping(() => {
      io.clearTimeout(timer)
      this.#pinging = false
      answered?.()
    })
  }

  /**
   * A stream ended unanswered, by the server's own trouble. It may have lost count of what a connection holds, and
   * refuse each stream of it from then on: Node's own does after many requests that it did not read. What such a
   * connection carries may still end.
   */
  recordFailure(): void {
    this.#failures += 1
    if (this.#failures === MAX_FAILURES) this.#owner.retire()
  }
}

/** How long a connection that carries something may bring nothing, in milliseconds, before it is asked. */
export const SILENCE = 5000

/** What a watch of a connection needs to know, and does. */
interface SilenceWatch {
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
