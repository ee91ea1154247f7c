import type { Readable } from 'node:stream'
import {
  DISCARD_LIMIT,
  DISCARD_PATIENCE,
  type PreparedRequest,
  ResponseTooLargeError,
  TruncatedError,
  timeoutError,
} from '@session-fetch/core'
import { atTurnEnd, holdProcess, io, releaseProcess, unrefTimer } from '../base/io.js'
import { asError, networkError } from '../base/network-error.js'
import { BodyBuffer } from './body-buffer.js'

/** Where a body's bytes come from: something that can be told to wait, to go on, and to stop. */
export interface ByteSource {
  pause(): void
  resume(): void
  /** Stops for good; the connection is given up. */
  abort(reason: Error): void
  /** How many bytes are yet to come, where that is known. */
  readonly left?: number | undefined
  /** What comes no longer keeps the process alive. */
  unref?(): void
}

/** For how many milliseconds a body whose source waits may be without its first reader while a call needs a connection. */
const FIRST_READ = 100
/** And for how long nobody may read a body that is still coming, or has been read in part. */
const NEXT_READ = 5000
/** As much of a body that nobody reads is taken into memory where that frees a connection which is not ours. */
const MORE_ROOM = 1_048_576

/**
 * The bytes of a response on their way from the socket to a reader. Up to 64 KiB are taken off the socket
 * before anyone asks; after that the source waits until they are read.
 */
export class IncomingBody {
  #buffer = new BodyBuffer()
  #over: { error?: unknown } | undefined
  #collecting = false
  #paused = false
  /** Bytes that are taken off the source without being asked for. */
  #room = DISCARD_LIMIT
  /** Whether a reader has asked for bytes. */
  #touched = false
  /** Whether a reader waits for bytes. */
  #awaited = false
  /** When it was first seen that no reader waited for bytes, nor has taken any since. */
  #unreadSince: number | undefined
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
  /** Called each time that the source must wait for a reader. */
  onFull: (() => void) | undefined
  /** Called once with what a body failed with, and before `onOver`. */
  onFailure: ((error: unknown) => void) | undefined

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

  /** Whether it broke, was aborted, or was given up. */
  get failed(): boolean {
    return this.#over !== undefined && Object.hasOwn(this.#over, 'error')
  }

  /** What it failed with. */
  get failure(): unknown {
    return this.#over?.error
  }

