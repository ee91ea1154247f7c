import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
  IncomingHttpStatusHeader,
  OutgoingHttpHeaders,
} from 'node:http2'
import type { Socket } from 'node:net'
import { addAbortSignal, pipeline } from 'node:stream'
import { shadowed } from '../base/shadowed.js'
import { asError, connectionLost } from '../base/network-error.js'
import { type SendableBody, contentLength, isBytes, readableOf } from '../bodies/outgoing-body.js'
import type { OutgoingRequest } from '../bodies/outgoing-request.js'
import type { Job, RequestStream } from '../http1/job.js'
import {
  CODES,
  type FailureKind,
  isAnyReset,
  isServerError,
  kindByGoAway,
  kindOf,
  resetError,
  unprocessed,
  unsendable,
} from './stream-failure.js'

/** The connection, as seen by its streams. */
interface StreamOwner {
  readonly socket: Socket
  /** Called before a failure is reported. Returns whether the request is sent again instead. */
  resends(kind: FailureKind): boolean
  /** Called when the stream was aborted by a timeout. */
  onTimeout(): void
  /** Called when the server reset the stream before a response, with a code for a server failure. */
  onServerError(): void
  /** Called when the stream starts or stops keeping the process alive. */
  onHold(holds: boolean): void
  /** Called when the response is paused until it is read. */
  onPause(): void
}

/** One request and its response on an HTTP/2 connection. */
export class Http2Stream implements RequestStream {
  rawHeaders: readonly string[] | null = null
  readonly #job: Job
  readonly #owner: StreamOwner
  #stream: ClientHttp2Stream | undefined
  #error: Error | undefined
  #answered = false
  /** Body bytes received before the head: Node emits 'response' one tick late. */
  readonly #early: Buffer[] = []
  /** Whether END_STREAM was received. */
  #whole = false
  /** Set if the server closes the connection without having processed the stream. */
  #excluded: FailureKind | null = null
  #bytesLeft = 0
  #aborted = false
  /** Whether the request body is still being sent. */
  #sending = false
  /** Whether the response is paused, and whether it has no reader yet. */
  #paused = false
  #readerless = false
  #holds = false
  #over = false

  constructor(job: Job, owner: StreamOwner) {
    this.#job = job
    this.#owner = owner
  }

  get socket(): Socket {
    return this.#owner.socket
  }

  pause(): void {
    this.#paused = true
    this.#stream?.pause()
    this.#hold()
    this.#owner.onPause()
  }

  resume(): void {
    this.#paused = false
    this.#stream?.resume()
    this.#hold()
  }

  /** Stops keeping the process alive until the response is read. */
  unref(): void {
    this.#readerless = true
    this.#hold()
  }

  abort(reason: Error): void {
    this.#aborted = true
    this.#error ??= reason
    this.#cancel()
    this.#fail(reason)
    if (reason.name === 'TimeoutError') this.#owner.onTimeout()
  }

