import type { CallOptions } from '../call/options.js'
import { SessionError, TimeoutError } from '../model/errors.js'
import { defined, own } from '../model/own.js'
import { REQUEST_DEFAULTS, type RequestDefaults } from '../request/prepared-request.js'

/** A call as `fetch` is called, in a session's terms. */
interface FetchCall {
  method: string
  url: string
  call: CallOptions
  /** The `Request` whose body is sent; the call itself takes it, for that may last. */
  source: Request | null
}

/** Reads the arguments of `fetch`. Members of `init` beat those of a `Request`. */
export function fetchOptions(input: string | URL | Request, init: RequestInit | undefined): FetchCall {
  const over = init instanceof Request ? requestOptions(init) : defined<RequestOptions>(init)
  const asked = input instanceof Request ? input : null
  const url = input instanceof Request ? input.url : String(input) // fetch takes what becomes text
  // Not spread: what comes of that has a prototype.
  const call = asked ? Object.assign(requestOptions(asked), over) : over
  const { method = 'GET' } = call
  const sources = [init instanceof Request ? init : null, over.body == null ? asked : null]
  // Not every browser has `Request.body`: only `null` says that there is none.
  return { method, url, call, source: sources.find((source) => source && source.body !== null) ?? null }
}

/** What a `Request` says: a member that is as in any other leaves the word to the session. */
function requestOptions(request: Request): RequestOptions {
  const { method, headers, signal } = request
  const options = own<RequestOptions>({ method, headers, signal })
  const usual = new Request(request.url, USUAL)
  for (const name of REQUEST_DEFAULTS) {
    const value = (request as RequestDefaults)[name]
    if (value !== (usual as RequestDefaults)[name]) Object.assign(options, { [name]: value })
  }
  return options
}

/** Said, for Node copies what it is given onto an object with a prototype. */
const USUAL: RequestInit = own({
  method: 'GET',
  headers: {},
  body: null,
  signal: null,
  window: null,
  referrer: 'about:client',
})

type RequestOptions = CallOptions & { method?: string }

/** An error as fetch's contract has it: a `TypeError` with ours as its cause; aborts and timeouts pass. */
export function asFetchError(error: unknown): unknown {
  if (!(error instanceof SessionError) || error instanceof TimeoutError) return error
  return new TypeError(error.message, { cause: error })
}
