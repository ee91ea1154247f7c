import type { ResponseTimings } from '@session-fetch/core'
import { io } from './io.js'

/** How long the steps of opening a connection took, in milliseconds. */
export class OpeningTimes {
  dns = 0
  connect = 0
  tls = 0
  #since = io.now()

  /** Ends a step, which started when the previous one ended. */
  lap(step: 'dns' | 'connect' | 'tls'): void {
    const now = io.now()
    this[step] += now - this.#since
    this.#since = now
  }
}

/** The times at which a request reached each stage, by `io.now()`. */
export class RequestTimes {
  /** The times of opening the connection; `undefined` on a reused one. */
  opening: OpeningTimes | undefined
  /** When the request was created. */
  readonly begun: number = io.now()
  #onEnded: (() => void) | undefined
  #started: number | undefined
  #sent: number | undefined
  #answered: number | undefined
  #ended: number | undefined

  /** Called when the request has a connection. */
  started(): void {
    this.#started = io.now()
  }

  /**
   * Called when the whole request was written to the socket.
   *
   * @param atOnce Whether that was a single write, right after the start, so that the clock need not be read again.
   */
  sent(atOnce: boolean): void {
    this.#sent = atOnce ? this.#started : io.now()
  }

  /** Called when the response headers were received. */
  answered(at: number = io.now()): void {
    this.#answered = at
  }

  /** Called when the response body was received. */
  ended(at: number = io.now()): void {
    this.#ended = at
    this.#onEnded?.()
  }

  /** Calls `run` when the response body was received; immediately if it has been already. */
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
      firstByte: since(this.#answered) ?? 0, // always set, because there is a response
      lastByte: since(this.#ended),
    }
  }
}