  /** Handles GOAWAY: streams after the last one were not processed (RFC 9113 §6.8). */
  goAway(code: number, last: number): void {
    if ((this.#stream?.id ?? Infinity) <= last) return
    this.#excluded = kindByGoAway(code)
  }

  /** Sends the request. */
  open(session: ClientHttp2Session): void {
    const { options } = this.#job
    try {
      this.#job.onRequestStart(this)
      this.#hold()
      const { body } = options
      const headers = http2Headers(options)
      this.#stream = session.request(headers, shadowed({ endStream: body === null }))
      this.#listen(this.#stream)
      this.#send(this.#stream, body, headers['content-length'])
    } catch (error) {
      this.#fail(asError(error))
    }
  }

  #listen(stream: ClientHttp2Stream): void {
    stream.on('headers', (headers) => this.#guarded(() => this.#interim(headers)))
    stream.on('response', (headers, _flags, raw?: string[]) => {
      this.rawHeaders = raw ?? null
      this.#guarded(() => this.#respond(headers))
      for (const chunk of this.#early.splice(0)) this.#take(chunk)
    })
    stream.on('data', (chunk: Buffer) => {
      if (this.#answered) this.#take(chunk)
      else this.#early.push(chunk)
    })
    onEndStream(stream, () => (this.#whole = true))
    stream.on('end', () => this.#end())
    stream.on('frameError', (type) => (this.#error ??= unsendable(type)))
    stream.on('error', (error) => (this.#error ??= error))
    stream.on('close', () => {
      if (this.#answered && this.#whole) this.#takeRest(stream)
      this.#fail(this.#error ?? connectionLost('The stream was closed'))
    })
  }

  #send(stream: ClientHttp2Stream, body: SendableBody, length: unknown): void {
    if (isBytes(body)) stream.end(body)
    if (isBytes(body) || body === null) return this.#job.onRequestSent()
    const source = body instanceof Blob ? body.stream() : body
    const chunks = readableOf(source, length === undefined ? undefined : Number(length))
    this.#sending = true
    // if the source itself failed, report its error
    pipeline(chunks, stream, (error) => {
      this.#sending = false
      this.#hold()
      if (!error) this.#job.onRequestSent()
      else if (!this.#answered && !isAnyReset(error)) this.#error = error
    })
  }

  #take(chunk: Buffer): void {
    this.#bytesLeft -= chunk.byteLength
    this.#guarded(() => this.#job.onResponseData(this, chunk))
  }

  #interim({ ':status': status = 0 }: IncomingHttpHeaders & IncomingHttpStatusHeader): void {
    this.#job.onResponseStart(this, status, {}, '')
  }

  #respond(headers: IncomingHttpHeaders & IncomingHttpStatusHeader): void {
    this.#answered = true
    this.#hold()
    const { ':status': status = 0, ...fields } = headers
    const empty = this.#job.options.method === 'HEAD' || status === 304
    const length = empty ? undefined : fields['content-length']
    this.#bytesLeft = length === undefined ? Infinity : Number(length)
    this.#job.onResponseStart(this, status, fields, '')
  }

  get #isWhole(): boolean {
    const cut = !this.#whole || (this.#bytesLeft !== Infinity && this.#bytesLeft > 0)
    return this.#answered && !cut && this.#stream?.rstCode === CODES.NO_ERROR
  }

  /**
   * Takes the buffered rest of a complete response. When a server resets a stream because it needs no more of the
   * request, the request's pipeline destroys the stream, often before the response was read.
   */
  #takeRest(stream: ClientHttp2Stream): void {
    if (this.#over || stream.rstCode !== CODES.NO_ERROR) return
    for (let chunk = rest(stream); chunk !== null; chunk = rest(stream)) this.#take(chunk)
    if (!this.#over && this.#isWhole) this.#finish()
  }

  /**
   * Node ends a stream that is reset with NO_ERROR as if it were complete, and otherwise keeps it until the rest of
   * the request is sent.
   */
  #end(): void {
    if (this.#over) return
    if (!this.#isWhole) {
      this.#stream?.destroy(this.#error ?? connectionLost('The stream was truncated'))
      return
    }
    this.#finish()
  }

  #finish(): void {
    this.#over = true
    this.#hold()
    // the server may ignore the rest of the request, which would block the source forever
    if (this.#sending) this.#cancel()
    this.#job.onResponseEnd()
  }

  /**
   * Resets the stream. If the request is not complete, `close` must not be used: Node would end the request as if it
   * were complete, and, while a source is piped into it, send no reset at all, or empty frames forever.
   */
  #cancel(): void {
    const stream = this.#stream
    if (stream === undefined) return
    if (!stream.writableEnded) {
      addAbortSignal(AbortSignal.abort(), stream) // Node sends CANCEL only for its own AbortError
      return
    }
    stream.close(CODES.CANCEL)
    stream.resume() // Node keeps a stream with unread bytes as long as its connection
  }

  /** Calls the job, and aborts the stream if that throws. */
  #guarded(run: () => void): void {
    if (this.#over) return
    try {
      run()
    } catch (error) {
      this.abort(asError(error))
    }
  }

  #fail(error: Error): void {
    if (this.#over) return
    this.#over = true
    this.#hold()
    const { rstCode = CODES.NO_ERROR } = this.#stream ?? {}
    if (!this.#answered && !this.#aborted && isServerError(rstCode)) this.#owner.onServerError()
    const kind = this.#answered || this.#aborted ? null : this.#kindOf(error)
    if (kind !== null && this.#owner.resends(kind)) return
    this.#job.onResponseError(
      this,
      kind === 'refused' || kind === 'http1' ? unprocessed(kind, error) : this.#reasonFor(error),
    )
  }

  /** The process is kept alive until the request is sent and answered, and while the response is being read. */
  #hold(): void {
    const wanted = !this.#answered || !(this.#paused || this.#readerless)
    const holds = !this.#over && (wanted || this.#sending)
    if (holds !== this.#holds) this.#owner.onHold(holds)
    this.#holds = holds
  }

  #kindOf(error: Error): FailureKind | null {
    // after a GOAWAY Node also fails a request that was waiting to be sent, as if it could not be sent at all
    return this.#excluded ?? kindOf(error, this.#stream?.rstCode)
  }

  #reasonFor(error: Error): Error {
    const code = this.#stream?.rstCode
    return this.#aborted || code === undefined ? error : resetError(error, code)
  }
}

/** Reads from a closed stream, which emits no more 'data'. */
function rest(stream: ClientHttp2Stream): Buffer | null {
  return stream.read() as Buffer | null
}

/**
 * Calls `ended` when the server ends the stream. The 'end' event does not suffice: Node also emits it for a stream
 * that was reset with NO_ERROR, but closes that stream first; and a paused reader gets it after 'close' in both
 * cases.
 */
function onEndStream(stream: ClientHttp2Stream, ended: () => void): void {
  const push = stream.push.bind(stream)
  stream.push = (chunk, encoding) => {
    if (chunk === null && !stream.closed) ended()
    return push(chunk, encoding)
  }
}

/** The headers of a request in HTTP/2 (RFC 9113 §8.3.1). */
function http2Headers({ method, origin, path, headers, body }: OutgoingRequest): OutgoingHttpHeaders {
  const url = new URL(origin)
  const fields: OutgoingHttpHeaders = Object.assign(Object.create(null), {
    ':method': method,
    ':scheme': url.protocol.slice(0, -1),
    ':authority': url.host,
    ':path': path,
  })
  for (let at = 0; at < headers.length; at += 2) add(fields, headers[at] ?? '', headers[at + 1] ?? '')
  const length = contentLength(body, method)
  if (typeof length === 'number') fields['content-length'] = length
  return fields
}

function add(fields: OutgoingHttpHeaders, name: string, value: string): void {
  const key = name === 'host' ? ':authority' : name
  const known = key.startsWith(':') ? undefined : fields[key]
  fields[key] = known === undefined ? value : [known, value].flat().map(String)
}
