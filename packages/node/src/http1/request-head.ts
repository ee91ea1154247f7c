import { InvalidRequestError } from '@session-fetch/core'
import { isFieldText, isToken } from '../base/field-text.js'
import { contentLength } from '../bodies/outgoing-body.js'
import type { RequestOptions } from '../bodies/request-options.js'

/** Characters of a request target, which a space would end. */
const TARGET = /^[\x21-\x7e\x80-\xff]+$/

/** Headers that control framing and the connection. */
const FRAMING = new Set(['transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'expect'])

/** A request's head and the framing of its body. */
export interface RequestHead {
  /** The head from the request line to the empty line, in latin-1. */
  readonly text: string
  /** The length of the body in bytes; `null` for chunked. */
  readonly length: number | null
}

/**
 * Serialises a request's head (RFC 9112 §3).
 *
 * @param host The default `Host`.
 * @param keep Whether to keep the connection open.
 * @throws InvalidRequestError for anything that cannot be sent
 */
export function requestHead(request: RequestOptions, host: string, keep: boolean): RequestHead {
  const { method, path, headers } = request
  if (!isToken(method)) throw new InvalidRequestError('The method is not an HTTP token')
  if (!TARGET.test(path))
    throw new InvalidRequestError('The URL contains characters that are invalid in a request')
  let fields = ''
  let to = host
  let length = contentLength(request.body, method)
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? ''
    const value = headers[at + 1] ?? ''
    if (!isFieldText(value))
      throw new InvalidRequestError(`The header "${name}" contains a control character`)
    if (FRAMING.has(name)) throw new InvalidRequestError(`The header "${name}" is set by the transport`)
    if (name === 'host') to = value
    else if (name === 'content-length') length = declared(value, length)
    else fields += `${name}: ${value}\r\n`
  }
  const connection = keep ? 'keep-alive' : 'close'
  const start = `${method} ${path} HTTP/1.1\r\nhost: ${to}\r\nconnection: ${connection}\r\n`
  return { text: `${start}${fields}${framingLine(length)}\r\n`, length: length === undefined ? 0 : length }
}

/** The `Content-Length` of a layer. It sets the length of a stream; for any other body it must be correct. */
function declared(value: string, known: number | null | undefined): number {
  const length = /^\d{1,15}$/.test(value) ? Number(value) : undefined
  if (length !== undefined && (known === null || known === length)) return length
  throw new InvalidRequestError('The Content-Length differs from the length of the body')
}

function framingLine(length: number | null | undefined): string {
  if (length === undefined) return ''
  return length === null ? 'transfer-encoding: chunked\r\n' : `content-length: ${length}\r\n`
}
