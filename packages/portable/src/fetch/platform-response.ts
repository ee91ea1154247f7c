import { type PreparedRequest, SessionResponse } from '@session-fetch/core'
import { type Ending, fromHeaderValue, responseInit, whenBodyDone } from '@session-fetch/core/adapter'
import { withoutMark } from './engine.js'
import { bodyError, incomingBody } from './incoming-body.js'

type Bytes = Uint8Array<ArrayBuffer>

/** The prototype of the engine's own class; responses are converted in place and have no private members. */
const engine = Object.getPrototypeOf(SessionResponse.prototype) as Response
/** The streams of responses whose `body` was read. */
const streams = new WeakMap<Response, ReadableStream<Bytes>>()

/** A response of the platform's fetch, with differences between engines removed. */
export class PlatformResponse extends SessionResponse implements Ending {
  /** Converts a native response in place. */
  static received(response: Response, request: PreparedRequest): SessionResponse {
    const ours = SessionResponse.from(response, request)
    return Object.setPrototypeOf(ours, PlatformResponse.prototype) as PlatformResponse
  }

  /** As in the fetch standard; Bun, workerd and edge-runtime return `default`. */
  override get type(): ResponseType {
    return super.type === 'default' ? 'basic' : super.type
  }

  override get setCookies(): readonly string[] {
    return super.setCookies.map(fromHeaderValue)
  }

  /** Made when it is first asked for: most bodies are read whole. */
  override get body(): ReadableStream<Bytes> | null {
    if (engineBody(this) === null) return null
    const known = streams.get(this)
    if (known) return known
    const stream = incomingBody(this, () => engineBody(this))
    streams.set(this, stream)
    return stream
  }

  override text(): Promise<string> {
    return read(this, (source) => engine.text.call(source)).then(withoutMark)
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return read(this, (source) => engine.arrayBuffer.call(source))
  }

  override blob(): Promise<Blob> {
    return read(this, (source) => engine.blob.call(source))
  }

  override clone(): SessionResponse {
    if (streams.get(this)?.locked) throw new TypeError('A body that has a reader cannot be cloned')
    return Object.setPrototypeOf(super.clone(), PlatformResponse.prototype) as PlatformResponse
  }

  whenDone(done: () => void): void {
    whenBodyDone(this, engineBody(this), done)
  }
}

function engineBody(response: Response): ReadableStream<Bytes> | null {
  return Reflect.get<Response, 'body'>(engine, 'body', response)
}

/** Reads a body whole: the engine does so, unless its stream was asked for. Ends the call. */
async function read<T>(response: SessionResponse, how: (source: Response) => Promise<T>): Promise<T> {
  const { cancellation } = response.request
  const stream = streams.get(response)
  const isTaken = response.bodyUsed || (stream ?? engineBody(response))?.locked
  try {
    const source = stream
      ? new Response(stream, responseInit(response.headers.get('Content-Type')))
      : response
    return await cancellation.race(how(source))
  } catch (error) {
    cancellation.throwIfAborted()
    throw isTaken ? error : bodyError(error, response)
  } finally {
    response.finish()
  }
}
