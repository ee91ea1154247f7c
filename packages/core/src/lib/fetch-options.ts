import type { CallOptions } from './options.js'
import { own } from './own.js'

/** A call as `fetch` is called, in a session's terms. */
export interface FetchCall {
  method: string
  url: string | URL
  call: CallOptions
}

/** Bodies of a `Request` up to this size are read, so that they can be sent again; larger ones are one-shot. */
const REPLAYABLE = 1_048_576

/** What a `Request` says when nobody said otherwise; such a member leaves the word to the session. */
const DEFAULTS = {
  cache: 'default',
  credentials: 'same-origin',
  integrity: '',
  keepalive: false,
  mode: 'cors',
  redirect: 'follow',
  referrer: 'about:client',
  referrerPolicy: '',
} as const

/** Reads the arguments of `fetch`. The body of a `Request` is taken, as by fetch; members of `init` beat it. */
export async function fetchOptions(
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<FetchCall> {
  const over = init instanceof Request ? await requestOptions(init) : said(own(init))
  if (!(input instanceof Request)) return { method: over.method ?? 'GET', url: input, call: over }
  const base = await requestOptions(input, over.body === undefined)
  return { method: over.method ?? input.method, url: input.url, call: Object.assign(base, over) }
}

/** Without the members that are there to say nothing. */
function said(init: RequestInit): RequestInit {
  for (const [name, value] of Object.entries(init))
    if (value === undefined) Reflect.deleteProperty(init, name)
  return init
}

async function requestOptions(request: Request, takesBody = true): Promise<RequestInit> {
  const { method, headers, signal } = request
  const options = own<RequestInit>({ method, headers, signal })
  for (const [name, usual] of Object.entries(DEFAULTS)) {
    const value = request[name as keyof typeof DEFAULTS]
    if (value !== undefined && value !== usual) Object.assign(options, { [name]: value })
  }
  if (takesBody && request.body !== null) options.body = await replayable(request.body)
  return options
}

async function replayable(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<BodyInit> {
  const reader = body.getReader()
  const chunks: Uint8Array<ArrayBuffer>[] = []
  for (let size = 0; size <= REPLAYABLE; ) {
    const { done, value } = await reader.read()
    if (done) return new Uint8Array(await new Blob(chunks).arrayBuffer())
    chunks.push(value)
    size += value.byteLength
  }
  return resumed(chunks, reader)
}

type Bytes = Uint8Array<ArrayBuffer>

/** A stream of the chunks that were read, and then of those that were not. */
function resumed(chunks: Bytes[], reader: ReadableStreamDefaultReader<Bytes>): ReadableStream<Bytes> {
  return new ReadableStream({
    async pull(controller) {
      const chunk = chunks.shift() ?? (await reader.read()).value
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
