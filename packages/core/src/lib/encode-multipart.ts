import { entriesOf } from './entries-of.js'
import { InvalidRequestError } from './errors.js'
import { isScalar } from './is-scalar.js'

/** One part with what it says of itself. */
export interface PartDescription {
  content: Blob | string | ArrayBuffer | ArrayBufferView<ArrayBuffer>
  /** Default: a `File`'s own name. */
  filename?: string | undefined
  /** The part's `Content-Type`. Default: the blob's own, or none. */
  type?: string | undefined
  headers?: Readonly<Record<string, string>> | undefined
}

export type PartValue = string | number | bigint | boolean | Blob | PartDescription

type MultipartValue = PartValue | readonly PartValue[] | null | undefined

/** Parts by name, or pairs where a name repeats. `null` and `undefined` leave a part out. */
export type MultipartSource =
  | Readonly<Record<string, MultipartValue>>
  | Iterable<readonly [string, PartValue | null | undefined]>

/** The smallest body that `Blob` can stream: files in it are read as they are sent, never all at once. */
export interface MultipartBody {
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
 */
export function encodeMultipart(source: MultipartSource): MultipartBody {
  // Blob lower-cases its type, so the boundary is lower case from the start.
  const boundary = `session-fetch-${randomHex(16)}`
  const pieces: BlobPart[] = []
  for (const [name, part] of parts(source)) {
    pieces.push(`--${boundary}\r\n${partHead(name, part)}\r\n`, part.content, '\r\n')
  }
  pieces.push(`--${boundary}--\r\n`)
  const contentType = `multipart/form-data; boundary=${boundary}`
  return { body: new Blob(pieces, { type: contentType }), contentType }
}

function* parts(source: MultipartSource): Generator<readonly [string, PartDescription]> {
  for (const [name, value] of entriesOf<MultipartValue>('multipart', source)) {
    for (const item of [value].flat())
      if (item !== null && item !== undefined) yield [name, describe(name, item)]
  }
}

function describe(name: string, value: PartValue): PartDescription {
  if (value instanceof Blob) {
    const filename = 'name' in value ? String(value.name) : 'blob'
    return { content: value, filename, type: value.type || 'application/octet-stream' }
  }
  if (isScalar(value)) return { content: withCrlf(String(value)) }
  if (typeof value === 'object' && 'content' in value) return fromDescription(value)
  throw new InvalidRequestError(
    `multipart: part "${name}" must be text, a number, a Blob, a File or { content, filename, type, headers }`,
  )
}

function fromDescription(part: PartDescription): PartDescription {
  const own = part.content instanceof Blob ? part.content : null
  return {
    ...part,
    filename: part.filename ?? (own && 'name' in own ? String(own.name) : undefined),
    type: part.type ?? (own?.type || undefined),
  }
}

function partHead(name: string, part: PartDescription): string {
  const filename = part.filename === undefined ? '' : `; filename="${escapeQuoted(part.filename)}"`
  let head = `Content-Disposition: form-data; name="${escapeQuoted(withCrlf(name))}"${filename}\r\n`
  if (part.type !== undefined) head += partHeader('Content-Type', part.type)
  for (const [header, value] of Object.entries(part.headers ?? {})) head += partHeader(header, value)
  return head
}

function partHeader(name: string, value: string): string {
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(name) && !/[\r\n\0]/.test(value)) return `${name}: ${value}\r\n`
  throw new InvalidRequestError(
    `multipart: "${name.slice(0, 40)}" has a name or a value that no part header may have`,
  )
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
