import type { Capabilities } from '@session-fetch/core'

/** A session in Node implements everything itself. */
export const nodeCapabilities: Capabilities = Object.freeze({
  jar: true,
  callCookies: true,
  history: true,
  redirectLimit: true,
  forbiddenHeaders: true,
  connectTimeout: true,
  streamingUploads: true,
  progress: true,
  limits: true,
  agent: true,
  connections: true,
  keepAlive: true,
  http2: true,
  tls: true,
  proxy: true,
  lookup: true,
  localAddress: true,
  guard: true,
})
