import { DecodeError, SessionError, TruncatedError, UnsupportedError } from '../model/errors.js'
import { redactHeaders, redactUrl } from '../model/redact.js'
import type { PreparedRequest } from '../request/prepared-request.js'
import { withFragment } from '../request/url.js'
import { type StandardSchema, validated } from './schema.js'
import { has, responseInit } from '../model/own.js'

/**
 * The response has a failure status. Up to 64 KiB of the body are still readable.
 *
 * @example
 * try {
 *   await session.get('users/1').json()
 * } catch (error) {
 *   if (!(error instanceof HttpError)) throw error
 *   console.log(error.response.status, await error.response.text())
 * }
 */
export class HttpError extends SessionError {
  override readonly name: string = 'HttpError'
  protected static override readonly phase = 'status'
  declare readonly response: SessionResponse

  constructor(response: SessionResponse) {
    const { request, status, statusText } = response
    super(`HTTP ${status} ${statusText}`.trimEnd(), { request, response })
  }

  override get code(): string {
    return 'ERR_HTTP_STATUS'
  }

  /** The status of the response. */
  get status(): number {
    return this.response.status
  }
}

/** Bytes of an unwanted body that are read, so that the connection can be reused. */
export const DISCARD_LIMIT = 65_536
/** The time limit for reading an unwanted body, in milliseconds. */
export const DISCARD_TIMEOUT = 1000
/** Captured at load: fake timers that are installed later must not stop I/O. */
const { setTimeout, clearTimeout } = globalThis

/** Facts that a session records about a response. */
export interface Exchange {
  request: PreparedRequest
  url: string
  history: readonly SessionResponse[]
  next: PreparedRequest | null
  elapsed: number
  /** Called once, at the end of the body; then `null`. */
  onDone: (() => void) | null | undefined
}

/** How long the last request of a call took, in milliseconds. Measured on connections of the Node session. */
export interface ResponseTimings {
  /** Waiting for a connection, without the time that opening one for this request took. */
  readonly queue: number
  /** Resolving the host name; 0 on a connection that was open. With a proxy, the host name. */
  readonly dns: number
  /** Opening the TCP connection, with a proxy also the tunnel; 0 on one that was open. */
  readonly connect: number
  /** The TLS handshake; 0 on a connection that was open, and without TLS. */
  readonly tls: number
  /** From the start of the request until all of it was handed to the socket; `null` if it was not. */
  readonly sent: number | null
  /** From the start until the response headers. */
  readonly firstByte: number
  /** From the start until the end of the body; `null` while it is coming. */
  readonly lastByte: number | null
}

/** The only property added to a native response: more would cost more than a small request. */
const exchange: unique symbol = Symbol('exchange')

/** Every SessionResponse has the property: `from` and the transports add it. */
export function exchangeOf(response: SessionResponse): Exchange {
  return (response as unknown as { [exchange]: Exchange })[exchange]
}

/**
 * A `Response` with the additions of a session. In a browser, the native response with this prototype; in Node,
 * the body is read lazily from the socket.
 *
 * @example
 * const response = await session.get('users')
 * console.log(response.status, response.history.length, response.elapsed)
 */
export class SessionResponse extends Response {
  /**
   * Converts a native response in place, which keeps the body and identity.
   *
   * @example
   * const ours = SessionResponse.from(await fetch(request.url, { headers: request.headers }), request)
   */
  static from(response: Response, request: PreparedRequest): SessionResponse {
    if (response instanceof SessionResponse) return response
    const url = withFragment(response.url || request.url, request.url)
    const ours = Object.setPrototypeOf(response, SessionResponse.prototype) as SessionResponse
    return ours.attach(request, url)
  }

  /**
   * The request of this response, as prepared and edited by hooks. It has the headers that the caller set, including an
   * `Authorization` or `Cookie` header, but not what the session adds when it sends the request: the header of `auth`, and the
   * cookies of the jar.
   */
  get request(): PreparedRequest {
    return exchangeOf(this).request
  }

  /** Previous responses, oldest first: redirects, and challenges that an auth flow answered. */
  get history(): readonly SessionResponse[] {
    return exchangeOf(this).history
  }

  /** The request that would follow this redirect, with `redirect: 'manual'`; otherwise `null`. */
  get next(): PreparedRequest | null {
    return exchangeOf(this).next
  }

  /** Milliseconds from sending the request to the response headers. */
  get elapsed(): number {
    return exchangeOf(this).elapsed
  }

  /** How long the request of this response took, in its parts. `null` where its transport does not measure. */
  get timings(): ResponseTimings | null {
    return null
  }

  /** The URL of the response, with the fragment of the request. */
  override get url(): string {
    return exchangeOf(this).url
  }

  override get redirected(): boolean {
    return this.history.some((past) => past.status < 400) || super.redirected
  }

  /**
   * The `Link` header (RFC 8288): absolute URLs by relation.
   *
   * @throws UnsupportedError in a browser; use `links(response)` of `session-fetch/links` there
   */
  get links(): Record<string, Link> {
    throw new UnsupportedError("links: in a browser, use links(response) of 'session-fetch/links'")
  }

  /** The `Set-Cookie` lines, one per cookie; empty in a browser. */
  get setCookies(): readonly string[] {
    return this.headers.getSetCookie()
  }

  /**
   * Returns this response; if its status is 400 or above, discards it and throws `HttpError`.
   *
   * @example const response = (await session.get('users')).raiseForStatus()
   */
  raiseForStatus(): this {
    if (this.status >= 400) throw httpErrorOf(this)
    return this
  }

