import { type Place, withParams } from '../model/url.js'
import { encodeBody } from '../request/body.js'
import { PreparedRequest, isReplayable } from '../request/prepared-request.js'
import type { Platform } from './call.js'
import type { CallOptions, Settings } from './options.js'

/** Builds a request from a method, a URL and merged settings. */
export function prepare(
  method: string,
  url: Place,
  call: CallOptions,
  settings: Settings,
  platform: Pick<Platform, 'multipart' | 'stop'>,
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
      signal: call.signal ?? null,
    },
    settings,
    platform.stop,
  )
  if (!isReplayable(body)) request.duplex = 'half' // https://fetch.spec.whatwg.org/#dom-requestinit-duplex
  return request
}

/** Sets the body's type if the caller gave none, or gave a multipart type without a boundary. */
function describeBody(headers: Headers, contentType: string | null, isForm: boolean): void {
  const isMultipart = isForm || contentType?.startsWith('multipart/')
  if (isMultipart && /^multipart\/form-data(?!.*boundary=)/i.test(headers.get('Content-Type') ?? ''))
    headers.delete('Content-Type')
  if (contentType !== null && !headers.has('Content-Type')) headers.set('Content-Type', contentType)
}
