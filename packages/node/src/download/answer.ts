import { type PreparedRequest, ProtocolError, type Session, type SessionResponse } from '@session-fetch/core'
import { httpErrorOf } from '@session-fetch/core/adapter'
import type { Draft, DraftNote } from './draft.js'

/** The response to a download request. */
export interface DownloadAnswer {
  readonly response: SessionResponse
  /** Whether it contains only the missing part. */
  readonly resumed: boolean
  /** The size of the complete file; `null` if unknown. */
  readonly total: number | null
}

/** Requests the missing part, or the whole file if there is no earlier part or the server does not resume it. */
export async function requestRest(
  session: Session,
  request: PreparedRequest,
  draft: Draft,
): Promise<DownloadAnswer> {
  const { note, size } = draft
  if (note === null) return wholeOf(await session.send(request))
  const rangeRequest = request.copy()
  rangeRequest.headers.set('Range', `bytes=${size}-`)
  rangeRequest.headers.set('If-Range', note.validator)
  const response = await session.send(rangeRequest)
  const total = continues(response, note, size)
  if (total !== null) return { response, resumed: true, total }
  if (response.status !== 206 && response.status !== 416) return wholeOf(response)
  await response.discard()
  return wholeOf(await session.send(request))
}

/** @throws HttpError for a failure, and for a redirect that was not followed */
async function wholeOf(response: SessionResponse): Promise<DownloadAnswer> {
  const { request, headers } = response
  if (!response.ok) throw httpErrorOf(response)
  if (response.status === 206) {
    await response.discard()
    throw new ProtocolError('The server sent a part of the file instead of the whole', {
      request,
      phase: 'headers',
    })
  }
  const length = isCoded(headers) ? null : headers.get('Content-Length')
  return { response, resumed: false, total: length === null ? null : Number(length) }
}

/** The size of the complete file if a response continues the existing part; otherwise `null`. */
function continues({ status, headers }: Response, note: DraftNote, size: number): number | null {
  const range = status === 206 ? parseContentRange(headers.get('Content-Range')) : null
  const isContinuation = range?.start === size && (note.total ?? range.total) === range.total
  return isContinuation && strongValidator(headers) === note.validator && !isCoded(headers)
    ? range.total
    : null
}

/** The note that allows a later download to resume this one; `null` if it cannot. */
export function noteOf({ response: { headers }, total }: DownloadAnswer): DraftNote | null {
  const validator = isCoded(headers) ? null : strongValidator(headers)
  return validator === null ? null : { validator, total }
}

function isCoded(headers: Headers): boolean {
  return !/^(?:identity)?$/i.test(headers.get('Content-Encoding') ?? '')
}

/** The range of a `206`: `start` to `end`, both inclusive, of `total` bytes. */
interface ContentRange {
  readonly start: number
  readonly end: number
  readonly total: number
}

/** Parses `Content-Range` (RFC 9110 §14.4); `null` if it is invalid or has no total. */
export function parseContentRange(header: string | null): ContentRange | null {
  const [, ...digits] = /^\s*bytes\s+(\d{1,15})-(\d{1,15})\/(\d{1,15})\s*$/i.exec(header ?? '') ?? []
  if (digits.length === 0) return null
  const [start = 0, end = 0, total = 0] = digits.map(Number)
  return start <= end && end < total ? { start, end, total } : null
}

/** A `Last-Modified` less than this before `Date`, in milliseconds, may not be the last change of its second. */
const SETTLED = 60_000

/**
 * A validator for `If-Range` (RFC 9110 §13.1.5): a strong `ETag`, or a `Last-Modified` at least a minute before
 * `Date` (§8.8.2.2); `null` if there is neither.
 */
export function strongValidator(headers: Headers): string | null {
  const tag = headers.get('ETag')
  if (tag !== null) return /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(tag) ? tag : null
  const modified = headers.get('Last-Modified') ?? ''
  const age = Date.parse(headers.get('Date') ?? '') - Date.parse(modified)
  return age >= SETTLED ? modified : null
}
