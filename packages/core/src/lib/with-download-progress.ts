import { own } from './own.js'
import type { Call } from './call.js'
import { ProgressMeter } from './progress.js'
import type { Send } from './send.js'
import type { SessionResponse } from './session-response.js'
import { WatchedResponse } from './watched-response.js'

/** Tells `onDownloadProgress` of the body that answers the call; those of redirects and retries are not told of. */
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

/** The length of the body as its reader will see it, where the headers tell. */
export function announcedLength({ headers }: Response): number | null {
  const length = Number(headers.get('Content-Length') ?? NaN)
  return Number.isInteger(length) && !headers.has('Content-Encoding') ? length : null
}

type Bytes = Uint8Array<ArrayBuffer>
type Reader = ReadableStreamDefaultReader<Bytes>

/** The body of `source`, read only as fast as it is asked for. */
function watchedStream(source: SessionResponse, meter: ProgressMeter): ReadableStream<Bytes> {
  const reader = source.body?.getReader()
  const stream = own<UnderlyingDefaultSource<Bytes>>({
    start(controller) {
      reader?.closed.catch((error: unknown) => controller.error(error)) // also where nobody asks for bytes
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
