import type { Capabilities } from '@session-fetch/core'

/** What a browser leaves to a session, which is little: the rest it does by itself, and unseen. */
export const browserCapabilities: Capabilities = /* @__PURE__ */ Object.freeze({
  jar: false,
  callCookies: false,
  history: false,
  redirectLimit: false,
  forbiddenHeaders: false,
  connectTimeout: false,
  // Fetch, "duplex": a getter that the engines have which send streams, and no other.
  streamingUploads: 'duplex' in Request.prototype,
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
