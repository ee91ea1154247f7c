import { type PreparedRequest, ResponseTooLargeError, TruncatedError } from '@session-fetch/core'
import { DISCARD_LIMIT, DISCARD_TIMEOUT, timeoutError } from '@session-fetch/core/adapter'
import { atTurnEnd, holdProcess, io, releaseProcess, unrefTimer } from '../base/io.js'
import { BodyBuffer } from './body-buffer.js'

/** A source of bytes that can be paused, resumed and aborted. */
export interface ByteSource {
  pause(): void
  resume(): void
  /** Stops for good and gives up the connection. */
  abort(reason: Error): void
  /** The number of bytes still to come, if known. */
  readonly left?: number | undefined
  /** Stops keeping the process alive. */
  unref?(): void
}

/** How long, in milliseconds, a paused body may wait for its first reader while a call needs its connection. */
const FIRST_READ = 100
/** The same for a body that is still arriving, or has been read in part. */
const NEXT_READ = 5000
/** How much of an unread body is buffered to free a connection of an agent or a dispatcher. */
const EXTENDED_READ_AHEAD = 1_048_576

/**
 * Buffers the bytes of a response between the socket and the reader. Up to 64 KiB are read from the socket in
 * advance; then the source is paused until they are read.
 */
export class IncomingBody {
  #buffer = new BodyBuffer()
  #over: { error?: unknown } | undefined
  #collecting = false
  #paused = false
  /** How many bytes are read in advance. */
  #readAhead = DISCARD_LIMIT
  /** Whether a reader has started. */
  #readStarted = false
  /** Whether a reader is waiting for bytes. */
  #readPending = false
  /** When the body was first found without a waiting reader, since the last read. */
  #unreadSince: number | undefined
  /** The promise that waiting readers share, and its `resolve`. */
  #change: Promise<void> | undefined
  #wake: (() => void) | undefined
  #bodyTimer: NodeJS.Timeout | undefined
  readonly #source: ByteSource
  readonly #request: PreparedRequest
  readonly #limit: number
  /** The number of bytes received. */
  total = 0
  /** Called once, at the end of the body. */
  onOver: (() => void) | undefined
  /** Called each time the source is paused. */
  onFull: (() => void) | undefined
  /** Called once with the error of a failed body, before `onOver`. */
  onFailure: ((error: unknown) => void) | undefined

  /**
   * @param request The request of the response; its `timeout.body` limits the time between two chunks.
   * @param limit The maximum number of bytes.
   */
  constructor(source: ByteSource, request: PreparedRequest, limit: number = Infinity) {
    this.#source = source
    this.#request = request
    this.#limit = limit
    this.#restartTimer()
  }

  get over(): boolean {
    return this.#over !== undefined
  }

  /** Whether it failed, was aborted or was cancelled. */
  get failed(): boolean {
    return this.#over !== undefined && Object.hasOwn(this.#over, 'error')
  }

  /** The error of a failed body. */
  get failure(): unknown {
    return this.#over?.error
  }

  /** The number of buffered bytes. */
  get size(): number {
    return this.#buffer.size
  }