  /** How many bytes are there and were not taken. */
  get size(): number {
    return this.#buffer.size
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
    this.#buffer.add(chunk, this.#source.left)
    if (!this.#collecting && !this.#paused && this.#buffer.size > this.#room) {
      this.#paused = true
      this.#source.pause()
      this.onFull?.()
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

  /** The call was aborted: readers get no more bytes, those that came before included. */
  stop(reason: unknown): void {
    if (this.#over) return
    this.#buffer.take()
    this.#finish({ error: reason })
  }

  /** Nobody will read the rest. */
  cancel(reason: Error): void {
    if (this.#over) return
    this.#finish({ error: reason })
    this.#source.abort(reason)
  }

  /** The next bytes, or `null` at the end. */
  async next(): Promise<Uint8Array | null> {
    this.#touched = true
    this.#unreadSince = undefined
    if (this.#buffer.size === 0 && !this.#over) await this.#wait(() => this.#buffer.size > 0)
    const chunk = this.#buffer.shift()
    if (chunk === undefined) return this.#ending()
    if (this.#buffer.size <= DISCARD_LIMIT / 2) this.#resume()
    return chunk
  }

  /** All bytes, as they came; at once where they are there. They are the caller's then, and no longer held here. */
  all(): readonly Uint8Array[] | Promise<readonly Uint8Array[]> {
    this.#touched = this.#collecting = true
    return this.#over ? this.#handOver() : this.#rest()
  }

  async #rest(): Promise<readonly Uint8Array[]> {
    const { left } = this.#source
    if (left !== undefined) this.#buffer.gather(left)
    this.#resume()
    await this.#wait(() => false)
    return this.#handOver()
  }

  /** A reader waits, until there is what it waits for or nothing more will come; and the process with it. */
  async #wait(isThere: () => boolean): Promise<void> {
    this.#awaited = true
    holdProcess()
    while (!this.#over && !isThere()) await this.#changed()
    releaseProcess()
    this.#awaited = false
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
   * Nobody will read it: waits until it has ended by itself, for as long as that is cheap; then lets it go. A reader
   * that begins meanwhile, or in the same turn of the event loop, has it all the same.
   */
  async discard(): Promise<void> {
    if (this.#over) return
    const timer = io.setTimeout(() => this.#letGo(), DISCARD_PATIENCE)
    while (!this.#over && !this.#paused && !this.#touched) await this.#changed()
    io.clearTimeout(timer)
    if (this.#paused) await new Promise<void>(atTurnEnd)
    this.#letGo()
  }

  /**
   * Milliseconds until this is a body that nobody reads; `Infinity` while a reader waits for its bytes.
   *
   * @param now A monotonic reading in milliseconds.
   * @param patient Whether a body whose source waits is given a moment for its first reader.
   */
  unreadIn(now: number, patient: boolean): number {
    if (this.#over || this.#awaited) return Infinity
    const isFull = this.#paused && !this.#touched && this.#room < MORE_ROOM
    if (isFull && !patient) return 0
    this.#unreadSince ??= now
    return Math.max(0, this.#unreadSince + (isFull ? FIRST_READ : NEXT_READ) - now)
  }

  /**
   * Frees the connection of a body that nobody reads: takes more of it into memory, or, where that was not enough,
   * cancels it.
   */
  relieve(): void {
    if (!this.#paused || this.#touched) return
    if (this.#room === MORE_ROOM) return this.cancel(unread(this.#request))
    this.#room = MORE_ROOM
    this.#unreadSince = undefined
    this.#resume()
  }

  /** Whoever has not begun to read it lets the process end. */
  unref(): void {
    if (!this.#touched) this.#source.unref?.()
  }

  #letGo(): void {
    if (!this.#touched) this.cancel(discarded())
  }

  #ending(): null {
    if (this.#over && Object.hasOwn(this.#over, 'error')) throw this.#over.error
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
    unrefTimer(this.#silence)
  }

  #finish(over: { error?: unknown }): void {
    if (this.#over) return
    this.#over = over
    clearTimeout(this.#silence)
    this.#notify()
    if (Object.hasOwn(over, 'error')) this.onFailure?.(over.error)
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

function unread(request: PreparedRequest): TruncatedError {
  return new TruncatedError('The body was left unread while others waited for its connection', { request })
}

function tooLarge(limit: number, request: PreparedRequest): ResponseTooLargeError {
  return new ResponseTooLargeError(`The body is over the limit of ${limit} bytes`, { request, phase: 'body' })
}

/** A Node stream as a body, and what makes it fail from outside. */
interface ReadableBody {
  readonly incoming: IncomingBody
  readonly fail: (cause: unknown) => void
}

/** Takes a body from a Node stream: an `http` message, or what a library puts in its place. */
export function readableBody(body: Readable, request: PreparedRequest, limit: number): ReadableBody {
  const abort = (reason: Error): void => void body.destroy(reason)
  const source = { pause: () => body.pause(), resume: () => body.resume(), abort }
  const incoming = new IncomingBody(source, request, limit)
  const { cancellation } = request
  const fail = (cause: unknown): void =>
    incoming.fail(cancellation.aborted ? cancellation.reason : networkError(cause, request, 'body'))
  const cutOff = (): void =>
    fail(new TruncatedError('The connection was lost in mid-body', { request, phase: 'body' }))
  body.on('data', (chunk: Buffer) => incoming.push(chunk))
  body.on('end', () => incoming.end())
  body.on('error', fail)
  body.on('close', cutOff)
  if (body.destroyed) cutOff()
  cancellation.onAbort((reason) => {
    incoming.stop(reason)
    body.destroy(asError(reason))
  })
  return { incoming, fail }
}
