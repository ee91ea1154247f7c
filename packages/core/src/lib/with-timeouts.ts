import type { Call } from './call.js'
import { Cancellation } from './cancellation.js'
import type { Send } from './send.js'
import { timeoutError } from './timeout-error.js'

/** Limits each attempt: `timeout.attempt` and `timeout.headers`, from its start to its response's headers. */
export function withTimeouts(send: Send, call: Call): Send {
  const { attempt = Infinity, headers = Infinity } = call.settings.timeouts ?? {}
  const limit = Math.min(attempt, headers)
  if (limit === Infinity) return send
  return async (request) => {
    const cancellation = new Cancellation()
    call.cancellation.onAbort((reason) => cancellation.abort(reason))
    const late = (): void =>
      cancellation.abort(timeoutError(limit === headers ? 'headers' : 'attempt', limit, request))
    const cancel = call.caller.platform.clock.after(limit, late, false)
    try {
      return await cancellation.race(send(request.copy({ cancellation })))
    } finally {
      cancel()
    }
  }
}
