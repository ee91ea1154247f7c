import { checkMembers, entriesOf, isScalar } from '../model/option-values.js'
import { InvalidRequestError } from '../model/errors.js'
import { isStream, isWhole, unshared } from './prepared-request.js'
import { has, own } from '../model/own.js'

/**
 * One part with its headers.
 *
 * @example
 * const photo: PartDescription = { content: bytes, filename: 'a.png', type: 'image/png' }
 * await session.post('photos', { multipart: { photo } })
 */
export interface PartDescription {
  /**
   * In Node, also a stream or an async iterable. It is read while it is sent, so the request cannot be
   * replayed.
   */
  content: WholeContent | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string>
  /** Default: the name of a `File`. */
  filename?: string | undefined
  /** The `Content-Type` of the part. Default: the blob's type, or none. */
  type?: string | undefined
  /** More headers of the part. Default: none. */
  headers?: Readonly<Record<string, string>> | undefined
}

type WholeContent = Blob | string | ArrayBuffer | ArrayBufferView<ArrayBuffer>

/** The value of a part of a form. */
export type PartValue = string | number | bigint | boolean | Blob | PartDescription

type MultipartValue = PartValue | readonly PartValue[] | null | undefined

/**
 * Parts by name, or pairs where a name repeats. `null` and `undefined` leave a part out.
 *
 * @example
 * const parts: MultipartSource = { title: 'A photo', photo: { content: bytes, filename: 'a.png', type: 'image/png' } }
 * await session.post('photos', { multipart: parts })
 */
export type MultipartSource =
  | Readonly<Record<string, MultipartValue>>
  | Iterable<readonly [string, PartValue | null | undefined]>

/** The pieces of a multipart body, in order. */
interface MultipartPieces {
  pieces: PartDescription['content'][]
  contentType: string
}

/** A `Blob` of all pieces: files in it are read while they are sent. */
interface MultipartBody {
  body: Blob
  contentType: string
}

/**
 * Encodes parts with names, types and headers as a body. In a browser, the `multipart` option takes plain
 * values and files only.
 *
 * @example await session.post('photos', { body: multipart({ photo: { content: bytes, filename: 'a.png' } }) })
 */
export function multipart(parts: MultipartSource): Blob {
  return encodeMultipart(parts).body
}

/**
 * Encodes parts as `multipart/form-data` (RFC 7578) in one `Blob`: the length is known, it can be replayed, and
 * files in it are streamed.
 *
 * @throws InvalidRequestError for a part that is a stream
 */
export function encodeMultipart(source: MultipartSource): MultipartBody {
  const { pieces, contentType } = multipartPieces(source)
  if (!pieces.every(isWhole))
    throw new InvalidRequestError("multipart: only Node's multipart option takes a stream as content")
  return { body: new Blob(pieces, own({ type: contentType })), contentType }
}

/** The pieces of parts as `multipart/form-data`. Streams are left to the platform. */
export function multipartPieces(source: MultipartSource): MultipartPieces {
  // `Blob` lower-cases the type, so the boundary is lower-case
  const boundary = `session-fetch-${randomHex(16)}`
  const pieces: MultipartPieces['pieces'] = []
  for (const [name, part] of parts(source)) {
    pieces.push(`--${boundary}\r\n${partHead(name, part)}\r\n`, part.content, '\r\n')
  }
  pieces.push(`--${boundary}--\r\n`)
  return { pieces, contentType: `multipart/form-data; boundary=${boundary}` }
}

function* parts(source: MultipartSource): Generator<readonly [string, PartDescription]> {
  for (const [name, value] of entriesOf<MultipartValue>('multipart', source)) {
    for (const item of [value].flat())
      if (item !== null && item !== undefined) yield [name, describe(name, item)]
  }
}

function describe(name: string, value: PartValue): PartDescription {
  if (value instanceof Blob) {
    const filename = has(value, 'name') ? String(value.name) : 'blob'
    return own({ content: value, filename, type: value.type || 'application/octet-stream' })
  }
  if (isScalar(value)) return own({ content: withCrlf(String(value)) })
  if (typeof value === 'object' && has(value, 'content')) return fromDescription(name, value)
  throw new InvalidRequestError(
    `multipart: part "${name}" must be text, a number, a Blob, a File or { content, filename, type, headers }`,
  )
}

function fromDescription(name: string, given: PartDescription): PartDescription {
  const part = own(given)
  checkMembers(`multipart.${name}`, part, ['content', 'filename', 'type', 'headers'])
  const { content } = part
  if (!isWhole(content) && !isStream(content))
    throw new InvalidRequestError(
      `multipart.${name}.content must be text, bytes, a Blob or, in Node, a stream`,
    )
  const blob = content instanceof Blob ? content : null
  return {
    content: unshared(content),
    filename: part.filename ?? (blob && has(blob, 'name') ? String(blob.name) : undefined),
    type: part.type ?? (blob?.type || undefined),
    headers: part.headers,
  }
}

function partHead(name: string, part: PartDescription): string {
  const filename = part.filename === undefined ? '' : `; filename="${escapeQuoted(checked(part.filename))}"`
  let head = `Content-Disposition: form-data; name="${escapeQuoted(withCrlf(name))}"${filename}\r\n`
  if (part.type !== undefined) head += partHeader('Content-Type', part.type)
  for (const [header, value] of entriesOf('multipart headers', part.headers))
    head += partHeader(header, value)
  return head
}

function partHeader(name: string, value: string): string {
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(name) && typeof value === 'string' && !/[\r\n\0]/.test(value))
    return `${name}: ${value}\r\n`
  throw new InvalidRequestError(`multipart: "${name.slice(0, 40)}" is not a valid header of a part`)
}

function checked(filename: unknown): string {
  if (typeof filename === 'string') return filename
  throw new InvalidRequestError('multipart: a filename must be text')
}

/** Escapes names and field text as browsers do (HTML, multipart/form-data encoding algorithm). */
function withCrlf(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n')
}

/** Escapes quotes and line ends in names, by the same algorithm. */
function escapeQuoted(text: string): string {
  return text.replace(/[\r\n"]/g, encodeURIComponent)
}

function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
