import { InvalidRequestError } from '@session-fetch/core'
import { isBlank, isFieldText, isToken, trimBlanks } from '@session-fetch/core/adapter'
import { MalformedMessage } from '../base/network-error.js'
import { contentLength } from '../bodies/outgoing-body.js'
import type { OutgoingRequest } from '../bodies/outgoing-request.js'

/** The status line and the fields of a response, decoded as latin-1. */
export interface ResponseHead {
  /** 1 for HTTP/1.1, 0 for HTTP/1.0. */
  readonly minor: number
  readonly status: number
  readonly statusText: string
  /** Fields by lower-case name; repeated ones as a list. */
  readonly headers: HeaderRecord
  /** The fields as received: name, value, name, value. */
  readonly raw: readonly string[]
}

export type HeaderRecord = Record<string, string | string[] | undefined>

/** Values of `bodyLength` for bodies of unknown length. */
export const CHUNKED = -1
export const UNTIL_CLOSE = -2

/** RFC 9112 §4. The reason phrase and the space before it are optional. */
const STATUS = /HTTP\/1\.([01]) ([1-9]\d{2})(?: |(?=\r))/y
const VERSION = 'HTTP/1.'
const CR = 0x0d
const LF = 0x0a
const LENGTH = /^\d{1,16}$/
/** Options of the `Connection` list. */
const CLOSE = /(?:^|[\t ,])close(?:$|[\t ,])/i
const KEEP_ALIVE = /(?:^|[\t ,])keep-alive(?:$|[\t ,])/i
const NULL_BODY = [204, 304]
/** Fields that must not be folded, because two parsers could read them differently. */
const FRAMING = ['content-length', 'transfer-encoding']

/** Received names and their lower-case form: servers repeat the same few names. Fast path: see decision 14. */
const NAMES = new Map<string, string>()
const MAX_NAMES = 512
const MAX_NAME_LENGTH = 64

/**
 * Parses a head, from the status line to the last field's line end.
 *
 * @throws MalformedMessage for anything that RFC 9112 does not allow, because text that two parsers read differently
 *   makes response smuggling possible
 */
export function parseHead(text: string): ResponseHead {
  STATUS.lastIndex = 0
  const [start = '', minor, status] = STATUS.exec(text) ?? []
  const end = lineEnd(text, start.length)
  const statusText = text.slice(start.length, end)
  if (start === '' || !isFieldText(statusText)) throw new MalformedMessage('the status line')
  return { minor: Number(minor), status: Number(status), statusText, ...parseFields(text, end + 2) }
}

/**
 * Checks an incomplete head, because an invalid one may never end.
 *
 * @param from Bytes before this index were checked already.
 * @throws MalformedMessage if more bytes cannot make it valid
 */
export function checkBeginning(bytes: Buffer, from: number): void {
  const isHttp = from >= VERSION.length || VERSION.startsWith(bytes.toString('latin1', 0, VERSION.length))
  if (!isHttp) throw new MalformedMessage('the beginning of the head')
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1))
    if (bytes[at - 1] !== CR) throw new MalformedMessage('a line end in the head')
}

/**
 * Parses field lines to the end of the text (RFC 9112 §5); whitespace before the colon is invalid. Folded lines are
 * joined by a space (§5.2), except for fields that frame the body.
 *
 * @throws MalformedMessage for an invalid line
 */
export function parseFields(text: string, start: number): Pick<ResponseHead, 'headers' | 'raw'> {
  const headers: HeaderRecord = Object.create(null)
  const raw: string[] = []
  for (let at = start; at < text.length; ) {
    const colon = text.indexOf(':', at)
    let end = lineEnd(text, at)
    if (colon <= at || colon > end) throw new MalformedMessage('a header field')
    const name = text.slice(at, colon)
    const lower = lowerCase(name)
    let value = trimBlanks(text.slice(colon + 1, end))
    if (isBlank(text.charCodeAt(end + 2))) {
      if (FRAMING.includes(lower)) throw new MalformedMessage('a folded line that frames the body')
      ;({ value, end } = unfolded(text, colon + 1, end))
    }
    if (!isFieldText(value)) throw new MalformedMessage('a header field')
    add(headers, lower, value)
    raw.push(name, value)
    at = end + 2
  }
  return { headers, raw }
}

/** A folded value that starts at `start`, with a first line that ends at `end`. */
function unfolded(text: string, start: number, end: number): { value: string; end: number } {
  const parts = [trimBlanks(text.slice(start, end))]
  while (isBlank(text.charCodeAt(end + 2))) {
    const from = end + 2
    end = lineEnd(text, from)
    parts.push(trimBlanks(text.slice(from, end)))
  }
  return { value: trimBlanks(parts.join(' ')), end }
}

