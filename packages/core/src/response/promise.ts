import type { StandardSchema } from './schema.js'
import { type SessionResponse, httpErrorOf } from './session-response.js'

/**
 * A response to come, with the body's readers on it: `await session.get(url).json()`.
 * They reject with `HttpError` when the response is not `ok`, for they leave no other way to see it;
 * `throwHttpErrors: false` in the call turns that off.
 */
export class ResponsePromise extends Promise<SessionResponse> {
  /** What `then` makes is a plain promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  /** Gives the readers to a promise; the promise itself is used. */
  static from(response: Promise<SessionResponse>): ResponsePromise {
    return Object.setPrototypeOf(response, ResponsePromise.prototype) as ResponsePromise
  }

  /** The body as JSON; with a schema (zod, valibot, arktype and others), checked and typed by it. */
  json<Output>(schema: StandardSchema<Output>): Promise<Output>
  json<T = unknown>(): Promise<T>
  json(schema?: StandardSchema): Promise<unknown> {
    return read(this, (response) => response.json(schema))
  }

  text(): Promise<string> {
    return read(this, (response) => response.text())
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return read(this, (response) => response.bytes())
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return read(this, (response) => response.arrayBuffer())
  }

  blob(): Promise<Blob> {
    return read(this, (response) => response.blob())
  }

  formData(): Promise<FormData> {
    return read(this, (response) => response.formData())
  }
}

/** @throws HttpError when the response failed and the call did not say that this is fine */
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
