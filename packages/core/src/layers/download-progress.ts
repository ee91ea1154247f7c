import type { Call } from '../call/call.js'
import type { Send } from '../call/transport.js'
import { ProgressMeter } from '../request/progress.js'
import { type Ending, type ResponseTimings, SessionResponse, whenDone } from '../response/session-response.js'
import { own, responseInit } from '../model/own.js'

/** Reports the final response body to `onDownloadProgress`; bodies of redirects and retries are not reported. */
export function withDownloadProgress(send: Send, { cancellation }: Pick<Call, 'cancellation'>): Send {
  return (request) => {
    const listener = request.onDownloadProgress
    if (listener === undefined || listener === null) return send(request)
    const meter = new ProgressMeter(listener, (reason) => cancellation.abort(reason))
    return send(request).then((response) => watched(response, meter))
  }
}

function watched(response: SessionResponse, meter: ProgressMeter): SessionResponse {
  if (response.body === null) return response
  meter.begin(announcedLength(response))
  return new WatchedResponse(response, (source) => watchedStream(source, meter))
}

/** The decoded length of the body, if the headers determine it. */
export function announcedLength({ headers }: Response): number | null {
  const length = Number(headers.get('Content-Length') ?? NaN)
  return Number.isInteger(length) && !headers.has('Content-Encoding') ? length : null
}

type Bytes = Uint8Array<ArrayBuffer>
type Reader = ReadableStreamDefaultReader<Bytes>

/** The body of `source`, pulled on demand. */
function watchedStream(source: SessionResponse, meter: ProgressMeter): ReadableStream<Bytes> {
  const reader = source.body?.getReader()
  const stream = own<UnderlyingDefaultSource<Bytes>>({
    start(controller) {
      reader?.closed.catch((error: unknown) => controller.error(error)) // even if the stream is not read
    },
    async pull(controller) {
      const chunk = await next(reader, meter).catch((error: unknown) => {
        source.finish()
        throw error
      })
      if (chunk) return controller.enqueue(chunk)
      controller.close()
      source.finish()
    },
    cancel(reason) {
      source.finish()
      return reader?.cancel(reason)
    },
  })
  return new ReadableStream(stream, own({ highWaterMark: 0 }))
}

async function next(reader: Reader | undefined, meter: ProgressMeter): Promise<Bytes | undefined> {
  const value = (await reader?.read())?.value
  if (value) meter.add(value.byteLength)
  else await meter.end()
  return value
}

/** A response that counts the body as it is read, and otherwise delegates to the source. */
class WatchedResponse extends SessionResponse implements Ending {
  readonly #source: SessionResponse
  readonly #watch: Watch
  /** Created on first use, so that an unread body is not pulled. */
  #reader: SessionResponse | undefined
  #headers: Headers | undefined

  /** @param watch Returns the stream to read instead of the source's body. */
  constructor(source: SessionResponse, watch: Watch) {
    super(null, responseInit())
    this.#source = source
    this.#watch = watch
    const { request, url, history, next, elapsed } = source
    this.attach(request, url).describe({ history, next, elapsed })
  }

  override get status(): number {
    return this.#source.status
  }

  override get statusText(): string {
    return this.#source.statusText
  }

  override get ok(): boolean {
    return this.#source.ok
  }

  override get type(): ResponseType {
    return this.#source.type
  }

  override get timings(): ResponseTimings | null {
    return this.#source.timings
  }

  override get headers(): Headers {
    return (this.#headers ??= this.#source.headers)
  }

  override get redirected(): boolean {
    return this.#source.redirected
  }

  override get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#read().body
  }

  override get bodyUsed(): boolean {
    return (this.#reader ?? this.#source).bodyUsed
  }

  override text(): Promise<string> {
    return this.#read().text()
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.#read().arrayBuffer()
  }

  override blob(): Promise<Blob> {
    return this.#read().blob()
  }

  override clone(): SessionResponse {
    const copy = new WatchedResponse(this.#source, this.#watch)
    copy.#reader = this.#read().clone()
    copy.#headers = new Headers(this.headers)
    return copy
  }

  whenDone(done: () => void): void {
    whenDone(this.#source, done)
  }

  override async discard(): Promise<void> {
    if (this.#reader === undefined) return this.#source.discard()
    if (this.#reader.body?.locked === false) void this.#reader.body.cancel().catch(() => {})
  }

  #read(): SessionResponse {
    if (this.#reader) return this.#reader
    const type = this.#source.headers.get('Content-Type')
    this.#reader = SessionResponse.from(
      new Response(this.#watch(this.#source), responseInit(type)),
      this.request,
    )
    return this.#reader
  }
}

type Watch = (source: SessionResponse) => ReadableStream<Uint8Array<ArrayBuffer>>
