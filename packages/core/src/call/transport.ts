import { ConnectionError, InvalidRequestError } from '../model/errors.js'
import type { PreparedRequest } from '../request/prepared-request.js'
import { SessionResponse } from '../response/session-response.js'

/** Sends one request and resolves when its response's headers are there. */
export type Send = (request: PreparedRequest) => Promise<SessionResponse>

/** What carries requests of some URLs: mounted on a session by URL prefix. */
export interface Transport {
  /** Sends one request. A plain `Response` is taken as well and made a `SessionResponse`. */
  send(request: PreparedRequest): Promise<Response>
  /** Whether a redirect that something else carried may lead here. Default: `true`. */
  readonly takesRedirects?: boolean
  /** Releases what the transport holds; called once by the session that mounted it. */
  close?(): void | Promise<void>
}

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

/** A transport without a network, and the requests it was given. */
export interface MockTransport extends Transport {
  /** Every request in order, as it would have gone out: with cookies and credentials. */
  readonly calls: readonly PreparedRequest[]
}

/**
 * Answers requests from a function, for tests.
 *
 * @example
 * const api = mockTransport((request) => Response.json({ path: new URL(request.url).pathname }))
 * session.mount('https://api.test', api)
 */
export function mockTransport(
  handler: (request: PreparedRequest) => Response | Promise<Response>,
): MockTransport {
  const calls: PreparedRequest[] = []
  return {
    calls,
    async send(request) {
      calls.push(request)
      const response: unknown = await handler(request)
      if (response instanceof Response) return SessionResponse.from(response, request)
      throw new InvalidRequestError('mockTransport must answer with a Response', { request })
    },
  }
}
