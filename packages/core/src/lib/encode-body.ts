import { type Body, checkBody } from './body.js'
import { encodeForm } from './encode-form.js'
import { encodeJson } from './encode-json.js'
import type { MultipartSource } from './encode-multipart.js'
import { InvalidRequestError } from './errors.js'
import { BODIES } from './option-names.js'
import type { FormSource } from './encode-form.js'

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
