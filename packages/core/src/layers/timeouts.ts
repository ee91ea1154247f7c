import type { Call } from '../call/call.js'
import type { Send } from '../call/transport.js'
import { own } from '../model/own.js'
import { type Timeouts, expireAfter } from '../model/timeouts.js'

/** Applies `timeout.attempt` and `timeout.headers`, from the start of each attempt to its response headers. */
export function withTimeouts(send: Send, call: Call): Send {
  const { attempt = Infinity, headers = Infinity } = call.settings.timeouts ?? own<Timeouts>({})
  const limit = Math.min(attempt, headers)
  if (limit === Infinity) return send
  const phase = limit === headers ? 'headers' : 'attempt'
  const { clock } = call
  return async (request) => {
    const cancellation = call.caller.platform.stop()
    call.cancellation.onAbort((reason) => cancellation.abort(reason))
    const callOff = expireAfter(limit, phase, { clock, cancellation, request })
    try {
      return await cancellation.race(send(request.copy({ cancellation })))
    } finally {
      callOff()
    }
  }
}
