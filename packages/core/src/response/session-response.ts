/**
 * Everything that can go wrong, as one tree:
 *
 *     SessionError
 *     ├── InvalidRequestError      what was asked for cannot be sent; nothing was sent
 *     ├── UnsupportedError         this platform cannot do what an option asks for
 *     ├── SessionClosedError       the session was closed before or during the call
 *     ├── ConnectionError          no answer came: refused, reset, unreachable
 *     │   ├── DnsError             the host name has no address
 *     │   ├── TlsError             the certificate or the handshake was refused
 *     │   └── ProxyError           the proxy, not the origin, failed
 *     ├── ProtocolError            the peer does not speak HTTP correctly
 *     ├── HeadersTooLargeError     the response's head is over the limit
 *     ├── TruncatedError           the body ended early
 *     ├── DecodeError              the body is not what its headers say
 *     ├── ResponseTooLargeError    the body is over the limit
 *     ├── TimeoutError             a deadline passed
 *     ├── InvalidRedirectError     a redirect that must not be followed
 *     ├── TooManyRedirectsError    more hops than `maxRedirects`
 *     ├── AuthError                an auth flow could not answer
 *     ├── HookError                a hook returned what its name does not allow
 *     ├── FileError                Node's: a file that a download needs cannot be used
 *     └── HttpError                the server answered with a failure status
 *
 * An `AbortError` is the platform's and passes through untouched.
 */
import { DecodeError, SessionError, TruncatedError, UnsupportedError } from '../model/errors.js'
import { responseInit } from '../model/own.js'
import { redactHeaders, redactUrl } from '../model/redact.js'
import { withFragment } from '../model/url.js'
import type { PreparedRequest } from '../request/prepared-request.js'
import { type StandardSchema, fitted } from './schema.js'

/** The server answered with a failure status; `response` is the answer, its body still readable. */
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

  get status(): number {
    return this.response.status
  }
}

/** How much of a body that nobody will read is read all the same, so that its connection can be kept. */
export const DISCARD_LIMIT = 65_536
/** And for how long, in milliseconds. */
export const DISCARD_PATIENCE = 1000
/** Taken here, for fake timers that a test installs later must not stop I/O. */
const { setTimeout, clearTimeout } = globalThis

/** What a session knows about a response beyond the response itself. */
export interface Exchange {
  request: PreparedRequest
  url: string
  history: readonly SessionResponse[]
  next: PreparedRequest | null
  elapsed: number
  /** Called once, when the body is over; `null` then. */
  onDone: (() => void) | null | undefined
}

/** All that is added to a native response is this one property: more would cost more than a small request. */
const exchange: unique symbol = Symbol('exchange')

/** Every SessionResponse has the property: `from` and the transports attach it before anyone sees one. */
export function exchangeOf(response: SessionResponse): Exchange {
  return (response as unknown as { [exchange]: Exchange })[exchange]
}

/**
 * A real `Response`, and what a session adds to it. In a browser it is the native response with this
 * prototype; in Node its body is read lazily from the socket.
 */
export class SessionResponse extends Response {
  /** Makes a response ours. The native object itself is used, so that its body and identity stay. */
  static from(response: Response, request: PreparedRequest): SessionResponse {
    if (response instanceof SessionResponse) return response
    const url = withFragment(response.url || request.url, request.url)
    const ours = Object.setPrototypeOf(response, SessionResponse.prototype) as SessionResponse
    return ours.attach(request, url)
  }

  /** The request that this answers, as it was prepared: without the session's credentials and cookies. */
  get request(): PreparedRequest {
    return exchangeOf(this).request
  }

  /** The responses that led here, oldest first: redirects, and challenges that an auth flow answered. */
  get history(): readonly SessionResponse[] {
    return exchangeOf(this).history
  }

  /** The request that would follow this redirect, where `redirect: 'manual'` stopped at one; else `null`. */
  get next(): PreparedRequest | null {
    return exchangeOf(this).next
  }

  /** Milliseconds from sending this request to its response's headers. */
  get elapsed(): number {
    return exchangeOf(this).elapsed
  }

  /** The URL that answered, with the fragment that was asked for. */
  override get url(): string {
    return exchangeOf(this).url
  }

  override get redirected(): boolean {
    return this.history.some((past) => past.status < 400) || super.redirected
  }

