import { type Call, type Send, withTimeouts, own } from '@session-fetch/core'
import type { NodeTransport } from './node-transport.js'

/** Core's limits of an attempt, less `timeout.headers` where the transport that serves the URL sees to it. */
export function limitAttempts(send: Send, call: Call): Send {
  const all = withTimeouts(send, call)
  const { caller, settings } = call
  const { timeouts } = settings
  if (timeouts?.headers === undefined) return all
  const fewer = { ...settings, timeouts: own({ ...timeouts, headers: undefined }) }
  const rest = withTimeouts(send, { ...call, settings: fewer })
  return async (request) => {
    const { limitsHeaders }: NodeTransport = caller.transportFor(request.url)
    return limitsHeaders ? rest(request) : all(request)
  }
}
