import { ConnectionError } from './errors.js'
import type { PreparedRequest } from './prepared-request.js'
import type { Transport } from './send.js'
import { SessionResponse } from './session-response.js'

/** Any function with the shape of the standard `fetch`. */
export type FetchLike = (input: string, init: RequestInit) => Promise<Response>

type Explain = (request: PreparedRequest) => string | undefined

/**
 * Makes a transport of a standard fetch.
 *
 * @param fetch Default: the global one, looked up at each call, so that libraries which patch it are seen.
 * @param explain What a failure of the network may mean. Default: nobody knows.
 * @example session.mount('https://', fetchTransport())
 */
export function fetchTransport(
  fetch: FetchLike = (input, init) => globalThis.fetch(input, init),
  explain: Explain = () => undefined,
): Transport {
  return {
    async send(request) {
      try {
        // A PreparedRequest has the shape of RequestInit; bodies that fetch does not take are its to refuse.
        return SessionResponse.from(await fetch(request.url, request as RequestInit), request)
      } catch (cause) {
        throw networkError(request, cause, explain)
      }
    },
  }
}

/** Fetch reports every failure of the network as one `TypeError`. */
function networkError(request: PreparedRequest, cause: unknown, explain: Explain): unknown {
  const { cancellation } = request
  if (cancellation.aborted) return cancellation.reason
  if (!(cause instanceof TypeError)) return cause
  return new ConnectionError(explain(request) ?? 'The request failed before a response came', {
    request,
    cause,
  })
}
