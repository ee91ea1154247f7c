import {
  DecodeError,
  HeadersTooLargeError,
  InvalidRequestError,
  type PreparedRequest,
  ProtocolError,
  ResponseTooLargeError,
} from '@session-fetch/core'
import { optionsOf } from '@session-fetch/core/adapter'
import { checkNames } from '../base/check-names.js'

/** Limits on what a server may send. `Infinity` disables a limit. */
export interface LimitOptions {
  /** Bytes of the headers of one response, names and values. Default: 16 384. */
  headerBytes?: number | undefined
  /** Header lines of one response. Default: 256. */
  headers?: number | undefined
  /** `Set-Cookie` lines of one response. Default: 180. */
  setCookies?: number | undefined
  /** Informational responses (1xx) before the final one. Default: 16. */
  informational?: number | undefined
  /** Decoded bytes per received byte of a compressed body, checked above 10 MiB. Default: 200. */
  ratio?: number | undefined
}

export type Limits = { readonly [Name in keyof LimitOptions]-?: number }

export const DEFAULT_LIMITS: Limits = Object.freeze({
  headerBytes: 16_384,
  headers: 256,
  setCookies: 180,
  informational: 16,
  ratio: 200,
})

/**
 * Fills in the defaults.
 *
 * @throws InvalidRequestError for an unknown limit, or one that is not a whole number of 0 or more
 */
export function toLimits(given: LimitOptions | null | undefined): Limits {
  const options = optionsOf(given, 'limits')
  checkNames('limits', options, Object.keys(DEFAULT_LIMITS))
  const limits = { ...DEFAULT_LIMITS }
  for (const name of Object.keys(DEFAULT_LIMITS) as (keyof Limits)[]) {
    const limit = options[name]
    if (limit !== undefined && limit !== null) limits[name] = toLimit(`limits.${name}`, limit)
  }
  return Object.freeze(limits)
}

/** The limits for the body of this request's response. */
export function bodyLimits(request: PreparedRequest, { ratio }: Limits): BodyLimits {
  return { size: request.maxResponseSize ?? Infinity, ratio }
}

/** @throws InvalidRequestError if `maxResponseSize` is not a whole number of 0 or more */
export function checkResponseSize({ maxResponseSize }: PreparedRequest): void {
  if (maxResponseSize !== undefined && maxResponseSize !== null) toLimit('maxResponseSize', maxResponseSize)
}

/** The limit for parsers, which do not accept `Infinity`. */
export function parserLimit({ headerBytes }: Limits): number {
  return Math.min(Math.max(headerBytes, 1), 2 ** 31 - 1)
}

function toLimit(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && (Number.isInteger(value) || value === Infinity)) return value
  throw new InvalidRequestError(`${name} must be a whole number of 0 or more`)
}

/** A response before the body. */
interface Head {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The header lines as received: name, value, name, value. */
  readonly raw: RawHeaders
}

type RawHeaders = readonly { readonly length: number }[]

/**
 * Checks the head of a response.
 *
 * @throws ProtocolError for an invalid status or an unknown transfer coding
 * @throws HeadersTooLargeError for too many headers or cookies; none is stored
 */
export function checkHead({ status, headers, raw }: Head, limits: Limits, request: PreparedRequest): void {
  if (status < 100 || status > 999)
    throw new ProtocolError(`The server answered with status ${status}`, { request, phase: 'headers' })
  const { 'transfer-encoding': transfer, 'set-cookie': cookies } = headers
  // With any other coding, RFC 9112 §6.3 makes the body last until the connection ends, still encoded.
  if (transfer !== undefined && !/^chunked$/i.test(String(transfer)))
    throw new ProtocolError('The server used an unknown transfer coding', { request, phase: 'headers' })
  checkRaw(raw, limits, request)
  const set = cookies === undefined ? 0 : typeof cookies === 'string' ? 1 : cookies.length
  if (set > limits.setCookies) throw tooMany('cookies', limits.setCookies, request)
}

function checkRaw(raw: RawHeaders, { headers, headerBytes }: Limits, request: PreparedRequest): void {
  if (raw.length > 2 * headers) throw tooMany('headers', headers, request)
  let bytes = 0
  for (const { length } of raw) bytes += length
  if (bytes > headerBytes) throw tooMany('bytes of headers', headerBytes, request)
}

/** @throws ProtocolError for too many interim responses */
export function countInterim(
  count: number,
  { status, limits, request }: { status: number; limits: Limits; request: PreparedRequest },
): void {
  if (count <= limits.informational) return
  throw new ProtocolError(`The server sent more than ${limits.informational} responses of status ${status}`, {
    request,
    phase: 'headers',
  })
}

function tooMany(what: string, limit: number, request: PreparedRequest): HeadersTooLargeError {
  return new HeadersTooLargeError(`The response has more than ${limit} ${what}`, {
    request,
    phase: 'headers',
  })
}

/** Any body may decode to this many bytes, regardless of the ratio. */
const RATIO_EXEMPT = 10 * 1024 * 1024

/** The limits of a response body. */
export interface BodyLimits {
  /** Maximum bytes, both received and decoded. */
  readonly size: number
  /** Decoded bytes per received byte. Deflate cannot exceed about 1032. */
  readonly ratio: number
}

/** Checks the decoded size of a body against the limits. */
export class OutputGuard {
  readonly #request: PreparedRequest
  readonly #limit: number
  readonly #ratio: number
  #received = 0
  #decoded = 0

  constructor(request: PreparedRequest, { size, ratio }: BodyLimits) {
    this.#request = request
    this.#limit = size
    this.#ratio = ratio
  }

  /** Counts received bytes. */
  received(bytes: number): void {
    this.#received += bytes
  }

  /**
   * Checks the output of one coding, `total` bytes so far.
   *
   * @throws ResponseTooLargeError for a decompression bomb: far more output than input
   */
  checkRatio(total: number): void {
    if (total > RATIO_EXEMPT && total > this.#received * this.#ratio) {
      throw this.#tooLarge(
        `The body decodes to more than ${this.#ratio} times its size; send 'Accept-Encoding: identity' to get it uncompressed`,
      )
    }
  }

  /**
   * Counts bytes after all codings were undone.
   *
   * @throws ResponseTooLargeError if the body exceeds the limit
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
