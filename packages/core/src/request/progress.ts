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
 * call fails. Chunks do not wait for its promise; the end of the body does.
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

/** Counts a body and calls its listener. */
export class ProgressMeter {
  readonly #listener: ProgressListener
  readonly #stop: (reason: unknown) => void
  #total: number | null = null
  #bytes = 0
  #told: Promise<unknown> | undefined

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
   * @param bytes Bytes that are already there. Default: 0.
   */
  begin(total: number | null, bytes = 0): void {
    this.#total = total
    this.#bytes = bytes
    this.#tell()
  }

  /** A chunk was transferred. If there are more bytes than announced, the total becomes unknown. */
  add(bytes: number): void {
    this.#bytes += bytes
    if (this.#total !== null && this.#bytes > this.#total) this.#total = null
    this.#tell()
  }

  /**
   * The body is complete, so the total is known.
   *
   * @returns a promise of the listener, if it is asynchronous
   */
  end(): Promise<unknown> | undefined {
    if (this.#total !== this.#bytes) {
      this.#total = this.#bytes
      this.#tell()
    }
    return this.#told
  }

  #tell(): void {
    try {
      const told = this.#listener({ bytes: this.#bytes, total: this.#total })
      if (!(told instanceof Promise)) return
      this.#told = Promise.all([this.#told, told])
      this.#told.catch(this.#stop)
    } catch (reason) {
      this.#stop(reason)
      throw reason
    }
  }
}
