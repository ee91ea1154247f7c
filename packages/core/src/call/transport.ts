import { ConnectionError, InvalidRequestError } from '../model/errors.js'
import { type PreparedRequest, isReplayable } from '../request/prepared-request.js'
import { SessionResponse } from '../response/session-response.js'

/**
 * Sends one request and resolves when the response headers have arrived.
 *
 * @example
 * const logged = (send: Send): Send => async (request) => {
 *   console.log(request.method, request.url)
 *   return send(request)
 * }
 */
export type Send = (request: PreparedRequest) => Promise<SessionResponse>

/**
 * Sends the requests of some URLs; mounted on a session by URL prefix.
 *
 * @example
 * const offline: Transport = { send: async () => Response.json({ error: 'offline' }, { status: 503 }) }
 * session.mount('https://', offline)
 */
export interface Transport {
  /** Sends one request. A plain `Response` is converted to a `SessionResponse`. */
  send(request: PreparedRequest): Promise<Response>
  /** Whether redirects from other transports may lead here. Default: `true`. */
  readonly takesRedirects?: boolean
  /**
   * Whether it applies `timeout.headers` itself, from the moment the request is sent. Default: `false`; the limit
   * starts with the attempt.
   */
  readonly limitsHeaders?: boolean
  /** Releases resources; called once, by the session that mounted the transport. */
  close?(): void | Promise<void>
}

/** Any function with the signature of the standard `fetch`. */
export type FetchLike = (input: string, init: RequestInit) => Promise<Response>

type Explain = (request: PreparedRequest) => string | undefined

/**
 * Creates a transport from a standard fetch.
 *
 * @param fetch Default: the global fetch, looked up at each call, so that libraries which patch it work.
 * @param explain Describes a network failure. Default: a generic message.
 * @example session.mount('https://', fetchTransport())
 */
export function fetchTransport(fetch?: FetchLike, explain?: Explain): Transport {
  return {
    async send(request) {
      try {
        // a fetch may read `Headers` internally, bypassing the methods of a subclass
        const init = request.copy({ headers: new Headers([...request.headers]) })
        // a PreparedRequest is a valid RequestInit; fetch rejects bodies that it does not support
        return await (fetch ?? globalThis.fetch)(request.url, init as RequestInit)
      } catch (cause) {
        request.cancellation.throwIfAborted()
        // fetch reports every network failure as a `TypeError`, except workerd's; other errors are the caller's own
        if (!(cause instanceof TypeError) && (fetch || !isReplayable(request.body))) throw cause
        const what = explain?.(request) ?? 'No answer came'
        throw new ConnectionError(what, { request, cause })
      }
    },
  }
}

/** A transport for tests, which records its requests. */
export interface MockTransport extends Transport {
  /** All requests in order, as they would have been sent, with cookies and credentials. */
  readonly calls: readonly PreparedRequest[]
}

/**
 * Creates a transport that answers requests with a function, for tests.
 *
 * @example
 * const api = mockTransport((request) => Response.json({ path: new URL(request.url).pathname }))
 * session.mount('https://api.test', api)
 */
export function mockTransport(
  handler: (request: PreparedRequest) => Response | Promise<Response>,
): MockTransport {
  if (typeof handler !== 'function')
    throw new InvalidRequestError('mockTransport takes a function that answers with a Response')
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
