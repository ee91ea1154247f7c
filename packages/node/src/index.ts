export * from '@session-fetch/core'
// Node's own Session stands over the core's.
export { type NodeSessionOptions, Session } from './lib/session.js'
export { del as delete, get, head, options, patch, post, put, request } from './lib/functional.js'
export { JarCookies } from './lib/cookies.js'
export type {
  CookieChangeEvent,
  CookieEventMap,
  CookieRejectedEvent,
  CookieWithheldEvent,
  DeletedCookie,
} from './lib/cookie-events.js'
export type { CookieData, JsonCookie } from './lib/cookie-json.js'
export type { CookieLimits } from './lib/cookie-map.js'
export type { JarCookieQuery } from './lib/cookie-query.js'
export type { CookieRejection } from './lib/cookie-rejection.js'
export type { CookieExplanation } from './lib/explain-cookies.js'
export { FileCookieJar, type FileCookieJarOptions } from './lib/file-cookie-jar.js'
export type { CookieImport, RefusedEntry } from './lib/import-cookies.js'
export type { JarSource } from './lib/jar-source.js'
export type { StorageState, StorageStateCookie } from './lib/storage-state.js'
export type { Download, DownloadOptions } from './lib/download.js'
export { FileError } from './lib/file-error.js'
export { CrossFetchTransport, type NodeAgent } from './lib/cross-fetch-transport.js'
export { UndiciTransport, type UndiciTransportOptions } from './lib/transport.js'
export type { PoolStats } from './lib/connection-pool.js'
export { type CachedLookupOptions, cachedLookup } from './lib/cached-lookup.js'
export type { Dialled, Guard } from './lib/guard.js'
export type { NetworkOptions } from './lib/network-options.js'
export type { LimitOptions } from './lib/response-limits.js'
export type { ProxiesByScheme, ProxyOptions } from './lib/proxy-choice.js'
export { publicOnly } from './lib/public-only.js'
export type { Pem, TlsOptions } from './lib/tls-options.js'
export { type UnixSocketOptions, unixSocketTransport } from './lib/unix-socket-transport.js'
