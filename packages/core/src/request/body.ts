import { InvalidRequestError } from '../model/errors.js'
import { own } from '../model/own.js'
import type { Stop } from '../model/stop.js'
import type { MultipartSource } from './multipart.js'
import { type ParamsSource, mergeParams } from './params.js'
import { type Body, checkBody, isStream } from './prepared-request.js'

/** A body ready to send, and the `Content-Type` it has unless the caller says another. */
export interface EncodedBody {
  body: Body | null
  contentType: string | null
}

/** The ways to give a call its body, of which it may use one. */
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
 * The one body that a call describes.
 *
 * @throws InvalidRequestError when it describes two
 */
export function encodeBody(
  call: BodyOptions,
  encodeParts: (parts: MultipartSource) => EncodedBody,
): EncodedBody {
  const { json, form, multipart, body = null } = call
  // `null` is a value in JSON, and no body elsewhere.
  const [kind, other] = BODIES.filter((name) => (name === 'json' ? json !== undefined : call[name] != null))
  if (other) throw new InvalidRequestError(`A request has one body, not ${kind} and ${other}`)
  if (kind === 'json') return { body: encodeJson(json), contentType: 'application/json' }
  if (form != null) return { body: encodeForm(form), contentType: FORM }
  return multipart == null ? rawBody(body) : encodeParts(multipart)
}

/** A body as it is, with the type that fetch gives it (Fetch §5.2, extract a body). */
function rawBody(body: Body | null): EncodedBody {
  if (body === null) return { body, contentType: null }
  checkBody(body)
  if (typeof body === 'string') return { body, contentType: 'text/plain;charset=UTF-8' }
  if (body instanceof URLSearchParams) return { body: `${body}`, contentType: `${FORM};charset=UTF-8` }
  return { body, contentType: (body instanceof Blob && body.type) || null }
}

/** Fields of a form: a record, pairs (a name may repeat), or `URLSearchParams`. */
export type FormSource = Exclude<ParamsSource, string>

/** Fields as `application/x-www-form-urlencoded` text. A list repeats its name; `null` leaves a field out. */
export function encodeForm(form: FormSource): string {
  return mergeParams(undefined, form, 'form').toString()
}

/**
 * A value as JSON text.
 *
 * @throws InvalidRequestError where `JSON.stringify` would quietly write something else: for `NaN` and
 *   `Infinity` (it writes `null`), for values that have no JSON (it writes nothing), for a `Map`, a `Promise`, a `Blob`
 *   and their like (it writes `{}`), and for bytes and streams, which are bodies
 */
export function encodeJson(value: unknown): string {
  const text = stringify(value)
  if (text === undefined) throw noJson(`a ${typeof value}`)
  if (isStream(value) || (ArrayBuffer.isView(value) && !('toJSON' in value)))
    throw noJson('bytes or a stream')
  // Only a text with one of these in it can hide what JSON does not have.
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
  // A Number object is written as the number in it.
  if (type === 'Number' && !Number.isFinite(Number(value))) throw noJson(`"${key}" is ${String(value)}`)
  const isLost =
    typeof value === 'object' && !/^(?:Object|Array)$/.test(type) && JSON.stringify(value) === '{}'
  if (isLost) throw noJson(`"${key}" is a ${type}`)
  return value
}

function noJson(what: string, cause?: unknown): InvalidRequestError {
  return new InvalidRequestError(`json: ${what}, which JSON does not have`, { cause })
}

/** Bodies of a `Request` up to this size are read, so that they can be sent again; larger ones are one-shot. */
const REPLAYABLE = 1_048_576

/**
 * The body of a `Request` as one that can be sent again where it is small, and as a stream where it is not.
 *
 * @throws InvalidRequestError where someone began to read it: what is left is not what was to be sent
 */
export async function replayableBody({ body, bodyUsed }: Request, cancellation: Stop): Promise<Body | null> {
  if (body === null) return null
  if (bodyUsed) throw new InvalidRequestError('The body of this Request was read already')
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

/** A stream of the chunks that were read, and then of those that were not. */
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

/** The ways to give a call its body. */
export const BODIES = ['json', 'form', 'multipart', 'body'] as const
