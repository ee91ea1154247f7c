import {
  HeadersTooLargeError,
  InvalidRedirectError,
  type PreparedRequest,
  ProtocolError,
} from '@session-fetch/core'

/** The most that a server may make a client take. */
export interface ResponseLimits {
  /** Bytes of one body, both as they come and as decoded, however it is read. Default: no limit. */
  maxResponseSize?: number | undefined
  /** Header lines of one response. Their bytes are limited to 16 KiB by the parser. Default: 256. */
  maxHeaderCount?: number | undefined
  /** `Set-Cookie` lines of one response. Default: 180. */
  maxSetCookies?: number | undefined
  /** Interim responses (1xx) before the final one. Default: 16. */
  maxInterim?: number | undefined
}

export type Limits = { readonly [Name in keyof ResponseLimits]-?: number }

/** Fills in the defaults. */
export function toLimits(given: ResponseLimits = {}): Limits {
  return {
    maxResponseSize: given.maxResponseSize ?? Infinity,
    maxHeaderCount: given.maxHeaderCount ?? 256,
    maxSetCookies: given.maxSetCookies ?? 180,
    maxInterim: given.maxInterim ?? 16,
  }
}

export const DEFAULT_LIMITS: Limits = toLimits()

/** What is known of a response before its body. */
export interface Head {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Header lines in all. */
  readonly lines: number
}

/**
 * Whether a response's head may be believed.
 *
 * @throws ProtocolError for a status that HTTP does not have, or a transfer coding that nobody undoes
 * @throws HeadersTooLargeError for too many headers or cookies; none of them is stored
 * @throws InvalidRedirectError for a redirect to two places
 */
export function checkHead({ status, headers, lines }: Head, limits: Limits, request: PreparedRequest): void {
  if (status < 100 || status > 599)
    throw new ProtocolError(`The server answered with status ${status}`, { request, phase: 'headers' })
  const { 'transfer-encoding': transfer, 'set-cookie': cookies, location } = headers
  // With any other coding, RFC 9112 §6.3 makes the body last until the connection ends, still encoded.
  if (transfer !== undefined && !/^chunked$/i.test(String(transfer)))
    throw new ProtocolError('The server used an unknown transfer coding', { request, phase: 'headers' })
  if (lines > limits.maxHeaderCount) throw tooMany('headers', limits.maxHeaderCount, request)
  if (Array.isArray(cookies) && cookies.length > limits.maxSetCookies)
    throw tooMany('cookies', limits.maxSetCookies, request)
  if (Array.isArray(location) && location.length > 1 && status >= 300 && status < 400)
    throw new InvalidRedirectError('The server sent two Location headers', { request })
}

/** @throws ProtocolError for more interim responses than any server needs */
export function countInterim(
  count: number,
  { status, limits, request }: { status: number; limits: Limits; request: PreparedRequest },
): void {
  if (count <= limits.maxInterim) return
  throw new ProtocolError(`The server sent more than ${limits.maxInterim} responses of status ${status}`, {
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
