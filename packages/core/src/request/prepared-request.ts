import { InvalidRequestError } from '../model/errors.js'
import { has, own } from '../model/own.js'
import { redactHeaders, redactUrl } from '../model/redact.js'
import type { RetryPolicy } from '../model/retry.js'
import type { MakeStop, Stop } from '../model/stop.js'
import type { Timeouts } from '../model/timeouts.js'
import { copyHeaders } from './headers.js'
import type { ProgressListener, ProgressOptions } from './progress.js'

/** What a request may carry: any fetch body, or, where the transport takes them, chunks as they come. */
export type Body = BodyInit | AsyncIterable<Uint8Array | string>

/**
 * Whether a body can be sent a second time. Text, bytes, blobs and forms can; streams, generators and
 * Node's readables cannot: they are one-shot.
 */
export function isReplayable(body: Body | null): boolean {
  if (body === null || typeof body !== 'object') return true
  if (has(body, 'getReader') || has(body, 'pipe')) return false
  if (!(Symbol.asyncIterator in body)) return true
  // An iterable that is its own iterator is a generator: it runs once.
  return (body[Symbol.asyncIterator]() as unknown) !== body
}

/** Lets go of a body of a call that failed, where it can be sent only once: nobody else will read it to its end. */
export function dropBody(body: Body | null, reason: unknown): void {
  if (body === null || isReplayable(body)) return
  const { cancel, destroy, return: end } = body as Droppable
  if (cancel)
    void cancel.call(body, reason).catch(() => {}) // it may have a reader, who lets go of it
  else if (destroy) destroy.call(body)
  else void end?.call(body).catch(() => {})
}

/** A web stream, a Node stream or a generator. */
interface Droppable {
  cancel?: (reason: unknown) => Promise<unknown>
  destroy?: () => unknown
  return?: () => Promise<unknown>
}

/** Whether a value can only be read as it comes: a web stream, a Node stream or any other async iterable. */
export function isStream(
  value: unknown,
): value is ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string> {
  return (
    typeof value === 'object' && value !== null && (has(value, 'getReader') || Symbol.asyncIterator in value)
  )
}

/** Whether a value is text, bytes or a blob: what is sent is there at once, or can be read again. */
export function isWhole(value: unknown): value is string | Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer> {
  return (
    typeof value === 'string' ||
    value instanceof Blob ||
    value instanceof ArrayBuffer ||
    ArrayBuffer.isView(value)
  )
}

/** @throws InvalidRequestError for a value that no request can carry */
export function checkBody(body: unknown): void {
  if (isWhole(body) || isStream(body) || body instanceof FormData || body instanceof URLSearchParams) return
  throw new InvalidRequestError('body must be text, bytes, a Blob, a form or a stream; json takes values')
}

/** The members of `RequestInit` that a session hands to the transport as they are, and who is told of progress. */
export type RequestExtras = Omit<RequestInit, 'method' | 'headers' | 'body' | 'signal'> &
  ProgressOptions & {
    /** The most bytes that the response's body may have, as it comes and as decoded. Default: no limit. */
    maxResponseSize?: number | null | undefined
  }

/** What a request is made of: what fetch reads of one, and what else is for the transport. */
type RequestMembers = RequestExtras & {
  method: string
  url: string
  headers: Headers
  body: Body | null
  signal?: AbortSignal | null
}

/** The merged settings that a request's layers and its transport read. */
export interface RequestSettings {
  readonly auth: AuthFlow | null
  /** Hooks by name; `Settings` has them typed. */
  readonly hooks: Readonly<
    Record<'request' | 'response' | 'redirect' | 'retry' | 'error', readonly unknown[]>
  >
  readonly timeouts: Timeouts | null
  readonly retry: RetryPolicy | null
  readonly maxRedirects: number
  readonly throwHttpErrors?: boolean | ((response: Response) => boolean) | undefined
  /** The call's own cookies, as a `Cookie` header writes them; empty when there are none. */
  readonly cookies: string
  /** What to do about options that the platform cannot honour. */
  readonly unsupported: 'error' | 'ignore'
}

/** What a copy may differ in. */
type RequestChanges = Partial<RequestMembers> & {
  settings?: RequestSettings
  cancellation?: Stop
  /** `null` where its headers, its auth and its cookies are meant for its new URL, too. */
  movedFrom?: null
}

