import { InvalidRequestError } from '../model/errors.js'
import { VALUE } from '../request/headers.js'
import { encodeMultipart } from '../request/multipart.js'
import { type Body, type PreparedRequest, checkBody } from '../request/prepared-request.js'
import { resolveUrl } from '../request/url.js'
import { has } from '../model/options.js'

/** A token (RFC 9110 §5.6.2), except the methods that fetch forbids (Fetch §2.2.1). */
const METHOD = /^(?!(?:connect|trace|track)$)[!#$%&'*+.^_`|~0-9a-z-]+$/i

/**
 * Validates a request before it is sent, after all hooks that could edit it. Upper-cases its method.
 *
 * @throws InvalidRequestError naming what to change
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

/** Headers that control message framing and the connection. */
const FRAMING = new Set(['transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'expect'])
/** RFC 9110 §7.2: host and port. No comma, although a name may contain one: it would join two values. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+;=%-]+)(?::\d*)?$/i

/**
 * Header rules of all transports that write headers as they are.
 *
 * @throws InvalidRequestError for a framing header, a length that differs from the body's, an invalid `Host`,
 *   or a control character
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

/** Whether a `Content-Length` matches the body. Streams are counted while they are sent. */
function isLength(value: string, { body, method }: PreparedRequest): boolean {
  if (!/^\d{1,15}$/.test(value) || (body === null && /^(?:GET|HEAD)$/i.test(method))) return false
  const length = byteLength(body)
  return length === null || length === Number(value)
}

/** The length of a body in bytes; `null` if unknown. */
function byteLength(body: Body | null): number | null {
  if (body === null) return 0
  if (typeof body === 'string' || body instanceof URLSearchParams)
    return new TextEncoder().encode(`${body}`).byteLength
  if (body instanceof Blob) return body.size
  if (body instanceof FormData) return encodeMultipart(body).body.size
  return has(body, 'byteLength') ? body.byteLength : null
}
