import { InvalidRequestError } from '../model/errors.js'
import type { Stop } from '../model/stop.js'
import type { MultipartSource } from './multipart.js'
import { type Body, checkBody, isStream } from './prepared-request.js'
import { type ParamsSource, mergeParams } from './url.js'
import { own } from '../model/own.js'

/** A body ready to send, and its default `Content-Type`. */
export interface EncodedBody {
  body: Body | null
  contentType: string | null
}

/** The body options of a call, which are mutually exclusive. */
export interface BodyOptions {
  /** A value sent as JSON. `NaN`, `Infinity` and values without JSON are errors. */
  json?: unknown
  /** Fields sent as `application/x-www-form-urlencoded`. */
  form?: FormSource | undefined
  /** Parts sent as `multipart/form-data`. */
  multipart?: MultipartSource | undefined
  /** A raw body: any fetch body and, in Node, a `Readable` or an async iterable. */
  body?: Body | null | undefined
}

const FORM = 'application/x-www-form-urlencoded'

/**
 * Encodes the body of a call.
 *
 * @throws InvalidRequestError if the call has two bodies
 */
export function encodeBody(
  call: BodyOptions,
  encodeParts: (parts: MultipartSource) => EncodedBody,
): EncodedBody {
  const { json, form, multipart, body = null } = call
  // `null` is a JSON value; in the other options it means no body
  const [kind, other] = BODIES.filter((name) => (name === 'json' ? json !== undefined : call[name] != null))
  if (other) throw new InvalidRequestError(`A request has one body, not ${kind} and ${other}`)
  if (kind === 'json') return { body: encodeJson(json), contentType: 'application/json' }
  if (form != null) return { body: encodeForm(form), contentType: FORM }
  return multipart == null ? rawBody(body) : encodeParts(multipart)
}

/** A raw body, with the type that fetch would set (Fetch §5.2, extract a body). */
function rawBody(body: Body | null): EncodedBody {
  if (body === null) return { body, contentType: null }
  checkBody(body)
  if (typeof body === 'string') return { body, contentType: 'text/plain;charset=UTF-8' }
  if (body instanceof URLSearchParams) return { body: `${body}`, contentType: `${FORM};charset=UTF-8` }
  return { body, contentType: (body instanceof Blob && body.type) || null }
}

/**
 * Fields of a form: a record, pairs (a name may repeat), or `URLSearchParams`.
 *
 * @example
 * const form: FormSource = { name: 'ada', tag: ['a', 'b'] } // name=ada&tag=a&tag=b
 * await session.post('users', { form })
 */
export type FormSource = Exclude<ParamsSource, string>

/** Fields as `application/x-www-form-urlencoded` text. A list repeats the name; `null` leaves a field out. */
export function encodeForm(form: FormSource): string {
  return mergeParams(undefined, form, 'form').toString()
}

/**
 * Serializes a value as JSON.
 *
 * @throws InvalidRequestError if `JSON.stringify` would silently lose data: for `NaN` and `Infinity` (written
 *   as `null`), values without JSON (omitted), a `Map`, a `Promise`, a `Blob` and similar (written as `{}`),
 *   and for bytes and streams, which are bodies
 */
export function encodeJson(value: unknown): string {
  const text = stringify(value)
  if (text === undefined) throw noJson(`a ${typeof value}`)
  if (isStream(value) || (ArrayBuffer.isView(value) && !('toJSON' in value)))
    throw noJson('bytes or a stream')
  // only a text that contains one of these can hide a lost value
  if (text.includes('null') || text.includes('{}')) JSON.stringify(value, refuseLost)
  return text
}

function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch (cause) {
    throw noJson('a cycle, a BigInt or a toJSON that throws', cause)
  }
}

function refuseLost(key: string, value: unknown): unknown {
  const type = Object.prototype.toString.call(value).slice(8, -1)
  // Number objects are serialized as numbers
  if (type === 'Number' && !Number.isFinite(Number(value))) throw noJson(`"${key}" is ${String(value)}`)
  const isLost =
    typeof value === 'object' && !/^(?:Object|Array)$/.test(type) && JSON.stringify(value) === '{}'
  if (isLost) throw noJson(`"${key}" is a ${type}`)
  return value
}

function noJson(what: string, cause?: unknown): InvalidRequestError {
  return new InvalidRequestError(`json cannot be serialized: ${what}`, { cause })
}

/** Bodies of a `Request` up to this size are buffered, so that they can be replayed; larger ones are one-shot. */
const REPLAYABLE = 1_048_576

/**
 * Reads the body of a `Request`: buffered if small, otherwise a stream.
 *
 * @throws InvalidRequestError if the body was already partly read
 */
export async function replayableBody({ body, bodyUsed }: Request, cancellation: Stop): Promise<Body | null> {
  if (body === null) return null
  if (bodyUsed) throw new InvalidRequestError('The body of this Request has already been read')
  const reader = body.getReader()
  cancellation.onAbort((reason) => void reader.cancel(reason).catch(() => {}))
  const chunks: Uint8Array<ArrayBuffer>[] = []
  for (let size = 0; size <= REPLAYABLE; ) {
    const { done, value } = await reader.read()
    if (done) return new Uint8Array(await new Blob(chunks, own({})).arrayBuffer())
    chunks.push(value)
    size += value.byteLength
  }
  return resumed(chunks, reader)
}

type Bytes = Uint8Array<ArrayBuffer>

/** A stream of the chunks already read, followed by the rest. */
function resumed(chunks: Bytes[], reader: ReadableStreamDefaultReader<Bytes>): ReadableStream<Bytes> {
  const source = own<UnderlyingDefaultSource<Bytes>>({
    async pull(controller) {
      const chunk = chunks.shift() ?? (await reader.read()).value
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return new ReadableStream(source, own({}))
}

/** The names of the body options. */
export const BODIES = ['json', 'form', 'multipart', 'body'] as const
