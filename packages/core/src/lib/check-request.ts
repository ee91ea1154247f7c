import { InvalidRequestError } from './errors.js'
import type { CallPlatform } from './platform.js'
import type { PreparedRequest } from './prepared-request.js'
import { resolveUrl } from './resolve-url.js'

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Methods that fetch forbids (Fetch §2.2.1), in upper case. */
const FORBIDDEN_METHODS = ['CONNECT', 'TRACE', 'TRACK']

/**
 * The last look at a request before it is sent, after every hook that could edit it.
 *
 * @throws InvalidRequestError saying what to change
 */
export function checkRequest(request: PreparedRequest, platform: Pick<CallPlatform, 'check'>): void {
  const { method, body } = request
  if (request.movedFrom !== null) checkUrl(request.url)
  if (!TOKEN.test(method)) throw new InvalidRequestError('The method is not an HTTP token')
  if (FORBIDDEN_METHODS.includes(method.toUpperCase())) {
    throw new InvalidRequestError(`The method ${method} cannot be sent by fetch, nor by a session`)
  }
  if (body !== null && (method === 'GET' || method === 'HEAD')) {
    throw new InvalidRequestError(`A ${method} request has no body; use params, or another method`, {
      request,
    })
  }
  platform.check?.(request)
}

/** What a hook or a caller wrote over the URL of a prepared request. */
function checkUrl(url: string): void {
  if (resolveUrl(url, null).credentials === null) return
  throw new InvalidRequestError('The URL of an edited request holds a user or a password; give them as auth')
}
