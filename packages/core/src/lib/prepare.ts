import { isReplayable } from './body.js'
import { encodeBody } from './encode-body.js'
import { InvalidRequestError } from './errors.js'
import type { Settings } from './merge.js'
import type { CallOptions } from './options.js'
import type { Platform } from './platform.js'
import { PreparedRequest } from './prepared-request.js'
import { withParams } from './query.js'

/** A method, a URL and merged settings as a request that is ready to be sent. */
export function prepare(
  method: string,
  url: URL,
  call: CallOptions,
  settings: Settings,
  platform: Pick<Platform, 'encodeMultipart'>,
): PreparedRequest {
  if (typeof method !== 'string') throw new InvalidRequestError('The method must be text')
  const { body, contentType } = encodeBody(call, platform.encodeMultipart)
  describeBody(settings.headers, contentType, body instanceof FormData)
  const request = new PreparedRequest({
    method: method.toUpperCase(),
    url: withParams(url, settings.params),
    headers: settings.headers,
    body,
    settings,
    signal: abortSignal(call.signal),
    extras: settings.extras,
  })
  if (!isReplayable(body)) request.duplex = 'half' // https://fetch.spec.whatwg.org/#dom-requestinit-duplex
  return request
}

/** Sets the body's own type where the caller said none, or said a multipart type without its boundary. */
function describeBody(headers: Headers, contentType: string | null, isFormData: boolean): void {
  if (contentType === null && !isFormData) return
  const said = headers.get('Content-Type')
  const unbound = said !== null && /^multipart\/form-data\s*(?:;|$)/i.test(said) && !/boundary=/i.test(said)
  if (isFormData) {
    if (unbound) headers.delete('Content-Type')
  } else if (contentType !== null && (said === null || (unbound && contentType.startsWith('multipart/')))) {
    headers.set('Content-Type', contentType)
  }
}

function abortSignal(signal: AbortSignal | null | undefined): AbortSignal | null {
  if (signal === undefined || signal === null) return null
  // By its shape, for a signal of another realm is one, too.
  if (typeof signal === 'object' && 'aborted' in signal && 'addEventListener' in signal) return signal
  throw new InvalidRequestError('signal must be an AbortSignal')
}
