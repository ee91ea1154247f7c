import {
  DISCARD_LIMIT,
  DISCARD_PATIENCE,
  type PreparedRequest,
  ResponseTooLargeError,
  timeoutError,
} from '@session-fetch/core'
import { io, unhold } from '../io.js'
import { HeldBytes } from './held-bytes.js'

/** Where a body's bytes come from: something that can be told to wait, to go on, and to stop. */
export interface ByteSource {
  pause(): void
  resume(): void
  /** Stops for good; the connection is given up. */
  abort(reason: Error): void
  /** How many bytes are yet to come, where that is known. */
  readonly left?: number | undefined
}

/**
 * The bytes of a response on their way from the socket to a reader. Up to 64 KiB are taken off the socket
 * before anyone asks; after that the source waits until they are read.
 */
export class IncomingBody {
  #held = new HeldBytes()
  #over: { error?: unknown } | undefined
  #collecting = false
  #paused = false
  /** What readers wait for, and what ends their wait. */
  #change: Promise<void> | undefined
  #wake: (() => void) | undefined
  #silence: NodeJS.Timeout | undefined
  readonly #source: ByteSource
  readonly #request: PreparedRequest
  readonly #limit: number
  #total = 0
  /** Called once, when no more bytes will come. */
  onOver: (() => void) | undefined

  /**
   * @param request What this answers; its `timeout.body` limits the source's silences.
   * @param limit The most bytes that may come.
   */
  constructor(source: ByteSource, request: PreparedRequest, limit: number = Infinity) {
    this.#source = source
    this.#request = request
    this.#limit = limit
    this.#listen()
  }

  get over(): boolean {
    return this.#over !== undefined
  }

  /**
   * The source has bytes, and may use their memory again. After a pause a dispatcher may report none, which a stream of
   * bytes does not take.
   */
  push(chunk: Uint8Array): void {
    if (this.#over || chunk.byteLength === 0) return
    this.#total += chunk.byteLength
    if (this.#total > this.#limit) {
      this.cancel(tooLarge(this.#limit, this.#request))
      return
    }
    this.#held.add(chunk, this.#source.left)
    if (!this.#collecting && !this.#paused && this.#held.size > DISCARD_LIMIT) {
      this.#paused = true
      this.#source.pause()
    }
    this.#listen()
    if (!this.#collecting) this.#notify() // who wants all of it is told at the end
  }

  /** The source has no more bytes. */
  end(): void {
    this.#finish({})
  }

  /** The source failed; readers are told once they have read what came before. */
  fail(error: unknown): void {
    this.#finish({ error })
  }

  /** Nobody will read the rest. */
  cancel(reason: Error): void {
    if (this.#over) return
    this.#finish({ error: reason })
    this.#source.abort(reason)
  }

  /** The next bytes, or `null` at the end. */
  async next(): Promise<Uint8Array | null> {
    while (this.#held.size === 0 && !this.#over) await this.#changed()
    const chunk = this.#held.shift()
    if (chunk === undefined) return this.#ending()
    if (this.#held.size <= DISCARD_LIMIT / 2) this.#resume()
    return chunk
  }

  /** All bytes, as they came; at once where they are there. They are the caller's then, and no longer held here. */
  all(): readonly Uint8Array[] | Promise<readonly Uint8Array[]> {
    this.#collecting = true
    return this.#over ? this.#handOver() : this.#rest()
  }

  async #rest(): Promise<readonly Uint8Array[]> {
    const { left } = this.#source
    if (left !== undefined) this.#held.gather(left)
    this.#resume()
    while (!this.#over) await this.#changed()
    return this.#handOver()
  }

  #handOver(): readonly Uint8Array[] {
    this.#ending()
    return this.#held.take()
  }

  /** An independent copy of a body that is over. */
  copy(): IncomingBody {
    const copy = new IncomingBody(this.#source, this.#request)
    copy.#held = this.#held.copy()
    copy.#finish(this.#over ?? {})
    return copy
  }

  /** Nobody will read it: waits until it has ended by itself, for as long as that is cheap; then lets it go. */
  async discard(): Promise<void> {
    const reason = discarded()
    const timer = io.setTimeout(() => this.cancel(reason), DISCARD_PATIENCE)
    while (!this.#over && !this.#paused) await this.#changed()
    io.clearTimeout(timer)
    this.cancel(reason)
  }

  #ending(): null {
    if (this.#over && 'error' in this.#over) throw this.#over.error
    return null
  }

  #resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#listen()
    this.#source.resume()
  }

  /** Starts the clock of a silence anew. A reader that makes the source wait is not the source's silence. */
  #listen(): void {
    const ms = this.#request.settings.timeouts?.body
    if (ms === undefined || ms === Infinity) return
    clearTimeout(this.#silence)
    if (this.#paused || this.#over) return
    this.#silence = setTimeout(() => this.cancel(timeoutError('body', ms, this.#request)), ms)
    unhold(this.#silence)
  }

  #finish(over: { error?: unknown }): void {
    if (this.#over) return
    this.#over = over
    clearTimeout(this.#silence)
    this.#notify()
    this.onOver?.()
  }

  /** Resolves when bytes came or the body is over. */
  #changed(): Promise<void> {
    this.#change ??= new Promise((resolve) => {
      this.#wake = resolve
    })
    return this.#change
  }

  #notify(): void {
    const wake = this.#wake
    this.#wake = undefined
    this.#change = undefined
    wake?.()
  }
}

/** Why a body was let go that nobody had read. */
export function discarded(): Error {
  return new DOMException('The body was discarded before it had been read', 'AbortError')
}

function tooLarge(limit: number, request: PreparedRequest): ResponseTooLargeError {
  return new ResponseTooLargeError(`The body is over the limit of ${limit} bytes`, { request, phase: 'body' })
}
