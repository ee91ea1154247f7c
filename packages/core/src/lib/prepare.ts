import { isReplayable } from './body.js'
import { encodeBody } from './encode-body.js'
import type { Settings } from './merge.js'
import { checkSignal } from './cancellation.js'
import type { CallOptions } from './options.js'
import type { Platform } from './platform.js'
import { PreparedRequest } from './prepared-request.js'
import { withParams } from './query.js'
import type { Place } from './resolve-url.js'

/** A method, a URL and merged settings as a request that is ready to be sent. */
export function prepare(
  method: string,
  url: Place,
  call: CallOptions,
  settings: Settings,
  platform: Pick<Platform, 'multipart'>,
): PreparedRequest {
  const { body, contentType } = encodeBody(call, platform.multipart)
  const { headers, extras, params } = settings
  describeBody(headers, contentType, body instanceof FormData)
  const request = new PreparedRequest(
    {
      ...extras,
      method,
      url: withParams(url, params),
      headers,
      body,
      signal: checkedSignal(call.signal),
    },
    settings,
  )
  if (!isReplayable(body)) request.duplex = 'half' // https://fetch.spec.whatwg.org/#dom-requestinit-duplex
  return request
}

/** Sets the body's own type where the caller said none, or said a multipart type without its boundary. */
function describeBody(headers: Headers, contentType: string | null, isForm: boolean): void {
  const isMultipart = isForm || contentType?.startsWith('multipart/')
  if (isMultipart && /^multipart\/form-data(?!.*boundary=)/i.test(headers.get('Content-Type') ?? ''))
    headers.delete('Content-Type')
  if (contentType !== null && !headers.has('Content-Type')) headers.set('Content-Type', contentType)
}

function checkedSignal(signal: AbortSignal | null | undefined): AbortSignal | null {
  if (signal === undefined || signal === null) return null
  checkSignal(signal)
  return signal
}