  /**
   * The `Link` header by relation (RFC 8288), with absolute URLs.
   *
   * @throws UnsupportedError in a page, which imports it: `links(response)` of `session-fetch/links`
   */
  get links(): Record<string, Link> {
    throw new UnsupportedError("links: in a page it is links(response) of 'session-fetch/links'")
  }

  /** The `Set-Cookie` lines, one per cookie; a browser shows none. */
  get setCookies(): readonly string[] {
    return this.headers.getSetCookie()
  }

  /** Returns this response, or discards it and throws `HttpError` when its status is 400 or above. */
  raiseForStatus(): this {
    if (this.status >= 400) throw httpErrorOf(this)
    return this
  }

  /**
   * The body as JSON; with a schema (zod, valibot, arktype and others), checked and typed by it. A `DecodeError`
   * tells how the body begins when it is none, and what does not fit.
   */
  override async json<T = unknown>(schema?: StandardSchema<T>): Promise<T> {
    const json = parsed(await this.text(), this)
    return schema ? fitted(this, json, schema) : (json as T)
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
   * Drops a response that nobody will read, so that its connection is free for others: reads up to 64 KiB of its body,
   * which stay readable, and cancels a longer body, or one that takes more than a second. A body that somebody has
   * begun to read, or begins to read at once, is left to its reader.
   * Never throws.
   *
   * @example if (response.status === 404) await response.discard()
   */
  async discard(): Promise<void> {
    if (this.body && !this.bodyUsed && !this.body.locked) await takeOff(this, super.clone()).catch(() => {})
    if (!this.body?.locked) this.finish() // else its reader ends it
  }

  /** For layers: the target of a redirect as the server wrote it. */
  leadsTo(): string | null {
    return this.headers.get('Location')
  }

  /** For transports: begins what is known of the exchange. */
  attach(request: PreparedRequest, url: string): this {
    const begun: Exchange = { request, url, history: [], next: null, elapsed: 0, onDone: undefined }
    ;(this as unknown as { [exchange]: Exchange })[exchange] = begun
    return this
  }

  /** For layers: adds to what is known of the exchange. */
  describe(known: Partial<Exchange>): this {
    Object.assign(exchangeOf(this), known)
    return this
  }

  /** For transports: the body is over. */
  finish(): void {
    const known = exchangeOf(this)
    const { onDone } = known
    known.onDone = null
    onDone?.()
  }

  /** What may be logged: secret headers are redacted; the body and the query are left out. */
  toJSON(): Record<string, unknown> {
    const { status, statusText, redirected, headers } = this
    return { status, statusText, url: redactUrl(this.url), redirected, headers: redactHeaders(headers) }
  }
}

/** The error for a failed response. Its catcher may read up to 64 KiB of the body; nobody need do so. */
export function httpErrorOf(response: SessionResponse): HttpError {
  void response.discard()
  return new HttpError(response)
}

function parsed(text: string, response: SessionResponse): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const start = JSON.stringify(text.replace(/^(.{60}).+/s, '$1…'))
    throw new DecodeError(`The body is not JSON; it begins ${start}`, { request: response.request, response })
  }
}

/** What reading a native body may reject with is ours, and the exchange ends with it. */
async function guarded<T>(response: SessionResponse, read: () => Promise<T>): Promise<T> {
  const { request, body } = response
  // Firefox says of a body that it is used when it only refuses to read it from under a reader.
  const isTaken = response.bodyUsed || body?.locked
  try {
    // A transport of someone else's may not stop when it should.
    return await request.cancellation.race(read())
  } catch (cause) {
    request.cancellation.throwIfAborted()
    // Of a stream that failed, whatever with, Firefox says that someone aborted it.
    const isLost = cause instanceof TypeError || (cause as Error).name === 'AbortError'
    if (isTaken || !response.bodyUsed || !isLost) throw cause
    throw new TruncatedError('The body ended early', { request, cause })
  } finally {
    response.finish()
  }
}

/** Reads a copy of the body to its end, or cancels both when it is over the limit, or takes too long. */
async function takeOff(response: Response, copy: Response): Promise<void> {
  const reader = copy.body?.getReader()
  // Not waited for: where the body was cloned before, it ends when that clone does.
  const drop = (): void => void Promise.all([reader?.cancel(), response.body?.cancel()]).catch(() => {})
  const timer = setTimeout(drop, DISCARD_PATIENCE)
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

/** One link of a `Link` header: its absolute URL and its parameters. */
export interface Link {
  url: string
  [parameter: string]: string
}
