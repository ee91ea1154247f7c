import { has } from './own.js'
import type { Body } from './body.js'
import { encodeMultipart } from './encode-multipart.js'
import { InvalidRequestError } from './errors.js'
import { VALUE } from './merge-headers.js'
import type { PreparedRequest } from './prepared-request.js'

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
