export * from '@session-fetch/core'
// Node's own Session stands over the core's.
export { type NodeSessionOptions, Session } from './lib/session.js'
export { del as delete, get, head, options, patch, post, put, request } from './lib/functional.js'
export { JarCookies } from './lib/cookies/cookies.js'
export type {
  CookieChangeEvent,
  CookieEventMap,
  CookieRejectedEvent,
  CookieWithheldEvent,
  DeletedCookie,
} from './lib/cookies/cookie-events.js'
export type { CookieData, JsonCookie } from './lib/cookies/cookie-json.js'
export type { CookieLimits } from './lib/cookies/cookie-map.js'
export type { JarCookieQuery } from './lib/cookies/cookie-query.js'
export type { CookieRejection } from './lib/cookies/cookie-rejection.js'
export type { CookieExplanation } from './lib/cookies/explain-cookies.js'
export type { CookieFormat } from './lib/cookies/cookie-document.js'
export { FileCookieJar, type FileCookieJarOptions } from './lib/cookies/file-cookie-jar.js'
export type { CookieImport, RefusedEntry } from './lib/cookies/import-cookies.js'
export type { JarSource } from './lib/cookies/jar-source.js'
export type { StorageState, StorageStateCookie } from './lib/cookies/storage-state.js'
export type { Download, DownloadOptions } from './lib/download/download.js'
export { FileError } from './lib/download/file-error.js'
export { CrossFetchTransport, type NodeAgent } from './lib/cross-fetch-transport.js'
export { PooledTransport, type PooledTransportOptions } from './lib/transport.js'
export type { PoolStats } from './lib/http1/connection-pool.js'
export { type CachedLookupOptions, cachedLookup } from './lib/network/cached-lookup.js'
export type { Dialled, Guard } from './lib/network/guard.js'
export type { NetworkOptions } from './lib/network/network-options.js'
export type { LimitOptions } from './lib/http/response-limits.js'
export type { ProxiesByScheme, ProxyOptions } from './lib/network/proxy-choice.js'
export type { NodePlatform } from './lib/platform.js'
export { publicOnly } from './lib/network/public-only.js'
export type { Pem, TlsOptions } from './lib/network/tls-options.js'
export { type UnixSocketOptions, unixSocketTransport } from './lib/network/unix-socket-transport.js'