/** A field name in lower case. */
function lowerCase(name: string): string {
  const known = NAMES.get(name)
  if (known !== undefined) return known
  if (!isToken(name)) throw new MalformedMessage('a header field')
  const copy = Buffer.from(name, 'latin1').toString('latin1') // a slice would keep the whole head in memory, secrets included
  const lower = copy.toLowerCase()
  if (NAMES.size < MAX_NAMES && name.length < MAX_NAME_LENGTH) NAMES.set(copy, lower)
  return lower
}

/** The index of the CRLF that ends a line; a CR or LF before it is invalid. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\r', at)
  if (end < 0 || text.indexOf('\n', at) !== end + 1) throw new MalformedMessage('a line end in the head')
  return end
}

function add(headers: HeaderRecord, name: string, value: string): void {
  const known = headers[name]
  if (known === undefined) headers[name] = value
  else if (typeof known === 'string') headers[name] = [known, value]
  else known.push(value)
}

/**
 * The length of a response's body, or the way the end is marked (RFC 9112 §6.3).
 *
 * @throws MalformedMessage if the fields contradict each other
 */
export function bodyLength({ status, headers }: ResponseHead, method: string): number {
  const { 'transfer-encoding': coding, 'content-length': length } = headers
  if (coding !== undefined && length !== undefined)
    throw new MalformedMessage('both Content-Length and Transfer-Encoding')
  if (length !== undefined && !(typeof length === 'string' && LENGTH.test(length)))
    throw new MalformedMessage('the Content-Length')
  if (method === 'HEAD' || NULL_BODY.includes(status)) return 0
  if (coding !== undefined) return CHUNKED // checkHead rejects other codings
  return length === undefined ? UNTIL_CLOSE : Number(length)
}

/** Whether the server keeps the connection open after this response (RFC 9112 §9.3, §6.1). */
export function keepsOpen({ minor, headers }: ResponseHead): boolean {
  const { connection, 'transfer-encoding': coding } = headers
  if (connection === undefined) return minor === 1
  const options = String(connection)
  return !CLOSE.test(options) && (minor === 1 || (coding === undefined && KEEP_ALIVE.test(options)))
}

/** The timeout of the server's `Keep-Alive`, in milliseconds. */
export function keepAliveHint({ headers: { 'keep-alive': parameters } }: ResponseHead): number | undefined {
  if (parameters === undefined) return undefined
  const seconds = /(?:^|[,;\t ])timeout=(\d{1,6})(?:$|[,;\t ])/i.exec(String(parameters))?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}

/** The characters of a request target. A space would end it. */
const TARGET = /^[\x21-\x7e\x80-\xff]+$/

/** Headers that control framing and the connection, set by the transport. */
const FRAMING_HEADERS = new Set(['transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'expect'])

/** A request's head and the framing of the body. */
export interface RequestHead {
  /** The head from the request line to the empty line, in latin-1. */
  readonly text: string
  /** The length of the body in bytes; `null` for chunked. */
  readonly length: number | null
}

/**
 * Serializes a request's head (RFC 9112 §3).
 *
 * @param host The default `Host`.
 * @param keep Whether to keep the connection open.
 * @throws InvalidRequestError for anything that cannot be sent
 */
export function requestHead(request: OutgoingRequest, host: string, keep: boolean): RequestHead {
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
    if (FRAMING_HEADERS.has(name))
      throw new InvalidRequestError(`The header "${name}" is set by the transport`)
    if (name === 'host') to = value
    else if (name === 'content-length') length = declared(value, length)
    else fields += `${name}: ${value}\r\n`
  }
  const connection = keep ? 'keep-alive' : 'close'
  const start = `${method} ${path} HTTP/1.1\r\nhost: ${to}\r\nconnection: ${connection}\r\n`
  return { text: `${start}${fields}${framingLine(length)}\r\n`, length: length === undefined ? 0 : length }
}

/** A `Content-Length` set by a layer. It determines the length of a stream; for any other body it must be correct. */
function declared(value: string, known: number | null | undefined): number {
  const length = /^\d{1,15}$/.test(value) ? Number(value) : undefined
  if (length !== undefined && (known === null || known === length)) return length
  throw new InvalidRequestError('The Content-Length differs from the length of the body')
}

function framingLine(length: number | null | undefined): string {
  if (length === undefined) return ''
  return length === null ? 'transfer-encoding: chunked\r\n' : `content-length: ${length}\r\n`
}
