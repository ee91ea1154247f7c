import { originOf } from './origin-of.js'
import type { PreparedRequest } from './prepared-request.js'
import type { SessionResponse } from './session-response.js'

/**
 * Whether a response asks for credentials and may have them: a 401 of the origin that was addressed. In a
 * browser, which follows redirects unseen, another origin may have sent it.
 */
export function isChallenged(request: PreparedRequest, response: SessionResponse): boolean {
  return response.status === 401 && originOf(response.url) === originOf(request.url)
}
