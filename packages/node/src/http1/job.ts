import type { ByteSource } from '../bodies/incoming-body.js'
import type { RequestOptions } from '../bodies/request-options.js'
import type { HeaderRecord } from './response-head.js'

/** What carries a request, as the request's exchange sees it. */
export interface RequestStream extends ByteSource {
  /** The header lines of the response as they came: name, value, name, value. */
  readonly rawHeaders: readonly string[] | null
}

/** What a job may do with the HTTP/1.1 connection that it was given. */
export interface JobConnection {
  /** Whether the job was carried by a socket that had carried another. */
  readonly reused: boolean
  /** Whether that socket was lost before anything of the response came. */
  readonly stale: boolean
  start(job: Job): void
  /** Gives up a job that has not begun. */
  abandon(reason: unknown): void
}

/** A request on its way to a connection, and who is told of what comes back. What it throws ends the exchange. */
export interface Job {
  readonly options: RequestOptions
  /** Whether it may be sent a second time without the caller's word. */
  readonly mayResend: boolean
  /** The HTTP/1.1 connection that it was given, once it was. */
  connection: JobConnection | undefined
  /** The longest that opening a connection for it may take, in milliseconds. */
  readonly connectLimit: number
  /** Milliseconds until its response is one that nobody reads; `Infinity` while one is awaited, or read. See `IncomingBody`. */
  unreadIn(now: number, patient: boolean): number
  /** Runs functions of the caller's, such as a lookup, in the async context of this call. */
  within<T>(work: () => T): T
  /** Its connection is open, and nothing of it was sent. */
  onRequestStart(stream: RequestStream): void
  /** What was begun did not count: it is begun again, on another connection. */
  onResend(): void
  onResponseStart(stream: RequestStream, status: number, headers: HeaderRecord, statusText: string): void
  onResponseData(stream: RequestStream, chunk: Buffer): void
  onResponseEnd(): void
  /** @param stream Missing where it failed before it had begun. */
  onResponseError(stream: RequestStream | undefined, error: Error): void
  /** The server switched protocols. */
  onRequestUpgrade(): void
}

/** The URL that a job asks for. */
export function urlOf({ options: { origin, path } }: Job): string {
  return path.startsWith('/') ? `${origin}${path}` : path
}
