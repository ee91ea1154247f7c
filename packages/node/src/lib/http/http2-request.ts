import type { OutgoingHttpHeaders } from 'node:http2'
import type { Dispatcher } from 'undici'

/** The head of a request as HTTP/2 writes it (RFC 9113 §8.3.1). */
export function http2Headers({
  method,
  origin,
  path,
  headers,
  body,
}: Dispatcher.DispatchOptions): OutgoingHttpHeaders {
  const url = new URL(String(origin))
  const fields: OutgoingHttpHeaders = Object.assign(Object.create(null), {
    ':method': method,
    ':scheme': url.protocol.slice(0, -1),
    ':authority': url.host,
    ':path': path,
  })
  const pairs = headers as readonly string[] // as the transport writes them: names in lower case, then values
  for (let index = 0; index < pairs.length; index += 2)
    add(fields, String(pairs[index]), String(pairs[index + 1]))
  const length = bodyLength(body, method)
  if (length !== undefined) fields['content-length'] = length
  return fields
}

/** Text or bytes, which are there at once. */
export function isBytes(body: unknown): body is string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array
}

function add(fields: OutgoingHttpHeaders, name: string, value: string): void {
  const key = name === 'host' ? ':authority' : name
  const known = key.startsWith(':') ? undefined : fields[key]
  fields[key] = known === undefined ? value : [known, value].flat().map(String)
}

function bodyLength(body: unknown, method: string): number | undefined {
  if (isBytes(body)) return Buffer.byteLength(body)
  if (body instanceof Blob) return body.size
  return body === null && ['POST', 'PUT', 'PATCH'].includes(method) ? 0 : undefined
}
