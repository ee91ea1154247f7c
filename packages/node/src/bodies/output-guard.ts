import { DecodeError, type PreparedRequest, ResponseTooLargeError } from '@session-fetch/core'

/** A body may decode to this much, whatever it is made of. */
const FREE = 10 * 1024 * 1024

/** The most that a body may come to. */
export interface BodyLimits {
  /** Bytes, both as they come and as decoded. */
  readonly size: number
  /** Decoded bytes for each one that came. Deflate's own limit is about 1032. */
  readonly ratio: number
}

/** Watches how much a body decodes to. */
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

  /** Encoded bytes came from the source. */
  came(bytes: number): void {
    this.#came += bytes
  }

  /**
   * A coding was undone; `total` bytes came of it so far.
   *
   * @throws ResponseTooLargeError for what only a decompression bomb has: very much from very little
   */
  undone(total: number): void {
    if (total > FREE && total > this.#came * this.#ratio) {
      throw this.#tooLarge(
        `The body decodes to more than ${this.#ratio} times its size; 'Accept-Encoding: identity' asks for it as it is`,
      )
    }
  }

  /**
   * All codings of these bytes have been undone.
   *
   * @throws ResponseTooLargeError when the body is over its limit
   */
  decoded(bytes: number): void {
    this.#decoded += bytes
    if (this.#decoded > this.#limit)
      throw this.#tooLarge(`The body is over the limit of ${this.#limit} bytes`)
  }

  /** What zlib reports, as ours; what came of the network passes as it is. */
  decodeError(cause: unknown): unknown {
    const code = String((cause as NodeJS.ErrnoException | undefined)?.code)
    if (!/^(?:Z_|ZSTD_|ERR_.*(?:ZLIB|BROTLI|ZSTD|PADDING)|ERR__ERROR)/.test(code)) return cause
    return new DecodeError('The compressed body is corrupt or cut off', {
      request: this.#request,
      phase: 'body',
      cause,
    })
  }

  #tooLarge(what: string): ResponseTooLargeError {
    return new ResponseTooLargeError(what, { request: this.#request, phase: 'body' })
  }
}
