import type { AuthFlow, AuthFunction } from './auth.js'
import { AuthError } from './errors.js'
import { PreparedRequest } from './prepared-request.js'

/** A flow that edits each request, and takes what comes back. */
export function oneStep(edit: AuthFunction): AuthFlow {
  return {
    async *authenticate(request) {
      const returned = (await edit(request)) ?? request
      if (!(returned instanceof PreparedRequest))
        throw new AuthError('An auth function may return a PreparedRequest or nothing')
      yield returned
    },
  }
}
