import { type Capabilities, type PreparedRequest, UnsupportedError } from '@session-fetch/core'
import { isReplayable } from '@session-fetch/core/adapter'

/** The capabilities of a session in a browser, which handles redirects, cookies and connections itself. */
export const browserCapabilities: Capabilities = /* @__PURE__ */ Object.freeze({
  jar: false,
  callCookies: false,
  history: false,
  redirectLimit: false,
  forbiddenHeaders: false,
  connectTimeout: false,
  streamingUploads: sendsStreams(),
  progress: false,
  limits: false,
  agent: false,
  connections: false,
  keepAlive: false,
  http2: false,
  tls: false,
  proxy: false,
  lookup: false,
  localAddress: false,
  guard: false,
})

/** @throws UnsupportedError for a body that would be sent as "[object ReadableStream]" */
export function refuseStream(request: PreparedRequest): void {
  const { body } = request
  if (!isReplayable(body) && !(sendsStreams() && body instanceof ReadableStream))
    throw unsupported('body: a stream', request)
}

export function unsupported(what: string, request?: PreparedRequest): UnsupportedError {
  return new UnsupportedError(`${what}: not in a browser, see docs/capabilities.md`, { request })
}

/** Whether the browser sends streams: only those that do have the getter `duplex` (Fetch, Request class). */
function sendsStreams(): boolean {
  return 'duplex' in Request.prototype
}
