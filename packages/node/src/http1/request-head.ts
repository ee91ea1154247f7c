import { InvalidRequestError } from '@session-fetch/core'
import { isFieldText, isToken } from '../base/field-text.js'
import { contentLength } from '../bodies/outgoing-body.js'
import type { RequestOptions } from '../bodies/request-options.js'

/** Characters of a request target: a blank would end it. */
const TARGET = /^[\x21-\x7e\x80-\xff]+$/

/** Headers that say how the message is framed, and what becomes of the connection. */
const OURS = new Set(['transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'expect'])

/** A request's head, and how its body is framed. */
export interface RequestHead {
  /** From the request line to the empty line, in latin-1. */
  readonly text: string
  /** The bytes of the body; `null` for chunks. */
  readonly length: number | null
}

/**
 * Writes a request's head (RFC 9112 §3).
 *
 * @param host What `Host` says, unless the request has one of its own.
 * @param keep Whether the connection is to stay open.
 * @throws InvalidRequestError for what cannot be written
 */
export function requestHead(request: RequestOptions, host: string, keep: boolean): RequestHead {
  const { method, path, headers } = request
  if (!isToken(method)) throw new InvalidRequestError('The method is not an HTTP token')
  if (!TARGET.test(path)) throw new InvalidRequestError('The URL has characters that no request can carry')
  let fields = ''
  let to = host
  let length = contentLength(request.body, method)
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? ''
    const value = headers[at + 1] ?? ''
    if (!isFieldText(value)) throw new InvalidRequestError(`The header "${name}" holds a control character`)
    if (OURS.has(name)) throw new InvalidRequestError(`The header "${name}" is the transport's to set`)
    if (name === 'host') to = value
    else if (name === 'content-length') length = declared(value, length)
    else fields += `${name}: ${value}\r\n`
  }
  const connection = keep ? 'keep-alive' : 'close'
  const start = `${method} ${path} HTTP/1.1\r\nhost: ${to}\r\nconnection: ${connection}\r\n`
  return { text: `${start}${fields}${framing(length)}\r\n`, length: length === undefined ? 0 : length }
}

/** What a layer says of a body whose length nobody else knows. Of any other, it may say nothing else. */
function declared(value: string, known: number | null | undefined): number {
  const length = /^\d{1,15}$/.test(value) ? Number(value) : undefined
  if (length !== undefined && (known === null || known === length)) return length
  throw new InvalidRequestError('The Content-Length is not that of the body')
}

function framing(length: number | null | undefined): string {
  if (length === undefined) return ''
  return length === null ? 'transfer-encoding: chunked\r\n' : `content-length: ${length}\r\n`
}
