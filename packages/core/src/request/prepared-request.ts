import { InvalidRequestError } from '../model/errors.js'
import { redactHeaders, redactUrl } from '../model/redact.js'
import type { RetryPolicy } from '../model/retry.js'
import type { MakeStop, Stop } from '../model/stop.js'
import type { Timeouts } from '../model/timeouts.js'
import { copyHeaders } from './headers.js'
import type { ProgressListener, ProgressOptions } from './progress.js'
import { has, own } from '../model/own.js'

/** A request body: any fetch body, or an async iterable on transports that support it. */
export type Body = BodyInit | AsyncIterable<Uint8Array | string>

/**
 * Whether a body can be sent again. Text, bytes, blobs and forms can; streams, generators and Node readables
 * are one-shot.
 */
export function isReplayable(body: Body | null): boolean {
  if (body === null || typeof body !== 'object') return true
  if (has(body, 'getReader') || has(body, 'pipe')) return false
  if (!(Symbol.asyncIterator in body)) return true
  // an iterable that is its own iterator, such as a generator, runs once
  return (body[Symbol.asyncIterator]() as unknown) !== body
}

/** Cancels the one-shot body of a failed call. */
export function dropBody(body: Body | null, reason: unknown): void {
  if (body === null || isReplayable(body)) return
  const { cancel, destroy, return: end } = body as Droppable
  if (cancel)
    void cancel.call(body, reason).catch(() => {}) // rejects if the stream is locked
  else if (destroy) destroy.call(body)
  else void end?.call(body).catch(() => {})
}

/** A web stream, a Node stream or a generator. */
interface Droppable {
  cancel?: (reason: unknown) => Promise<unknown>
  destroy?: () => unknown
  return?: () => Promise<unknown>
}

/** Whether a value is a web stream, a Node stream or another async iterable. */
export function isStream(
  value: unknown,
): value is ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string> {
  return (
    typeof value === 'object' && value !== null && (has(value, 'getReader') || Symbol.asyncIterator in value)
  )
}

/** Whether a value is text, bytes or a blob. */
export function isWhole(value: unknown): value is string | Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer> {
  return (
    typeof value === 'string' ||
    value instanceof Blob ||
    value instanceof ArrayBuffer ||
    ArrayBuffer.isView(value)
  )
}

/** Copies bytes in shared memory, because engines reject them or send something else. Other values are returned unchanged. */
export function unshared<T>(value: T): T | Uint8Array<ArrayBuffer> {
  if (!ArrayBuffer.isView(value) || value.buffer instanceof ArrayBuffer) return value
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice()
}

/** @throws InvalidRequestError if the value is not a body */
export function checkBody(body: unknown): void {
  if (isWhole(body) || isStream(body) || body instanceof FormData || body instanceof URLSearchParams) return
  throw new InvalidRequestError('body must be text, bytes, a Blob, a form or a stream; use json for values')
}

/** The members of `RequestInit` that are passed to the transport unchanged, and progress listeners. */
export type RequestExtras = Omit<RequestInit, 'method' | 'headers' | 'body' | 'signal'> &
  ProgressOptions & {
    /** The maximum size of the response body in bytes, both encoded and decoded. Default: no limit. */
    maxResponseSize?: number | null | undefined
  }

/** The members of a request. */
type RequestMembers = RequestExtras & {
  method: string
  url: string
  headers: Headers
  body: Body | null
  signal?: AbortSignal | null
}

/** The merged settings that layers and transports read. */
export interface RequestSettings {
  readonly auth: AuthFlow | null
  /** Hooks by name; typed in `Settings`. */
  readonly hooks: Readonly<
    Record<'request' | 'response' | 'redirect' | 'retry' | 'error', readonly unknown[]>
  >
  readonly timeouts: Timeouts | null
  readonly retry: RetryPolicy | null
  readonly maxRedirects: number
  /** Which statuses make a call reject: all failures, none, or those that a function selects. */
  readonly throwHttpErrors?: boolean | ((response: Response) => boolean) | undefined
  /** The call's cookies as a `Cookie` header value; '' if there are none. */
  readonly cookies: string
  /** Whether unsupported options throw or are ignored. */
  readonly unsupported: 'error' | 'ignore'
}

/** Changes of a copy. */
type RequestChanges = Partial<RequestMembers> & {
  settings?: RequestSettings
  cancellation?: Stop
  /** `null` if the headers, auth and cookies may be sent to its new URL. */
  movedFrom?: null
}

/**
 * A request ready to be sent: plain data to read and edit. It is a valid `RequestInit`, as is a spread of it:
 * `fetch(request.url, request)` works. Credentials and the jar's cookies are added when it is sent.
 *
 * @example
 * const request = session.prepare('GET', 'users', { params: { page: 2 } })
 * request.headers.set('X-Trace', 'abc')
 * const response = await session.send(request)
 */
