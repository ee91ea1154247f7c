import type { CallOptions } from '../call/options.js'
import { SessionError, TimeoutError } from '../model/errors.js'
import { REQUEST_DEFAULTS, type RequestDefaults } from '../request/prepared-request.js'
import { defined, own } from '../model/own.js'

/** The arguments of `fetch` as a call of a session. */
interface FetchCall {
  method: string
  url: string
  call: CallOptions
  /** The `Request` whose body is sent; the call reads it, because that may take time. */
  source: Request | null
}

/** Parses the arguments of `fetch`. Members of `init` override those of a `Request`. */
export function fetchOptions(input: string | URL | Request, init: RequestInit | undefined): FetchCall {
  const over = init instanceof Request ? requestOptions(init) : defined<RequestOptions>(init)
  const request = input instanceof Request ? input : null
  const url = input instanceof Request ? input.url : String(input) // fetch accepts anything that converts to text
  // not spread: the result would have a prototype
  const call = request ? Object.assign(requestOptions(request), over) : over
  const { method = 'GET' } = call
  const sources = [init instanceof Request ? init : null, over.body == null ? request : null]
  // not every browser has `Request.body`; only `null` means no body
  return { method, url, call, source: sources.find((source) => source && source.body !== null) ?? null }
}

/** The members of a `Request`, without those that have their default value. */
function requestOptions(request: Request): RequestOptions {
  const { method, headers, signal } = request
  const options = own<RequestOptions>({ method, headers, signal })
  const defaults = new Request(request.url, DEFAULT_INIT)
  for (const name of REQUEST_DEFAULTS) {
    const value = (request as RequestDefaults)[name]
    if (value !== (defaults as RequestDefaults)[name]) Object.assign(options, { [name]: value })
  }
  return options
}

/** All members are set, because Node copies the init to an object that inherits from `Object.prototype`. */
const DEFAULT_INIT: RequestInit = own({
  method: 'GET',
  headers: {},
  body: null,
  signal: null,
  window: null,
  referrer: 'about:client',
})

type RequestOptions = CallOptions & { method?: string }

/**
 * Converts an error to fetch's contract: a `TypeError` with ours as the cause. Aborts and timeouts are
 * unchanged.
 */
export function asFetchError(error: unknown): unknown {
  if (!(error instanceof SessionError) || error instanceof TimeoutError) return error
  return new TypeError(error.message, { cause: error })
}
