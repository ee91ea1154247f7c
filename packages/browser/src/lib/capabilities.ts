import type { Capabilities } from '@session-fetch/core'
import { sendsStreams } from './sends-streams.js'

/** What a browser leaves to a session, which is little: the rest it does by itself, and unseen. */
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
