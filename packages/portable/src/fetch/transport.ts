import {
  ConnectionError,
  type PreparedRequest,
  type SessionResponse,
  type Transport,
  UnsupportedError,
} from '@session-fetch/core'
import {
  checkAnswer,
  headersAreText,
  impliedHeaders,
  own,
  redactedCause,
  toHeaderValue,
} from '@session-fetch/core/adapter'
import { isPlain } from './engine.js'
import { OutgoingBody } from './outgoing-body.js'
import { PlatformResponse } from './platform-response.js'

/**
 * The members of a request that the session applies itself, or that engines disagree about: workerd refuses `credentials`,
 * `integrity` and most values of `cache` and `redirect`. They are not passed to the fetch.
 */
const OURS: ReadonlySet<string> = /* @__PURE__ */ new Set(
  (
    'method url headers body signal duplex redirect credentials cache mode integrity keepalive priority ' +
    'referrer referrerPolicy window maxResponseSize onDownloadProgress onUploadProgress'
  ).split(' '),
)

/** The platform's own fetch, looked up at each call. The session follows redirects itself. */
export const platformTransport: Transport = { send }

async function send(request: PreparedRequest): Promise<SessionResponse> {
  if (typeof globalThis.fetch !== 'function')
    throw new UnsupportedError('This runtime has no fetch; mount() a transport', { request })
  const body = new OutgoingBody(request)
  let response: Response
  try {
    response = await globalThis.fetch(request.url, initOf(request, body.init))
  } catch (cause) {
    throw failureOf(cause, request, body)
  }
  checkAnswer(response, request)
  if (response.type === 'opaqueredirect') throw hidden(request, response)
  return PlatformResponse.received(response, request)
}

/** The init for the fetch: members that every engine supports, and the `platform` option of the caller. */
function initOf(request: PreparedRequest, body: BodyInit | null): RequestInit {
  const { method, headers, signal } = request
  const init = own<RequestInit & { duplex?: 'half' }>({
    method,
    headers: sentHeaders(headers, impliedHeaders(request)),
    redirect: 'manual',
    signal,
  })
  if (body !== null) init.body = body
  if (body instanceof ReadableStream) init.duplex = 'half'
  for (const name of Object.keys(request)) {
    if (!OURS.has(name)) Object.assign(init, { [name]: request[name as keyof PreparedRequest] })
  }
  return init
}

/**
 * Plain headers, whose values reach the wire as the bytes that they are.
 *
 * @param implied Names and values in turn, for members of `RequestInit` that the fetch is not given.
 */
function sentHeaders(headers: Headers, implied: readonly string[]): Headers {
  if (implied.length === 0 && isPlain(headers) && !headersAreText()) return headers
  const sent = [...headers].map(([name, value]): [string, string] => [name, toHeaderValue(value)])
  for (let at = 0; at < implied.length; at += 2) sent.push([implied[at] ?? '', implied[at + 1] ?? ''])
  return new Headers(sent)
}

/** Converts an error of the fetch. Engines disagree about the class: workerd's is a plain `Error`. */
function failureOf(cause: unknown, request: PreparedRequest, body: OutgoingBody): unknown {
  const { cancellation, url } = request
  if (cancellation.aborted) return cancellation.reason
  if (body.failure) return body.failure.error
  body.drop(cause)
  const redacted = redactedCause(cause, url)
  const code = codeOf(redacted)
  const what = code === undefined ? 'No response' : `No response (${code})`
  return new ConnectionError(what, { request, cause: redacted })
}

/** The code of an error or of its causes, such as `ECONNREFUSED`; not every engine has one. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : codeOf(error.cause)
}

/** A browser's fetch hides redirects, and that of some apps always follows them. */
function hidden(request: PreparedRequest, response: Response): UnsupportedError {
  void response.body?.cancel().catch(() => {})
  const what = "redirects: this platform's fetch hides them, as in a page; import session-fetch/browser"
  return new UnsupportedError(what, { request })
}
