import {
  InvalidRedirectError,
  type PreparedRequest,
  type ResponseTimings,
  SessionResponse,
} from '@session-fetch/core'
import { responseInit } from '@session-fetch/core/adapter'
import { atTurnEnd } from '../base/io.js'
import { asError } from '../base/network-error.js'
import type { RequestTimes } from '../base/timings.js'
import { type Coding, contentCodings, decodeAll, decodedSource } from './decode.js'
import { bytesOf, textOf } from './body-buffer.js'
import { type IncomingBody, discarded } from './incoming-body.js'
import { type BodyLimits, OutputGuard } from './limits.js'
import { isUsed, readAll, webStream } from './web-stream.js'

/** A response's head as a transport returns it. */
interface ReceivedHead {
  readonly status: number
  readonly statusText: string
  readonly headers: HeaderFields
  /** Default: not measured. */
  readonly times?: RequestTimes | undefined
}

/** A response's body as a transport returns it. */
interface ReceivedBody {
  /** `null` for a response that cannot have one. */
  readonly incoming: IncomingBody | null
  readonly limits: BodyLimits
}

const DEFAULTS: ResponseInit = Object.freeze(responseInit())

/**
 * The init for `Response` if it would otherwise read a member from `Object.prototype`; otherwise none, which takes half
 * the time.
 */
function init(): ResponseInit | undefined {
  const { prototype } = Object
  return 'status' in prototype || 'statusText' in prototype || 'headers' in prototype ? DEFAULTS : undefined
}

/**
 * A response that creates its parts on demand: a `Headers` when `headers` is read, a web stream when `body` is read.
 * `json()` and `text()` convert the received bytes directly. Fast path: see decision 14.
 */
export class LazyResponse extends SessionResponse {
  /** Responses of this turn of the event loop. */
  static readonly #fresh: LazyResponse[] = []
  readonly #head: ReceivedHead
  readonly #incoming: IncomingBody | null
  readonly #limits: BodyLimits
  #headers: Headers | undefined
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined
  #taken = false
  /** Called when the body is done. Until then, an abort of the call also aborts reading the body. */
  #onEnd: (() => void) | undefined
  #ended = false
  #watched = false
  /** Whether it shares the source with a clone. */
  #cloned = false

  constructor(request: PreparedRequest, head: ReceivedHead, { incoming, limits }: ReceivedBody) {
    super(null, init())
    this.#head = head
    this.#incoming = incoming
    this.#limits = limits
    this.attach(request, request.url)
  }

  override get status(): number {
    return this.#head.status
  }

  override get statusText(): string {
    return this.#head.statusText
  }