export class PreparedRequest implements RequestDefaults {
  /**
   * Defined on each request, so that spreads copy it. An accessor, because an `AbortSignal` is created only on
   * request.
   */
  static readonly #SIGNAL: PropertyDescriptor = own({
    enumerable: true,
    configurable: true,
    get(this: PreparedRequest) {
      return this.#cancellation ? this.#cancellation.signal : this.#signal
    },
    set(this: PreparedRequest, signal: AbortSignal | null) {
      this.#signal = signal
      this.#cancellation = undefined
    },
  })

  static {
    // members added to Object.prototype are not members of a request
    Object.setPrototypeOf(this.prototype, null)
  }

  /** See `RequestInit`. */
  declare cache?: RequestCache | undefined
  /** `'omit'`, `'same-origin'` or `'include'`; see `RequestInit`. */
  declare credentials?: RequestCredentials | undefined
  /** `'half'` for a body that is a stream. */
  declare duplex?: 'half' | undefined
  /** The expected hash of the response body; see `RequestInit`. */
  declare integrity?: string | undefined
  /** Whether it may outlive the page; see `RequestInit`. */
  declare keepalive?: boolean | undefined
  /** The limit of the body, in bytes. Default: none. */
  declare maxResponseSize?: number | null | undefined
  /** See `RequestInit`. */
  declare mode?: RequestMode | undefined
  /** Receives the progress of the response body. */
  declare onDownloadProgress?: ProgressListener | null | undefined
  /** Receives the progress of the request body. */
  declare onUploadProgress?: ProgressListener | null | undefined
  /** See `RequestInit`. */
  declare priority?: RequestPriority | undefined
  /** `'follow'`, `'manual'` or `'error'`. Default: `'follow'`. */
  declare redirect?: RequestRedirect | undefined
  /** The URL for the `Referer` header; see `RequestInit`. */
  declare referrer?: string | undefined
  /** How much of the referrer is sent; see `RequestInit`. */
  declare referrerPolicy?: ReferrerPolicy | undefined

  /** The method; sent in upper case. */
  declare method: string
  /** Absolute, without userinfo. Includes the fragment, which is not sent. */
  declare url: string
  /** The headers, before credentials and cookies are added. */
  declare headers: Headers
  /** The encoded body; `null` for none. */
  declare body: Body | null
  /** Aborts the request. While it is sent, it also aborts at the deadline and at `session.close()`. */
  declare signal: AbortSignal | null
  /** The URL for which the request got the headers, auth and cookies. */
  #preparedUrl: string
  #settings: RequestSettings
  #signal: AbortSignal | null
  #cancellation: Stop | undefined
  readonly #stop: MakeStop

  /** @param stop Makes the `Stop` of the request. */
  constructor(members: RequestMembers, settings: RequestSettings, stop: MakeStop) {
    this.method = members.method
    this.url = members.url
    this.headers = members.headers
    this.body = members.body
    Object.defineProperty(this, 'signal', PreparedRequest.#SIGNAL)
    // reading another request's accessor would create a signal
    this.#signal = (#signal in members ? members.#signal : members.signal) ?? null
    this.#settings = settings
    this.#stop = stop
    this.#preparedUrl = members.url
    for (const name of Object.keys(members) as (keyof RequestMembers)[])
      if (!(name in this) && members[name] != null) Object.assign(this, { [name]: members[name] })
  }

  /** For sessions: the original URL, if `url` was edited; otherwise `null`. */
  get movedFrom(): string | null {
    return this.url === this.#preparedUrl ? null : this.#preparedUrl
  }

  /** The merged settings of session and call. */
  get settings(): RequestSettings {
    return this.#settings
  }

  /** For transports: cancellation without the cost of an `AbortSignal`. */
  get cancellation(): Stop {
    return (this.#cancellation ??= this.#stop(this.#signal))
  }

  /** For layers: replaces the cancellation of the request. */
  set cancellation(cancellation: Stop) {
    this.#cancellation = cancellation
  }

  /**
   * Returns a copy with `changes`. The body is shared.
   *
   * @example const again = request.copy({ method: 'HEAD' })
   */
  copy(changes?: RequestChanges): PreparedRequest {
    const changed: RequestChanges = own(changes)
    const { settings = this.#settings, cancellation = this.#cancellation } = changed
    const copy = new PreparedRequest(this as RequestMembers, settings, this.#stop)
    copy.headers = changed.headers ?? copyHeaders(this.headers)
    for (const name of Object.keys(changed) as (keyof RequestChanges)[])
      if (changed[name] !== undefined && !(name in PreparedRequest.prototype))
        Object.assign(copy, { [name]: changed[name] })
    copy.#preparedUrl = changed.movedFrom === null ? copy.url : this.#preparedUrl
    copy.#cancellation = cancellation
    return copy
  }

  /**
   * Safe to log: secret headers are redacted; body, query and userinfo are omitted.
   *
   * @example console.log(JSON.stringify(request)) // {"method":"GET","url":"https://shop.example/", …}
   */
  toJSON(): Record<string, unknown> {
    return { method: this.method, url: redactUrl(this.url), headers: redactHeaders(this.headers) }
  }
}

/** Yielded requests are sent; `next()` receives their `SessionResponse`. */
type Steps = Iterator<PreparedRequest, void, Response> | AsyncIterator<PreparedRequest, void, Response>

/**
 * An authentication flow: a generator that yields a request, receives the response, and may yield another
 * request.
 *
 * @example
 * const signed: AuthFlow = {
 *   *authenticate(request) {
 *     request.headers.set('X-Signature', sign(request.url))
 *     yield request
 *   },
 * }
 */
export interface AuthFlow {
  /** Yields each request to send, and receives the response. */
  authenticate(request: PreparedRequest): Steps
}

/** Members of a request that a session can set for all calls. */
export const REQUEST_DEFAULTS = [
  'cache',
  'credentials',
  'integrity',
  'keepalive',
  'maxResponseSize',
  'mode',
  'onDownloadProgress',
  'onUploadProgress',
  'priority',
  'redirect',
  'referrer',
  'referrerPolicy',
] as const

export type RequestDefaults = {
  [Name in (typeof REQUEST_DEFAULTS)[number]]?: RequestExtras[Name] | undefined
}
