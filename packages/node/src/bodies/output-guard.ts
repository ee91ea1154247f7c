import { DecodeError, type PreparedRequest, ResponseTooLargeError } from '@session-fetch/core'

/** Any body may decode to this many bytes, whatever the ratio. */
const FREE = 10 * 1024 * 1024

/** The limits of a response body. */
export interface BodyLimits {
  /** Maximum bytes, both received and decoded. */
  readonly size: number
  /** Decoded bytes per received byte. Deflate cannot exceed about 1032. */
  readonly ratio: number
}

/** Counts how much a body decodes to, against its limits. */
export class OutputGuard {
  readonly #request: PreparedRequest
  readonly #limit: number
  readonly #ratio: number
  #came = 0
  #decoded = 0

  constructor(request: PreparedRequest, { size, ratio }: BodyLimits) {
    this.#request = request
    this.#limit = size
    this.#ratio = ratio
  }

  /** Counts received bytes. */
  came(bytes: number): void {
    this.#came += bytes
  }

  /**
   * Checks the output of one coding, `total` bytes so far.
   *
   * @throws ResponseTooLargeError for a decompression bomb: far more output than input
   */
  undone(total: number): void {
    if (total > FREE && total > this.#came * this.#ratio) {
      throw this.#tooLarge(
        `The body decodes to more than ${this.#ratio} times its size; send 'Accept-Encoding: identity' to get it uncompressed`,
      )
    }
  }

  /**
   * Counts bytes after all codings were undone.
   *
   * @throws ResponseTooLargeError if the body exceeds its limit
   */
  decoded(bytes: number): void {
    this.#decoded += bytes
    if (this.#decoded > this.#limit)
      throw this.#tooLarge(`The body exceeds the limit of ${this.#limit} bytes`)
  }

  /** Converts a zlib error to a `DecodeError`; network errors are returned unchanged. */
  decodeError(cause: unknown): unknown {
    const code = String((cause as NodeJS.ErrnoException | undefined)?.code)
    if (!/^(?:Z_|ZSTD_|ERR_.*(?:ZLIB|BROTLI|ZSTD|PADDING)|ERR__ERROR)/.test(code)) return cause
    return new DecodeError('The compressed body is corrupt or truncated', {
      request: this.#request,
      phase: 'body',
      cause,
    })
  }

  #tooLarge(what: string): ResponseTooLargeError {
    return new ResponseTooLargeError(what, { request: this.#request, phase: 'body' })
  }
}
