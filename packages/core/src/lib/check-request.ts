import { checkBody } from './body.js'
import { InvalidRequestError } from './errors.js'
import type { PreparedRequest } from './prepared-request.js'
import { resolveUrl } from './resolve-url.js'

/** A token (RFC 9110 §5.6.2) that fetch does not forbid (Fetch §2.2.1). */
const METHOD = /^(?!(?:connect|trace|track)$)[!#$%&'*+.^_`|~0-9a-z-]+$/i

/**
 * The last look at a request before it is sent, after every hook that could edit it. From here on its method is in
 * capitals.
 *
 * @throws InvalidRequestError saying what to change
 */
export function checkRequest(
  request: PreparedRequest,
  platform: { check?(request: PreparedRequest): void },
): void {
  request.body ??= null // a hook may have set it to undefined
  const { method, url, body, movedFrom } = request
  if (movedFrom !== null && resolveUrl(url, null).credentials)
    throw new InvalidRequestError('An edited URL must not hold credentials; use auth')
  if (typeof method !== 'string' || !METHOD.test(method))
    throw new InvalidRequestError('The method must be a token that fetch allows')
  if (body !== null && /^(?:GET|HEAD)$/i.test(method))
    throw new InvalidRequestError(`A ${method} request has no body; use params`, {
      request,
    })
  if (body !== null) checkBody(body)
  request.method = method.toUpperCase()
  platform.check?.(request)
}
