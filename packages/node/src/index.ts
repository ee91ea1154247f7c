export * from '@session-fetch/core'
// Node's own Session stands over the core's.
export { type NodeSessionOptions, Session } from './lib/session.js'
export { del as delete, get, head, options, patch, post, put, request } from './lib/functional.js'
export { JarCookies } from './lib/cookies.js'
export { CrossFetchTransport, type NodeAgent } from './lib/cross-fetch-transport.js'
export { UndiciTransport, type UndiciTransportOptions } from './lib/transport.js'
export type { PoolStats } from './lib/connection-pool.js'
