import { InvalidRequestError } from '../model/errors.js'

/** How far a body has come. */
export interface Progress {
  /** Bytes of the body so far, as the caller gave them or is given them: after decoding. */
  readonly bytes: number
  /** All bytes of the body; `null` while that is unknown. The last call for a body has the number. */
  readonly total: number | null
}

/**
 * Called with `bytes: 0` when a body begins, after each chunk, and at its end. What it throws, or rejects with, fails
 * the call. The body does not wait for it, but for its end.
 */
export type ProgressListener = (progress: Progress) => unknown

export interface ProgressOptions {
  /** Told of the response's body as it is read. Default: nobody. */
  onDownloadProgress?: ProgressListener | null | undefined
  /** Told of the request's body as it is sent; each attempt and each hop begins anew. Default: nobody. */
  onUploadProgress?: ProgressListener | null | undefined
}

/** Counts a body and tells its listener. */
export class ProgressMeter {
  readonly #listener: ProgressListener
  readonly #stop: (reason: unknown) => void
  #total: number | null = null
  #bytes = 0
  #told: Promise<unknown> | undefined

  /**
   * @param stop Called with what the listener threw, which is thrown on.
   * @throws InvalidRequestError when the listener is no function
   */
  constructor(listener: ProgressListener, stop: (reason: unknown) => void) {
    if (typeof listener !== 'function')
      throw new InvalidRequestError('A progress listener must be a function')
    this.#listener = listener
    this.#stop = stop
  }

  /**
   * The body begins, or begins anew.
   *
   * @param total The bytes to expect; `null` where that is unknown.
   * @param bytes Those that are there already. Default: 0.
   */
  begin(total: number | null, bytes = 0): void {
    this.#total = total
    this.#bytes = bytes
    this.#tell()
  }

  /** A chunk came. After more than was announced, nobody knows how much there will be. */
  add(bytes: number): void {
    this.#bytes += bytes
    if (this.#total !== null && this.#bytes > this.#total) this.#total = null
    this.#tell()
  }

  /**
   * The body is over: its size is known now, if it was not before.
   *
   * @returns what waits for a listener that takes its time
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
