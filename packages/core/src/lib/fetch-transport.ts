import { ConnectionError } from './errors.js'
import type { PreparedRequest } from './prepared-request.js'
import type { Transport } from './send.js'

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
export function fetchTransport(fetch?: FetchLike, explain?: Explain): Transport {
  return {
    async send(request) {
      try {
        // A fetch may read `Headers` by other ways than their methods, which sees nothing of a subclass.
        const init = request.copy({ headers: new Headers([...request.headers]) })
        // A PreparedRequest has the shape of RequestInit; bodies that fetch does not take are its to refuse.
        return await (fetch ?? globalThis.fetch)(request.url, init as RequestInit)
      } catch (cause) {
        request.cancellation.throwIfAborted()
        // Fetch reports every failure of the network as one `TypeError`.
        if (!(cause instanceof TypeError)) throw cause
        const what = explain?.(request) ?? 'No answer came'
        throw new ConnectionError(what, { request, cause })
      }
    },
  }
}
