import type { Socket } from 'node:net'
import type { ByteSource } from '../bodies/incoming-body.js'
import type { OpeningTimes } from '../base/timings.js'
import type { OutgoingRequest } from '../bodies/outgoing-request.js'
import type { HeaderRecord } from './head.js'

/** The stream of a request, as seen by the exchange. */
export interface RequestStream extends ByteSource {
  /** The header lines of the response as received: name, value, name, value. */
  readonly rawHeaders: readonly string[] | null
  /** `undefined` for the stream of a dispatcher. */
  readonly socket?: Socket | undefined
  /** When the bytes that are being read were received, by `io.now()`. Default: not recorded. */
  readonly receivedAt?: number | undefined
}

/** The HTTP/1.1 connection of a job, as seen by the job. */
export interface JobConnection {
  /** Whether the job used an open socket. */
  readonly reused: boolean
  /** Whether that socket was lost before any byte of the response. */
  readonly stale: boolean
  start(job: Job): void
  /** Cancels a job that has not started. */
  abandon(reason: unknown): void
}

/** A request and the callbacks for the response. A callback that throws aborts the exchange. */
export interface Job {
  readonly options: OutgoingRequest
  /** Whether it may be sent again without `retry`. */
  readonly mayResend: boolean
  /** The HTTP/1.1 connection, once it is assigned. */
  connection: JobConnection | undefined
  /** Time limit for opening a connection, in milliseconds. */
  readonly connectLimit: number
  /**
   * Milliseconds until the response counts as unread; `Infinity` while it is being awaited or read. See
   * `IncomingBody`.
   */
  unreadAfter(now: number, withGrace: boolean): number
  /** Runs functions of the caller, such as a lookup, in the async context of the call. */
  within<T>(work: () => T): T
  /** Called when the connection is open and nothing was sent yet. */
  onRequestStart(stream: RequestStream): void
  /** Called when a connection was opened for this request. */
  onOpened(opening: OpeningTimes): void
  /** Called before the request is sent again on another connection. */
  onResend(): void
  /** Called when the whole request, with the body, was written to the socket. */
  onRequestSent(): void
  onResponseStart(stream: RequestStream, status: number, headers: HeaderRecord, statusText: string): void
  onResponseData(stream: RequestStream, chunk: Buffer): void
  onResponseEnd(): void
  /** @param stream `undefined` if it failed before it started. */
  onResponseError(stream: RequestStream | undefined, error: Error): void
  /** Called when the server switched protocols. */
  onRequestUpgrade(): void
}

/** The URL of a job. */
export function urlOf({ options: { origin, path } }: Job): string {
  return path.startsWith('/') ? `${origin}${path}` : path
}
