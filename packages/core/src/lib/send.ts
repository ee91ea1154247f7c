import type { PreparedRequest } from './prepared-request.js'
import type { SessionResponse } from './session-response.js'

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
