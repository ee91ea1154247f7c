import { type Call, revalidate } from '../call/call.js'
import type { Send } from '../call/transport.js'
import { AuthError } from '../model/errors.js'
import { type AuthFlow, type PreparedRequest, isReplayable } from '../request/prepared-request.js'
import type { SessionResponse } from '../response/session-response.js'

/** Runs the request's auth flow. Challenges that the flow answered are added to the history. */
export function authenticate(send: Send, call: Call): Send {
  return (request) => {
    const { auth } = request.settings
    return auth === null ? send(request) : runFlow(auth, request, { send, call })
  }
}

async function runFlow(
  auth: AuthFlow,
  request: PreparedRequest,
  { send, call }: { send: Send; call: Call },
): Promise<SessionResponse> {
  const steps = auth.authenticate(request.copy())
  const challenges: SessionResponse[] = []
  let response: SessionResponse | undefined
  try {
    let step = await steps.next()
    while (!step.done) {
      const sent = revalidate(call, step.value)
      response = await send(sent)
      step = await steps.next(response)
      response.describe({ request, history: [...challenges] })
      if (step.done) return response
      await response.discard()
      challenges.push(response)
      checkBody(sent, step.value, response)
    }
  } catch (error) {
    await response?.discard() // the flow failed on this response
    throw error
  } finally {
    await steps.return?.() // lets an unfinished flow clean up
  }
  throw new AuthError('The auth flow yielded no request', { request })
}

/** @throws AuthError if a one-shot stream would have to be sent again */
function checkBody(sent: PreparedRequest, again: PreparedRequest, response: SessionResponse): void {
  if (again.body !== sent.body || isReplayable(again.body)) return
  throw new AuthError('The server requires auth, but a stream cannot be sent again; send text or bytes', {
    request: again,
    response,
  })
}
