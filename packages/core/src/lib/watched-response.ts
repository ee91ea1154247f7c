import { responseInit } from './own.js'
import { SessionResponse } from './session-response.js'

/** A response whose body is counted on its way to the reader; in all else it is the one it was made of. */
export class WatchedResponse extends SessionResponse {
  readonly #source: SessionResponse
  readonly #watch: Watch
  /** The body and its readers; made when one is asked for, so that a body nobody reads stays where it is. */
  #reader: SessionResponse | undefined
  #headers: Headers | undefined

  /** @param watch Gives the stream to read in place of the source's own body. */
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

  override whenDone(done: () => void): void {
    this.#source.whenDone(done)
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
