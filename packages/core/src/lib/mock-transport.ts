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
      return SessionResponse.from(await handler(request), request)
    },
  }
}
