import type { ResponseTimings } from '@session-fetch/core'
import { io } from './io.js'

/** How long the steps of opening a connection took, in milliseconds. */
export class OpeningTimes {
  dns = 0
  connect = 0
  tls = 0
  #since = io.now()

  /** Ends a step, which began where the one before ended. */
  lap(step: 'dns' | 'connect' | 'tls'): void {
    const now = io.now()
    this[step] += now - this.#since
    this.#since = now
  }
}

/** When a request reached each of its points, by `io.now()`. */
export class RequestTimes {
  /** The connection that was opened for it; none where one was open. */
  opening: OpeningTimes | undefined
  /** When it was made. */
  readonly begun: number = io.now()
  #onEnded: (() => void) | undefined
  #started: number | undefined
  #sent: number | undefined
  #answered: number | undefined
  #ended: number | undefined

  /** It has a connection. */
  started(): void {
    this.#started = io.now()
  }

  /**
   * All of it was handed to the socket.
   *
   * @param atOnce Whether that took a single write, so that it needs no clock of its own.
   */
  sent(atOnce: boolean): void {
    this.#sent = atOnce ? this.#started : io.now()
  }

  /** The head of its response has come. */
  answered(at: number = io.now()): void {
    this.#answered = at
  }

  /** The body of its response has come. */
  ended(at: number = io.now()): void {
    this.#ended = at
    this.#onEnded?.()
  }

  /** Calls `run` when the body has come, at once if it has. */
  whenEnded(run: () => void): void {
    if (this.#ended === undefined) this.#onEnded = run
    else run()
  }

  shown(): ResponseTimings {
    const { dns, connect, tls } = this.opening ?? { dns: 0, connect: 0, tls: 0 }
    const since = (point: number | undefined): number | null =>
      point === undefined ? null : point - this.begun
    const queue = Math.max(0, (since(this.#started) ?? 0) - dns - connect - tls)
    return {
      queue,
      dns,
      connect,
      tls,
      sent: since(this.#sent),
      firstByte: since(this.#answered) ?? 0, // there is a response
      lastByte: since(this.#ended),
    }
  }
}
