import type { ClientHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { io } from '../base/io.js'
import { connectionLost } from '../base/network-error.js'

/** Time limit for a ping, in milliseconds. */
const PING_TIMEOUT = 2000
/** After this many server failures, a connection is no longer used. */
const MAX_FAILURES = 3

/** The connection, as seen by the health check. */
interface Http2Owner {
  /** Whether any stream is open. */
  isBusy(): boolean
  /** The connection is lost and must not get requests. */
  onDead(): void
  /** The connection must get no more requests; existing streams may finish. */
  retire(): void
}

/** Detects connections that are dead, or on which the server fails every stream. */
export class Http2Health {
  /** Stops watching. */
  readonly end: () => void
  readonly #session: ClientHttp2Session
  readonly #socket: Socket
  readonly #owner: Http2Owner
  #pinging = false
  #failures = 0

  constructor(session: ClientHttp2Session, socket: Socket, owner: Http2Owner) {
    this.#session = session
    this.#socket = socket
    this.#owner = owner
    this.end = watchSilence(socket, {
      isBusy: () => owner.isBusy(),
      ping: (answered) => this.ping(answered),
    })
  }

  /**
   * Pings the server. If it does not answer in time, the connection and the streams are closed, long before TCP would
   * detect a dead peer.
   */
  ping(answered?: () => void): void {
    if (this.#session.destroyed || this.#pinging) return
    this.#pinging = true
    const giveUp = (): void => {
      this.#owner.onDead()
      this.#session.destroy(connectionLost('The connection does not respond'))
      this.#socket.destroy()
    }
    const timer = io.setTimeout(giveUp, PING_TIMEOUT).unref()
    this.#session.ping(() => {
      io.clearTimeout(timer)
      this.#pinging = false
      answered?.()
    })
  }

  /**
   * Counts a stream that the server failed without a response. A server may lose track of a connection's state and
   * fail every later stream: Node's own server does after many requests that it did not read. Existing streams may
   * still finish.
   */
  recordFailure(): void {
    this.#failures += 1
    if (this.#failures === MAX_FAILURES) this.#owner.retire()
  }
}

/** How long a connection with open streams may be silent before a ping, in milliseconds. */
export const SILENCE = 5000

/** Callbacks of a silence watch. */
interface SilenceWatch {
  /** Whether any stream is open. */
  readonly isBusy: () => boolean
  /** Pings the peer, and calls `answered` at its reply. */
  readonly ping: (answered: () => void) => void
}

/**
 * Sends a ping once when a connection has been silent. Only once, because a server may need time to respond, and some
 * close connections that ping often. Needed because Node can stop reading from a connection if the peer dies during a
 * large transfer, and then does not detect the failure.
 *
 * @returns a function that stops watching
 */
export function watchSilence(socket: Pick<Socket, 'bytesRead'>, { isBusy, ping }: SilenceWatch): () => void {
  let received = -1
  let pinged = false
  const answered = (): void => void (received = socket.bytesRead)
  const check = (): void => {
    const before = received
    received = isBusy() ? socket.bytesRead : -1
    if (received !== before || received < 0) {
      pinged = false
    } else if (!pinged) {
      pinged = true
      ping(answered)
    }
  }
  const timer = io.setInterval(check, SILENCE).unref()
  return () => io.clearInterval(timer)
}
