import { InvalidRequestError } from '../model/errors.js'
import { has } from '../model/own.js'
import { VALUE } from '../request/headers.js'
import { encodeMultipart } from '../request/multipart.js'
import { type Body, type PreparedRequest, checkBody } from '../request/prepared-request.js'
import { resolveUrl } from '../request/resolve-url.js'

/** A token (RFC 9110 §5.6.2) that fetch does not forbid (Fetch §2.2.1). */
const METHOD = /^(?!(?:connect|trace|track)$)[!#$%&'*+.^_`|~0-9a-z-]+$/i

/**
 * The last look at a request before it is sent, after every hook that could edit it. From here on its method is in
 * capitals.
 *
 * @throws InvalidRequestError saying what to change
 */
export function checkRequest(
  request: PreparedRequest,
  platform: { check?(request: PreparedRequest): void },
): void {
  request.body ??= null // a hook may have set it to undefined
  const { method, url, body, movedFrom } = request
  if (movedFrom !== null && resolveUrl(url, null).credentials)
    throw new InvalidRequestError('An edited URL must not hold credentials; use auth')
  if (typeof method !== 'string' || !METHOD.test(method))
    throw new InvalidRequestError('The method must be a token that fetch allows')
  if (body !== null && /^(?:GET|HEAD)$/i.test(method))
    throw new InvalidRequestError(`A ${method} request has no body; use params`, {
      request,
    })
  if (body !== null) checkBody(body)
  request.method = method.toUpperCase()
  platform.check?.(request)
}

/** Headers that say how the message is framed, and what becomes of the connection. */
const FRAMING = new Set(['transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'expect'])
/** RFC 9110 §7.2: a host and a port. A comma, which a name could have, is what joins two values. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+;=%-]+)(?::\d*)?$/i

/**
 * The rules of headers that hold on every transport, for platforms whose transports write what they are given.
 *
 * @throws InvalidRequestError for a header that frames the message, a length that is not the body's, a `Host` that is
 *   none, and a control character
 */
export function refuseFraming(request: PreparedRequest): void {
  request.headers.forEach((value, name) => {
    const fault = faultOf(name, value, request)
    if (fault) throw new InvalidRequestError(`The header "${name}" ${fault}`, { request })
  })
}

function faultOf(name: string, value: string, request: PreparedRequest): string | false {
  if (FRAMING.has(name)) return "is the transport's to set"
  if (!VALUE.test(value)) return 'holds a control character'
  if (name === 'content-length') return !isLength(value, request) && 'is not the length of the body'
  return name === 'host' && !HOST.test(value) && 'is not a host'
}

/** Whether a `Content-Length` may be that of the body: a stream is counted as it is sent. */
function isLength(value: string, { body, method }: PreparedRequest): boolean {
  if (!/^\d{1,15}$/.test(value) || (body === null && /^(?:GET|HEAD)$/i.test(method))) return false
  const length = byteLength(body)
  return length === null || length === Number(value)
}

/** The bytes of a body; `null` where only its end tells. */
function byteLength(body: Body | null): number | null {
  if (body === null) return 0
  if (typeof body === 'string' || body instanceof URLSearchParams)
    return new TextEncoder().encode(`${body}`).byteLength
  if (body instanceof Blob) return body.size
  if (body instanceof FormData) return encodeMultipart(body).body.size
  return has(body, 'byteLength') ? body.byteLength : null
}
