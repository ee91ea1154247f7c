import type { Call } from './call.js'
import { Cancellation } from './cancellation.js'
import { own } from './own.js'
import type { Send } from './send.js'
import { expireAfter } from './timeout-error.js'
import type { Timeouts } from './timeouts.js'

/** Limits each attempt: `timeout.attempt` and `timeout.headers`, from its start to its response's headers. */
export function withTimeouts(send: Send, call: Call): Send {
  const { attempt = Infinity, headers = Infinity } = call.settings.timeouts ?? own<Timeouts>({})
  const limit = Math.min(attempt, headers)
  if (limit === Infinity) return send
  const phase = limit === headers ? 'headers' : 'attempt'
  const { clock } = call
  return async (request) => {
    const cancellation = new Cancellation()
    call.cancellation.onAbort((reason) => cancellation.abort(reason))
    const callOff = expireAfter(limit, phase, { clock, cancellation, request })
    try {
      return await cancellation.race(send(request.copy({ cancellation })))
    } finally {
      callOff()
    }
  }
}
