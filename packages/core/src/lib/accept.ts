import type { Call } from './call.js'
import { checkRequest } from './check-request.js'
import type { PreparedRequest } from './prepared-request.js'

/**
 * What hooks left of a request is looked at as if a caller had written it: it may be sent, and what was meant for one
 * place does not go to another.
 */
export function accept({ caller, cancellation }: Call, request: PreparedRequest): PreparedRequest {
  checkRequest(request, caller.platform)
  const admitted = caller.admit?.(request) ?? request
  admitted.cancellation = cancellation
  return admitted
}
