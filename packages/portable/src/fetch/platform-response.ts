import { type PreparedRequest, SessionError, SessionResponse, TruncatedError } from '@session-fetch/core'
import { fromHeaderValue } from '@session-fetch/core/adapter'
import { withoutMark } from './engine.js'
import { redactedCause } from './redacted-cause.js'

/** A response of the platform's fetch, with what engines disagree about made the same. */
export class PlatformResponse extends SessionResponse {
  /** Converts a native response in place. */
  static received(response: Response, request: PreparedRequest): SessionResponse {
    const ours = SessionResponse.from(response, request)
    return Object.setPrototypeOf(ours, PlatformResponse.prototype) as PlatformResponse
  }

  /** As the fetch standard has it; Bun, workerd and edge-runtime say `default`. */
  override get type(): ResponseType {
    return super.type === 'default' ? 'basic' : super.type
  }

  override get setCookies(): readonly string[] {
    return super.setCookies.map(fromHeaderValue)
  }

  override text(): Promise<string> {
    return read(this, super.text()).then(withoutMark)
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return read(this, super.arrayBuffer())
  }

  override blob(): Promise<Blob> {
    return read(this, super.blob())
  }

  override clone(): SessionResponse {
    return Object.setPrototypeOf(super.clone(), PlatformResponse.prototype) as PlatformResponse
  }
}

/** Makes a lost body a `TruncatedError` whose cause shows no query; workerd throws a plain `Error`, and Bun quotes the URL. */
async function read<T>({ request }: SessionResponse, reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (error) {
    const { aborted, reason } = request.cancellation
    const isTruncated = error instanceof TruncatedError
    // a TypeError means that the body was read before, or has a reader
    const isKept =
      (aborted && error === reason) || error instanceof SessionError || error instanceof TypeError
    if (isKept && !isTruncated) throw error
    const cause = redactedCause(isTruncated ? error.cause : error, request.url)
    throw new TruncatedError('The body ended early', { request, cause })
  }
}
