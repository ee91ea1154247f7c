import { ConnectionError, type ErrorHookState, type PreparedRequest } from '@session-fetch/core'

/** https://fetch.spec.whatwg.org/#cors-safelisted-method and #cors-safelisted-request-header */
const SIMPLE_METHODS = ['GET', 'HEAD', 'POST']
const SIMPLE_HEADERS = ['accept', 'accept-language', 'content-language', 'content-type', 'range']
const SIMPLE_TYPE = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\s*(?:;|$)/i
/** Hosts that an https page may request over http. */
const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/

/**
 * An error hook that describes what may have blocked a call to another origin, which the browser does not report to
 * scripts: the headers that the server must send, and the options that do not require them.
 *
 * @example session.hooks.error.push(explainCors)
 */
export function explainCors({ error, request }: ErrorHookState): ConnectionError | undefined {
  if (!(error instanceof ConnectionError)) return undefined
  const { location, navigator } = globalThis
  const to = new URL(request.url)
  const why = navigator.onLine ? corsFault(request, to, location) : 'The browser is offline'
  return why === null ? undefined : new ConnectionError(why, { request, cause: error.cause })
}

/** The CORS requirements of a request to another origin; `null` for its own. */
function corsFault(request: PreparedRequest, to: URL, page: Location): string | null {
  if (to.origin === page.origin) return null
  if (page.protocol === 'https:' && to.protocol === 'http:' && !LOOPBACK.test(to.hostname))
    return 'A page loaded over https cannot request an http URL (mixed content)'
  if (request.mode === 'same-origin') return "mode: 'same-origin' does not allow requests to other origins"
  const needs = [originNeed(request, page.origin), preflightNeed(request)].filter((need) => need !== null)
  return `The server is unreachable, or its CORS headers do not allow requests from this page; ${needs.join('; ')}`
}

function originNeed({ credentials }: PreparedRequest, origin: string): string {
  const allowOrigin = `Access-Control-Allow-Origin: ${origin}`
  if (credentials !== 'include') return `it must answer with ${allowOrigin}, or *`
  return (
    `for credentials: 'include' it must answer with ${allowOrigin}, not *, and with ` +
    "Access-Control-Allow-Credentials: true; credentials: 'same-origin' needs neither"
  )
}

function preflightNeed(request: PreparedRequest): string | null {
  const method = SIMPLE_METHODS.includes(request.method) ? [] : [request.method]
  const headers = notSimpleHeaders(request)
  if (method.length + headers.length === 0) return null
  const answer = [
    method.length > 0 ? `Access-Control-Allow-Methods: ${request.method}` : '',
    headers.length > 0 ? `Access-Control-Allow-Headers: ${headers.join(', ')}` : '',
  ].filter((line) => line !== '')
  return `${[...method, ...headers].join(', ')} needs a preflight: it must answer OPTIONS with ${answer.join(' and ')}`
}

/** The headers that need a preflight. An `Authorization` header of the session's auth is not in the request yet. */
function notSimpleHeaders({ headers, body, settings }: PreparedRequest): string[] {
  const names = Array.from(headers.keys()).filter((name) => !SIMPLE_HEADERS.includes(name))
  const type = headers.get('Content-Type') ?? (body instanceof Blob ? body.type : '')
  if (type !== '' && !SIMPLE_TYPE.test(type)) names.push('content-type')
  if (settings.auth !== null && !names.includes('authorization')) names.push('authorization')
  return names
}
