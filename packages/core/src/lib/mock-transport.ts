import { InvalidRequestError } from './errors.js'
import type { PreparedRequest } from './prepared-request.js'
import type { Transport } from './send.js'
import { SessionResponse } from './session-response.js'

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