  /**
   * Adds bytes, which are copied, because the source may reuse its memory. Empty chunks, which a dispatcher may report
   * after a pause, are ignored, because a byte stream rejects them.
   */
  push(chunk: Uint8Array): void {
    if (this.#over || chunk.byteLength === 0) return
    this.total += chunk.byteLength
    if (this.total > this.#limit) {
      this.cancel(tooLarge(this.#limit, this.#request))
      return
    }
    this.#buffer.add(chunk, this.#source.left)
    if (!this.#collecting && !this.#paused && this.#buffer.size > this.#readAhead) {
      this.#paused = true
      this.#source.pause()
      this.onFull?.()
    }
    this.#restartTimer()
    if (!this.#collecting) this.#notify() // a reader of the whole body is woken only at the end
  }

  /** Ends the body. */
  end(): void {
    this.#finish({})
  }

  /** Fails the body. Readers get the bytes received before, then the error. */
  fail(error: unknown): void {
    this.#finish({ error })
  }

  /** Aborts the body. Readers get the reason immediately, and no buffered bytes. */
  stop(reason: unknown): void {
    if (this.#over) return
    this.#buffer.take()
    this.#finish({ error: reason })
  }

  /** Cancels the body, and the source. */
  cancel(reason: Error): void {
    if (this.#over) return
    this.#finish({ error: reason })
    this.#source.abort(reason)
  }

  /** The next chunk, or `null` at the end. */
  async next(): Promise<Uint8Array | null> {
    this.#readStarted = true
    this.#unreadSince = undefined
    if (this.#buffer.size === 0 && !this.#over) await this.#wait(() => this.#buffer.size > 0)
    const chunk = this.#buffer.shift()
    if (chunk === undefined) return this.#ending()
    if (this.#buffer.size <= DISCARD_LIMIT / 2) this.#resume()
    return chunk
  }

  /** All bytes, synchronously if the body is complete. The caller owns them; they are removed from the buffer. */
  all(): readonly Uint8Array[] | Promise<readonly Uint8Array[]> {
    this.#readStarted = this.#collecting = true
    return this.#over ? this.#handOver() : this.#rest()
  }

  async #rest(): Promise<readonly Uint8Array[]> {
    const { left } = this.#source
    if (left !== undefined) this.#buffer.gather(left)
    this.#resume()
    await this.#wait(() => false)
    return this.#handOver()
  }

  /** Waits until `isReady` returns true, or for the end; keeps the process alive meanwhile. */
  async #wait(isReady: () => boolean): Promise<void> {
    this.#readPending = true
    holdProcess()
    while (!this.#over && !isReady()) await this.#changed()
    releaseProcess()
    this.#readPending = false
  }

  #handOver(): readonly Uint8Array[] {
    this.#ending()
    return this.#buffer.take()
  }

  /** An independent copy of a body that is over. */
  copy(): IncomingBody {
    const copy = new IncomingBody(this.#source, this.#request)
    copy.#buffer = this.#buffer.copy()
    copy.#finish(this.#over ?? {})
    return copy
  }

  /**
   * Discards the body: waits a short time for the end, then cancels it. A reader that starts meanwhile, or in the same
   * turn of the event loop, still gets it.
   */
  async discard(): Promise<void> {
    if (this.#over) return
    const timer = io.setTimeout(() => this.#cancelUnread(), DISCARD_TIMEOUT)
    while (!this.#over && !this.#paused && !this.#readStarted) await this.#changed()
    io.clearTimeout(timer)
    if (this.#paused) await new Promise<void>(atTurnEnd)
    this.#cancelUnread()
  }

  /**
   * Milliseconds until the body counts as unread; `Infinity` while a reader is waiting.
   *
   * @param now Monotonic time in milliseconds.
   * @param withGrace Whether a paused body gets `FIRST_READ` for its first reader.
   */
  unreadAfter(now: number, withGrace: boolean): number {
    if (this.#over || this.#readPending) return Infinity
    const isFull = this.#paused && !this.#readStarted && this.#readAhead < EXTENDED_READ_AHEAD
    if (isFull && !withGrace) return 0
    this.#unreadSince ??= now
    return Math.max(0, this.#unreadSince + (isFull ? FIRST_READ : NEXT_READ) - now)
  }

  /** Frees the connection of an unread body: buffers more of it, or cancels it if that was not enough. */
  freeConnection(): void {
    if (!this.#paused || this.#readStarted) return
    if (this.#readAhead === EXTENDED_READ_AHEAD) return this.cancel(unread(this.#request))
    this.#readAhead = EXTENDED_READ_AHEAD
    this.#unreadSince = undefined
    this.#resume()
  }

  /** Allows the process to exit, unless a reader has started. */
  unref(): void {
    if (!this.#readStarted) this.#source.unref?.()
  }

  #cancelUnread(): void {
    if (!this.#readStarted) this.cancel(discarded())
  }

  #ending(): null {
    if (this.#over && Object.hasOwn(this.#over, 'error')) throw this.#over.error
    return null
  }

  #resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#restartTimer()
    this.#source.resume()
  }

  /**
   * Restarts the timer for `timeout.body`. It is stopped while the source is paused, because then the reader is slow,
   * not the source.
   */
  #restartTimer(): void {
    const ms = this.#request.settings.timeouts?.body
    if (ms === undefined || ms === Infinity) return
    clearTimeout(this.#bodyTimer)
    if (this.#paused || this.#over) return
    this.#bodyTimer = setTimeout(() => this.cancel(timeoutError('body', ms, this.#request)), ms)
    unrefTimer(this.#bodyTimer)
  }

  #finish(over: { error?: unknown }): void {
    if (this.#over) return
    this.#over = over
    clearTimeout(this.#bodyTimer)
    this.#notify()
    if (Object.hasOwn(over, 'error')) this.onFailure?.(over.error)
    this.onOver?.()
  }

  /** Resolves when bytes were received or the body is over. */
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

/** The error of a body that was discarded before it was read. */
export function discarded(): Error {
  return new DOMException('The body was discarded before it had been read', 'AbortError')
}

function unread(request: PreparedRequest): TruncatedError {
  return new TruncatedError('The body was left unread while other calls waited for its connection', {
    request,
  })
}

function tooLarge(limit: number, request: PreparedRequest): ResponseTooLargeError {
  return new ResponseTooLargeError(`The body exceeds the limit of ${limit} bytes`, { request, phase: 'body' })
}
