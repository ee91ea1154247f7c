import type { OutgoingHttpHeaders } from 'node:http2'
import type { RequestOptions } from './dispatch-options.js'
import { contentLength } from './outgoing-body.js'

/** The head of a request as HTTP/2 writes it (RFC 9113 §8.3.1). */
export function http2Headers({ method, origin, path, headers, body }: RequestOptions): OutgoingHttpHeaders {
  const url = new URL(origin)
  const fields: OutgoingHttpHeaders = Object.assign(Object.create(null), {
    ':method': method,
    ':scheme': url.protocol.slice(0, -1),
    ':authority': url.host,
    ':path': path,
  })
  for (let at = 0; at < headers.length; at += 2) add(fields, headers[at] ?? '', headers[at + 1] ?? '')
  const length = contentLength(body, method)
  if (typeof length === 'number') fields['content-length'] = length
  return fields
}

function add(fields: OutgoingHttpHeaders, name: string, value: string): void {
  const key = name === 'host' ? ':authority' : name
  const known = key.startsWith(':') ? undefined : fields[key]
  fields[key] = known === undefined ? value : [known, value].flat().map(String)
}
