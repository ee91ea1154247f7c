import type { AuthFlow } from './auth.js'
import type { Call } from './call.js'
import { AuthError } from './errors.js'
import type { PreparedRequest } from './prepared-request.js'
import type { Send } from './send.js'
import type { SessionResponse } from './session-response.js'

/** Lets the request's auth flow sign it, and answer what comes back. Answered challenges enter the history. */
export function authenticate(send: Send, call: Call): Send {
  return (request) => {
    const { auth } = request.settings
    return auth === null ? send(request) : runFlow(auth, { send, call, request })
  }
}

interface FlowRun {
  send: Send
  call: Call
  request: PreparedRequest
}

async function runFlow(auth: AuthFlow, { send, call, request }: FlowRun): Promise<SessionResponse> {
  const steps = auth.authenticate(request.copy({ cancellation: call.cancellation }))
  const challenges: SessionResponse[] = []
  for (let step = await steps.next(); !step.done; ) {
    const response = await send(step.value)
    step = await steps.next(response)
    if (step.done) return response.describe({ request, history: challenges })
    await response.discard()
    challenges.push(response.describe({ request, history: [...challenges] }))
  }
  throw new AuthError('The auth flow ended without sending a request', { request })
}