  /**
   * The body as JSON. With a schema (zod, valibot, arktype and others), validated and typed by it.
   *
   * @throws DecodeError with the type and length of a body that is not JSON, or with the first issue of the schema
   * @example const { name } = await response.json<{ name: string }>()
   */
  override async json<T = unknown>(schema?: StandardSchema<T>): Promise<T> {
    const text = await this.text()
    let json: T
    try {
      json = JSON.parse(text) as T
    } catch {
      // the engine's message would quote the body, which may hold a secret
      const type = this.headers.get('Content-Type') ?? 'no type'
      throw new DecodeError(`The body is not JSON (${type}, length ${text.length})`, {
        request: this.request,
        response: this,
      })
    }
    return schema ? validated(this, json, schema) : json
  }

  override text(): Promise<string> {
    return guarded(this, () => super.text())
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return guarded(this, () => super.arrayBuffer())
  }

  override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.arrayBuffer())
  }

  override blob(): Promise<Blob> {
    return guarded(this, () => super.blob())
  }

  override async formData(): Promise<FormData> {
    const type = this.headers.get('Content-Type')
    return new Response(await this.arrayBuffer(), responseInit(type)).formData()
  }

  override clone(): SessionResponse {
    const known = { ...exchangeOf(this), onDone: undefined }
    return SessionResponse.from(super.clone(), this.request).describe(known)
  }

  /**
   * Discards an unwanted response, so that the connection can be reused: reads up to 64 KiB of the body, which
   * remain readable, and cancels a longer body, or one that takes more than a second. Has no effect on a body
   * that is being read. Never throws.
   *
   * @example if (response.status === 404) await response.discard()
   */
  async discard(): Promise<void> {
    if (this.body && !this.bodyUsed && !this.body.locked) await drain(this, super.clone()).catch(() => {})
    if (!this.body?.locked) this.finish() // otherwise the reader ends it
  }

  /** For layers: the target of a redirect, as sent. */
  leadsTo(): string | null {
    return this.headers.get('Location')
  }

  /** For transports: sets the request and URL. */
  attach(request: PreparedRequest, url: string): this {
    const begun: Exchange = { request, url, history: [], next: null, elapsed: 0, onDone: undefined }
    ;(this as unknown as { [exchange]: Exchange })[exchange] = begun
    return this
  }

  /** For layers: updates these facts. */
  describe(known: Partial<Exchange>): this {
    Object.assign(exchangeOf(this), known)
    return this
  }

  /** For transports: the body has ended. */
  finish(): void {
    const known = exchangeOf(this)
    const { onDone } = known
    known.onDone = null
    onDone?.()
  }

  /**
   * Safe to log: secret headers are redacted; body and query are omitted.
   *
   * @example console.log(JSON.stringify(response))
   */
  toJSON(): Record<string, unknown> {
    const { status, statusText, redirected, headers } = this
    return { status, statusText, url: redactUrl(this.url), redirected, headers: redactHeaders(headers) }
  }
}

/** The error for a failed response. Up to 64 KiB of the body can be read, but need not be. */
export function httpErrorOf(response: SessionResponse): HttpError {
  void response.discard()
  return new HttpError(response)
}

/** Reads a native body; converts the errors, and ends the call. */
async function guarded<T>(response: SessionResponse, read: () => Promise<T>): Promise<T> {
  const { request, body } = response
  // Firefox sets `bodyUsed` even if the read was refused because the body is locked
  const isTaken = response.bodyUsed || body?.locked
  try {
    // a custom transport may ignore the abort
    return await request.cancellation.race(read())
  } catch (cause) {
    request.cancellation.throwIfAborted()
    // Firefox reports any failed stream as an AbortError
    const isLost = cause instanceof TypeError || (cause as Error).name === 'AbortError'
    if (isTaken || !response.bodyUsed || !isLost) throw cause
    throw new TruncatedError('The body ended early', { request, cause })
  } finally {
    response.finish()
  }
}

/** Reads a copy of the body; cancels both if the copy exceeds the limits. */
async function drain(response: Response, copy: Response): Promise<void> {
  const reader = copy.body?.getReader()
  // not awaited: after an earlier clone(), it settles only when that clone ends
  const drop = (): void => void Promise.all([reader?.cancel(), response.body?.cancel()]).catch(() => {})
  const timer = setTimeout(drop, DISCARD_TIMEOUT)
  try {
    for (let left = DISCARD_LIMIT; left >= 0; ) {
      const chunk = await reader?.read()
      if (!chunk?.value) return
      left -= chunk.value.byteLength
    }
    drop()
  } finally {
    clearTimeout(timer)
  }
}

/** One link of a `Link` header: the absolute URL and the parameters. */
export interface Link {
  /** The absolute URL. */
  url: string
  [parameter: string]: string
}

/** A response that reports the end of the body itself. */
export interface Ending {
  whenDone(done: () => void): void
}

/** Calls `done` once, when the body has ended or can no longer be read. */
export function whenDone(response: SessionResponse, done: () => void): void {
  if (has(response, 'whenDone')) return (response as Ending).whenDone(done)
  whenBodyDone(response, response.body, done)
}

/** The same for a response that is given the body, since asking it for `body` makes a stream. */
export function whenBodyDone(response: SessionResponse, body: ReadableStream | null, done: () => void): void {
  const known = exchangeOf(response)
  const { onDone } = known
  if (body === null || onDone === null) return done()
  known.onDone = () => {
    onDone?.() // of another call that returned the same response
    done()
  }
  abandoned?.register(response, done)
}

/** Detects native bodies that are garbage-collected unread. */
const abandoned =
  typeof FinalizationRegistry === 'function'
    ? /* @__PURE__ */ new FinalizationRegistry<() => void>((done) => done())
    : null
