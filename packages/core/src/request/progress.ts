import { InvalidRequestError } from '../model/errors.js'

/** The progress of a body. */
export interface Progress {
  /** Bytes transferred so far, counted after decoding. */
  readonly bytes: number
  /** The total size in bytes; `null` while unknown. Known in the last call for a body. */
  readonly total: number | null
}

/**
 * Called with `bytes: 0` at the start of a body, after each chunk, and at the end. If it throws or rejects, the
 * call fails. Chunks do not wait for the promise; the end of the body does.
 *
 * @example
 * const show: ProgressListener = ({ bytes, total }) => console.log(bytes, total)
 * await session.get('video', { onDownloadProgress: show }).blob()
 */
export type ProgressListener = (progress: Progress) => unknown

/** Listeners for the progress of a call. */
export interface ProgressOptions {
  /** Receives the progress of the response body. Default: none. */
  onDownloadProgress?: ProgressListener | null | undefined
  /** Receives the progress of the request body; restarts with each attempt and hop. Default: none. */
  onUploadProgress?: ProgressListener | null | undefined
}

/** Counts a body and calls the listener. */
export class ProgressMeter {
  readonly #listener: ProgressListener
  readonly #stop: (reason: unknown) => void
  #total: number | null = null
  #bytes = 0
  #pending: Promise<unknown> | undefined

  /**
   * @param stop Called with an error of the listener, which is also rethrown.
   * @throws InvalidRequestError if the listener is not a function
   */
  constructor(listener: ProgressListener, stop: (reason: unknown) => void) {
    if (typeof listener !== 'function')
      throw new InvalidRequestError('A progress listener must be a function')
    this.#listener = listener
    this.#stop = stop
  }

  /**
   * The body starts, or restarts.
   *
   * @param total The expected bytes; `null` if unknown.
   * @param bytes The number of bytes already transferred. Default: 0.
   */
  begin(total: number | null, bytes = 0): void {
    this.#total = total
    this.#bytes = bytes
    this.#notify()
  }

  /** A chunk was transferred. If there are more bytes than announced, the total becomes unknown. */
  add(bytes: number): void {
    this.#bytes += bytes
    if (this.#total !== null && this.#bytes > this.#total) this.#total = null
    this.#notify()
  }

  /**
   * The body is complete, so the total is known.
   *
   * @returns a promise of the listener, if it is asynchronous
   */
  end(): Promise<unknown> | undefined {
    if (this.#total !== this.#bytes) {
      this.#total = this.#bytes
      this.#notify()
    }
    return this.#pending
  }

  #notify(): void {
    try {
      const returned = this.#listener({ bytes: this.#bytes, total: this.#total })
      if (!(returned instanceof Promise)) return
      this.#pending = Promise.all([this.#pending, returned])
      this.#pending.catch(this.#stop)
    } catch (reason) {
      this.#stop(reason)
      throw reason
    }
  }
}
