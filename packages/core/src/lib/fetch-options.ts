import type { Body } from './body.js'
import { defined } from './defined.js'
import type { CallOptions } from './options.js'
import { own } from './own.js'
import { REQUEST_DEFAULTS, type RequestDefaults } from './option-names.js'

/** A call as `fetch` is called, in a session's terms. */
export interface FetchCall {
  method: string
  url: string | URL
  call: CallOptions
}

/** Reads the arguments of `fetch`. The body of a `Request` is taken, as by fetch; members of `init` beat it. */
export async function fetchOptions(
  input: string | URL | Request,
  init: RequestInit | undefined,
  bodyOf: BodyOf,
): Promise<FetchCall> {
  const over = init instanceof Request ? await requestOptions(init, bodyOf) : defined(init)
  if (!(input instanceof Request)) return fetchCall(input, over)
  const base = await requestOptions(input, over.body === undefined ? bodyOf : null)
  return fetchCall(input.url, Object.assign(base, over))
}

/** @param call Loses its method. */
function fetchCall(url: string | URL, call: RequestOptions): FetchCall {
  const { method = 'GET' } = call
  delete call.method
  return { method, url, call }
}

/** What a `Request` says: a member that is as in any other leaves the word to the session. */
async function requestOptions(request: Request, bodyOf: BodyOf | null): Promise<RequestOptions> {
  const { method, headers, signal } = request
  const options = own<RequestOptions>({ method, headers, signal })
  const usual = new Request(request.url)
  for (const name of REQUEST_DEFAULTS) {
    const value = (request as RequestDefaults)[name]
    if (value !== (usual as RequestDefaults)[name]) Object.assign(options, { [name]: value })
  }
  if (request.body !== null && bodyOf) options.body = await bodyOf(request)
  return options
}

type BodyOf = (request: Request) => Promise<Body | null>
type RequestOptions = CallOptions & { method?: string }