  override get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }

  override get type(): ResponseType {
    return 'basic'
  }

  override get headers(): Headers {
    this.#headers ??= toHeaders(this.#head.headers)
    return this.#headers
  }

  /** The times of a response, and the number of body bytes received so far; `undefined` over an `http.Agent`. */
  static received(
    response: LazyResponse,
  ): { readonly times: RequestTimes; readonly bytes: number } | undefined {
    const { times } = response.#head
    const incoming = response.#incoming
    if (times === undefined) return undefined
    return {
      times,
      get bytes() {
        return incoming?.total ?? 0
      },
    }
  }

  override get timings(): ResponseTimings | null {
    return this.#head.times?.shown() ?? null
  }

  /** @throws InvalidRedirectError for several different `Location` headers */
  override leadsTo(): string | null {
    if (isAmbiguous(this.#head.headers['location']))
      throw new InvalidRedirectError('The server sent different Location headers', { request: this.request })
    return super.leadsTo()
  }

  override get setCookies(): readonly string[] {
    if (this.#headers) return super.setCookies
    const lines = this.#head.headers['set-cookie']
    return lines === undefined ? [] : typeof lines === 'string' ? [lines] : lines
  }

  override get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.#incoming === null) return null
    if (this.#stream === undefined) {
      const source = this.#contentEncoding()
        ? decodedSource(this.#incoming, () => this.#codings(), this.#guard())
        : this.#incoming
      const { cancellation } = this.request
      this.#stream = webStream(source, { cancellation, incoming: this.#incoming, onEnd: () => this.#end() })
      // Created after the body was consumed: like a native response, it has a locked stream then.
      if (this.#taken) this.#stream.getReader()
    }
    return this.#stream
  }

  override get bodyUsed(): boolean {
    return this.#taken || (this.#stream !== undefined && isUsed(this.#stream))
  }

  override text(): Promise<string> {
    return this.#read(textOf)
  }

  override bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#read(bytesOf)
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer
  }

  override async blob(): Promise<Blob> {
    return (await this.#native()).blob()
  }

  override async formData(): Promise<FormData> {
    return (await this.#native()).formData()
  }

  override clone(): SessionResponse {
    if (this.bodyUsed || this.#stream?.locked)
      throw new TypeError('A response whose body was used cannot be cloned')
    const whole = this.#stream === undefined && this.#incoming?.over !== false
    const incoming = whole ? (this.#incoming?.copy() ?? null) : this.#incoming
    const body = { incoming, limits: this.#limits }
    const copy = new LazyResponse(this.request, this.#head, body)
    if (!whole && this.body) {
      ;[this.#stream, copy.#stream] = this.body.tee()
      this.#cloned = copy.#cloned = true
    }
    if (this.#headers) copy.#headers = new Headers(this.#headers)
    const { url, history, next, elapsed } = this
    return copy.describe({ url, history, next, elapsed })
  }

  whenDone(done: () => void): void {
    const incoming = this.#incoming
    if (incoming === null || this.#ended || incoming.failed) return done()
    const first = this.#onEnd === undefined
    const onEnd = both(this.#onEnd, done) // of another call that returned the same response
    this.#onEnd = onEnd
    if (first && LazyResponse.#fresh.push(this) === 1) atTurnEnd(LazyResponse.#watchFresh)
    if (incoming.over) return
    const { onOver } = incoming
    incoming.onOver = () => {
      onOver?.()
      if (incoming.failed) onEnd()
    }
  }

  override async discard(): Promise<void> {
    if (!this.#cloned && !this.bodyUsed && this.#stream?.locked !== true) {
      await this.#incoming?.discard()
      if (!this.bodyUsed) this.#end() // so that the buffered bytes remain readable after a later abort of the call
    } else if (this.#stream?.locked === false) {
      void this.#stream.cancel().catch(() => {}) // not awaited: with a clone, it resolves only when the clone's is cancelled, too
    }
  }

  /**
   * An unread body does not keep the process alive, and its call ends when it is garbage-collected. A body that was read
   * in the same turn is not registered, because a registered response keeps the bytes until the next full collection.
   */
  static #watchFresh(this: void): void {
    for (const response of LazyResponse.#fresh.splice(0)) response.#watch()
  }

  #watch(): void {
    const [incoming, onEnd] = [this.#incoming, this.#onEnd]
    if (incoming === null || onEnd === undefined || this.#taken) return
    incoming.unref()
    this.#watched = true
    unread.register(this, { incoming, onEnd }, incoming)
  }

  /** Called when the body was read or discarded. */
  #end(): void {
    const onEnd = this.#onEnd
    this.#ended = true
    this.#onEnd = undefined
    if (this.#watched && this.#incoming) unread.unregister(this.#incoming)
    onEnd?.()
  }

  /** The whole body as a native response, for the readers that depend on the type. */
  async #native(): Promise<Response> {
    const type = this.headers.get('Content-Type')
    return new Response(await this.bytes(), responseInit(type))
  }

  /** Reads the whole body, unless the call is aborted first. */
  async #read<T>(make: (chunks: readonly Uint8Array[]) => T): Promise<T> {
    if (this.bodyUsed || this.#stream?.locked)
      throw new TypeError('The body was already read; keep what was read, or clone() the response before')
    const { cancellation } = this.request
    if (this.#incoming === null) return make([])
    try {
      cancellation.throwIfAborted()
      const chunks = await this.#take(this.#incoming)
      cancellation.throwIfAborted()
      return make(chunks)
    } finally {
      this.#end()
    }
  }

  /** Takes the whole decoded body, synchronously if it is complete. */
  #take(incoming: IncomingBody): readonly Uint8Array[] | Promise<readonly Uint8Array[]> {
    if (this.#stream) return readAll(this.#stream)
    this.#taken = true
    const codings = this.#codings()
    return codings.length === 0 ? incoming.all() : this.#decoded(incoming, codings)
  }

  async #decoded(incoming: IncomingBody, codings: readonly Coding[]): Promise<readonly Uint8Array[]> {
    return decodeAll(await incoming.all(), codings, this.#guard())
  }

  #guard(): OutputGuard {
    return new OutputGuard(this.request, this.#limits)
  }

  /** Cancels the body if its `Content-Encoding` is invalid. */
  #codings(): readonly Coding[] {
    try {
      return this.#contentEncoding() ? contentCodings(this.#contentEncoding(), this.request) : []
    } catch (error) {
      this.#incoming?.cancel(asError(error))
      throw error
    }
  }

  #contentEncoding(): string {
    return String(this.#head.headers['content-encoding'] ?? '')
  }
}

/** Cancels a body that was garbage-collected unread, and ends its call. */
const unread = new FinalizationRegistry<{ incoming: IncomingBody; onEnd: () => void }>(
  ({ incoming, onEnd }) => {
    incoming.cancel(discarded())
    onEnd()
  },
)

function both(first: (() => void) | undefined, then: () => void): () => void {
  if (first === undefined) return then
  return () => {
    first()
    then()
  }
}

/** Header fields by lower-case name; repeated ones as a list. */
type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * The headers of a response as a standard `Headers`. Repeated lines are kept, except for `Location`: identical lines
 * become one, as in browsers.
 */
function toHeaders(raw: HeaderFields): Headers {
  const headers = new Headers()
  for (const name of Object.keys(raw)) {
    const values = [raw[name] ?? []].flat()
    for (const value of name === 'location' && !isAmbiguous(values) ? values.slice(0, 1) : values)
      headers.append(name, value)
  }
  return headers
}

/** Whether a field has lines that differ. */
function isAmbiguous(values: string | readonly string[] | undefined): boolean {
  return typeof values === 'object' && values.some((value) => value !== values[0])
}

/** Statuses that never have a body (Fetch, "null body status"). */
const NULL_BODY = [204, 205, 304]

/** The body of a response, or `null` if it must not have one; a body that was sent nevertheless is discarded. */
export function bodyOrNull(incoming: IncomingBody, method: string, status: number): IncomingBody | null {
  if (method !== 'HEAD' && !NULL_BODY.includes(status)) return incoming
  void incoming.discard()
  return null
}
