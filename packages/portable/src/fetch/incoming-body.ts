import { DecodeError, SessionError, type SessionResponse, TruncatedError } from '@session-fetch/core'
import { own, redactedCause } from '@session-fetch/core/adapter'

type Bytes = Uint8Array<ArrayBuffer>

/**
 * Wraps the body of a response in a stream whose errors are `SessionError`s: engine errors may quote the URL with its
 * query, or have no specific class. The engine's stream is read on demand, and not locked before.
 *
 * @param engineBody Returns the engine's stream, which is another one after a `clone()`.
 */
export function incomingBody(
  response: SessionResponse,
  engineBody: () => ReadableStream<Bytes> | null,
): ReadableStream<Bytes> {
  let reader: ReadableStreamDefaultReader<Bytes> | undefined
  const pull = async (controller: ReadableStreamController<Bytes>): Promise<void> => {
    reader ??= engineBody()?.getReader()
    const chunk = await nextOf(reader, response)
    if (chunk) return controller.enqueue(chunk)
    controller.close()
    // a pending BYOB read must be answered
    if ('byobRequest' in controller) controller.byobRequest?.respond(0)
  }
  const cancel = async (reason: unknown): Promise<void> => {
    response.finish()
    await (reader ?? engineBody())?.cancel(reason)
  }
  const size = own({ highWaterMark: 0 })
  return takesBuffers(engineBody())
    ? new ReadableStream(own<UnderlyingByteSource>({ type: 'bytes', pull, cancel }), size)
    : new ReadableStream(own<UnderlyingDefaultSource<Bytes>>({ pull, cancel }), size)
}

/** The next chunk that is not empty; `undefined` at the end. */
async function nextOf(
  reader: ReadableStreamDefaultReader<Bytes> | undefined,
  response: SessionResponse,
): Promise<Bytes | undefined> {
  try {
    for (;;) {
      const chunk = await reader?.read()
      if (!chunk?.value) break
      if (chunk.value.byteLength > 0) return chunk.value
    }
  } catch (error) {
    response.finish()
    throw bodyError(error, response)
  }
  response.finish()
  return undefined
}

/** Whether a stream supports BYOB readers; Bun's do not. */
function takesBuffers(stream: ReadableStream | null): boolean {
  try {
    stream?.getReader({ mode: 'byob' }).releaseLock()
    return true
  } catch {
    return false
  }
}

/**
 * What a body fails with: the reason of an abort; an error of ours, as it is; for any other, a `DecodeError` or a
 * `TruncatedError`, whose cause shows no query.
 */
export function bodyError(error: unknown, response: SessionResponse): unknown {
  const { request } = response
  const { aborted, reason } = request.cancellation
  if (aborted) return reason
  if (error instanceof SessionError) return error
  const cause = redactedCause(error, request.url)
  return isUndecodable(cause)
    ? new DecodeError('The compressed body is corrupt or truncated', { request, response, cause })
    : new TruncatedError('The body ended early', { request, cause })
}

/** The codes of Node and Bun for what cannot be decompressed. */
const CODES = /^Z_|^ERR__ERROR_FORMAT|^(?:Zlib|Brotli|Zstd)/
/** The messages of Deno and workerd. */
const MESSAGES = /^(?:gzip|brotli|deflate|zstd) |unexpected (?:end of file|EOF)|^CRC|corrupt|invalid gzip/i

function isUndecodable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  return (
    (typeof code === 'string' && CODES.test(code)) ||
    MESSAGES.test(error.message) ||
    isUndecodable(error.cause)
  )
}
