import type { StandardSchema } from './schema.js'
import { type SessionResponse, httpErrorOf } from './session-response.js'

/**
 * A promise of a response, with shortcuts to read the body: `await session.get(url).json()`. The shortcuts
 * reject with `HttpError` if the response is not `ok`, because they give no access to the status.
 * `throwHttpErrors: false` disables that.
 *
 * @example const { name } = await session.get('me').json<{ name: string }>()
 */
export class ResponsePromise extends Promise<SessionResponse> {
  /** `then` returns a plain promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  /** Adds the shortcuts to a promise, in place. */
  static from(response: Promise<SessionResponse>): ResponsePromise {
    return Object.setPrototypeOf(response, ResponsePromise.prototype) as ResponsePromise
  }

  /** The body as JSON. With a schema (zod, valibot, arktype and others), validated and typed by it. */
  json<Output>(schema: StandardSchema<Output>): Promise<Output>
  json<T = unknown>(): Promise<T>
  json(schema?: StandardSchema): Promise<unknown> {
    return read(this, (response) => response.json(schema))
  }

  /** The body as text, decoded as UTF-8. */
  text(): Promise<string> {
    return read(this, (response) => response.text())
  }

  /** The body as bytes. */
  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return read(this, (response) => response.bytes())
  }

  /** The body as an `ArrayBuffer`. */
  arrayBuffer(): Promise<ArrayBuffer> {
    return read(this, (response) => response.arrayBuffer())
  }

  /** The body as a `Blob` with its `Content-Type`. */
  blob(): Promise<Blob> {
    return read(this, (response) => response.blob())
  }

  /** The body as a form: `multipart/form-data` or `application/x-www-form-urlencoded`. */
  formData(): Promise<FormData> {
    return read(this, (response) => response.formData())
  }
}

/** @throws HttpError if the response failed, unless the call allows it */
function read<T>(
  promise: Promise<SessionResponse>,
  how: (response: SessionResponse) => Promise<T>,
): Promise<T> {
  return promise.then((response) => {
    const { throwHttpErrors } = response.request.settings
    if (response.ok || (throwHttpErrors ?? true) !== true) return how(response)
    throw httpErrorOf(response)
  })
}
