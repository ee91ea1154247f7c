import { checkMembers, entriesOf, isScalar } from '../model/check.js'
import { InvalidRequestError } from '../model/errors.js'
import { has, own } from '../model/own.js'
import { isStream, isWhole } from './prepared-request.js'

/** One part with what it says of itself. */
export interface PartDescription {
  /** In Node, also a stream or an async iterable: it is read as it is sent, so the request can be sent only once. */
  content: WholeContent | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string>
  /** Default: a `File`'s own name. */
  filename?: string | undefined
  /** The part's `Content-Type`. Default: the blob's own, or none. */
  type?: string | undefined
  headers?: Readonly<Record<string, string>> | undefined
}

type WholeContent = Blob | string | ArrayBuffer | ArrayBufferView<ArrayBuffer>

export type PartValue = string | number | bigint | boolean | Blob | PartDescription

type MultipartValue = PartValue | readonly PartValue[] | null | undefined

/** Parts by name, or pairs where a name repeats. `null` and `undefined` leave a part out. */
export type MultipartSource =
  | Readonly<Record<string, MultipartValue>>
  | Iterable<readonly [string, PartValue | null | undefined]>

/** Heads, contents and boundaries of a multipart body, in the order they are sent. */
interface MultipartPieces {
  pieces: PartDescription['content'][]
  contentType: string
}

/** The smallest body that `Blob` can stream: files in it are read as they are sent, never all at once. */
interface MultipartBody {
  body: Blob
  contentType: string
}

/**
 * Parts as a body: for platforms whose `multipart` option takes plain values and files alone.
 *
 * @example await session.post('photos', { body: multipart({ photo: { content: bytes, filename: 'a.png' } }) })
 */
export function multipart(parts: MultipartSource): Blob {
  return encodeMultipart(parts).body
}

/**
 * Parts as `multipart/form-data` (RFC 7578), made as one `Blob` of blobs: its length is known, it can be
 * sent again, and files in it are streamed.
 *
 * @throws InvalidRequestError for a part that is a stream
 */
export function encodeMultipart(source: MultipartSource): MultipartBody {
  const { pieces, contentType } = multipartPieces(source)
  if (!pieces.every(isWhole))
    throw new InvalidRequestError("multipart: only Node's multipart option takes a stream as content")
  return { body: new Blob(pieces, own({ type: contentType })), contentType }
}

/** The pieces of parts as `multipart/form-data`; those that are streams are left for the platform to read. */
export function multipartPieces(source: MultipartSource): MultipartPieces {
  // Blob lower-cases its type, so the boundary is lower case from the start.
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
    content,
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
  throw new InvalidRequestError(
    `multipart: "${name.slice(0, 40)}" has a name or a value that no part header may have`,
  )
}

function checked(filename: unknown): string {
  if (typeof filename === 'string') return filename
  throw new InvalidRequestError('multipart: a filename must be text')
}

/** As browsers write names and the text of fields (HTML, multipart/form-data encoding algorithm). */
function withCrlf(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n')
}

/** The same algorithm's way to end neither a name nor its line. */
function escapeQuoted(text: string): string {
  return text.replace(/[\r\n"]/g, encodeURIComponent)
}

function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