/**
 * A request ready to be sent: plain data to read and edit. `fetch(request.url, request)` just works, and so does a
 * spread of it: all that `RequestInit` names are own, enumerable properties.
 * It shows no credentials and no cookies yet; those are added when it is sent.
 */
export class PreparedRequest implements RequestDefaults {
  /** An own property of each request. It is an accessor, for a real `AbortSignal` is made only for those who ask. */
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
    // What someone put on Object.prototype is never taken for a member of a request.
    Object.setPrototypeOf(this.prototype, null)
  }

  declare cache?: RequestCache | undefined
  declare credentials?: RequestCredentials | undefined
  declare duplex?: 'half' | undefined
  declare integrity?: string | undefined
  declare keepalive?: boolean | undefined
  declare maxResponseSize?: number | null | undefined
  declare mode?: RequestMode | undefined
  declare onDownloadProgress?: ProgressListener | null | undefined
  declare onUploadProgress?: ProgressListener | null | undefined
  declare priority?: RequestPriority | undefined
  declare redirect?: RequestRedirect | undefined
  declare referrer?: string | undefined
  declare referrerPolicy?: ReferrerPolicy | undefined

  declare method: string
  /** Absolute, without userinfo; it keeps its fragment, which is never sent. */
  declare url: string
  declare headers: Headers
  declare body: Body | null
  /** Aborts the request. While it is being sent, this also fires at its deadline and at `session.close()`. */
  declare signal: AbortSignal | null
  /** The URL that the headers, the auth and the cookies of this request are meant for. */
  #meantFor: string
  #settings: RequestSettings
  #signal: AbortSignal | null
  #cancellation: Stop | undefined
  readonly #stop: MakeStop

  /** @param stop Makes what stops the request. */
  constructor(members: RequestMembers, settings: RequestSettings, stop: MakeStop) {
    this.method = members.method
    this.url = members.url
    this.headers = members.headers
    this.body = members.body
    Object.defineProperty(this, 'signal', PreparedRequest.#SIGNAL)
    // Another request's accessor would make a signal.
    this.#signal = (#signal in members ? members.#signal : members.signal) ?? null
    this.#settings = settings
    this.#stop = stop
    this.#meantFor = members.url
    for (const name of Object.keys(members) as (keyof RequestMembers)[])
      if (!(name in this)) Object.assign(this, { [name]: members[name] })
  }

  /** For sessions: whether `url` was edited after the request was prepared for another. */
  get movedFrom(): string | null {
    return this.url === this.#meantFor ? null : this.#meantFor
  }

  /** What the session and the call were merged into: the policy this request travels under. */
  get settings(): RequestSettings {
    return this.#settings
  }

  /** For transports: when to stop, without the price of an `AbortSignal`. */
  get cancellation(): Stop {
    return (this.#cancellation ??= this.#stop(this.#signal))
  }

  /** For layers: from now on, this is what stops the request. */
  set cancellation(cancellation: Stop) {
    this.#cancellation = cancellation
  }

  /** An independent copy; `changes` replace members of it. The body is shared, not copied. */
  copy(changes?: RequestChanges): PreparedRequest {
    const changed: RequestChanges = own(changes)
    const { settings = this.#settings, cancellation = this.#cancellation } = changed
    const copy = new PreparedRequest(this as RequestMembers, settings, this.#stop)
    copy.headers = changed.headers ?? copyHeaders(this.headers)
    for (const name of Object.keys(changed) as (keyof RequestChanges)[])
      if (changed[name] !== undefined && !(name in PreparedRequest.prototype))
        Object.assign(copy, { [name]: changed[name] })
    copy.#meantFor = changed.movedFrom === null ? copy.url : this.#meantFor
    copy.#cancellation = cancellation
    return copy
  }

  /** What may be logged: secret headers are redacted; body, query and userinfo are left out. */
  toJSON(): Record<string, unknown> {
    return { method: this.method, url: redactUrl(this.url), headers: redactHeaders(this.headers) }
  }
}

/** What it yields is sent; what comes back, a `SessionResponse`, is given to the next step. */
type Steps = Iterator<PreparedRequest, void, Response> | AsyncIterator<PreparedRequest, void, Response>

/**
 * How to authenticate: a generator that yields a request, gets its response back, and may yield another.
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
  authenticate(request: PreparedRequest): Steps
}

/** What a session may hold for all its calls, and a request then carries: members of `RequestInit`, and ours. */
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
