// The names that browsers have, too, and those for Node only.
export {
  AuthError,
  basic,
  bearer,
  ConnectionError,
  DecodeError,
  DnsError,
  HeadersTooLargeError,
  HookError,
  HttpError,
  InvalidRedirectError,
  InvalidRequestError,
  mockTransport,
  multipart,
  PreparedRequest,
  ProtocolError,
  ProxyError,
  ResponsePromise,
  ResponseTooLargeError,
  SessionClosedError,
  SessionError,
  SessionResponse,
  TimeoutError,
  TlsError,
  TooManyRedirectsError,
  TruncatedError,
  UnsupportedError,
} from '@session-fetch/core'
export { exportSession, fetchTransport, importSession, retryBudget } from '@session-fetch/core/adapter'
export type {
  Auth,
  AuthFlow,
  AuthFunction,
  BearerOptions,
  BearerToken,
  Body,
  CallOptions,
  Capabilities,
  CookieInit,
  CookieQuery,
  ErrorHook,
  ErrorHookState,
  ErrorPhase,
  ExportOptions,
  FetchLike,
  FormSource,
  HeadersSource,
  HeaderValue,
  Hooks,
  HookSession,
  HooksSource,
  HookState,
  Link,
  MockTransport,
  MultipartSource,
  ParamsSource,
  ParamValue,
  PartDescription,
  PartValue,
  Progress,
  ProgressListener,
  ProgressOptions,
  RedactedRequest,
  RedirectHook,
  RedirectHookState,
  RequestHook,
  ResponseHook,
  ResponseHookState,
  ResponseTimings,
  RetryBudget,
  RetryHook,
  RetryHookState,
  RetryOptions,
  SchemaIssue,
  Send,
  SessionCookie,
  SessionCookies,
  SessionErrorOptions,
  SessionExport,
  SessionOptions,
  SessionSnapshot,
  Settings,
  SharedOptions,
  StandardSchema,
  TimeoutOptions,
  Transport,
} from '@session-fetch/core'
export { JarCookies } from '@session-fetch/cookies'
export type {
  CookieChangeEvent,
  CookieData,
  CookieEventMap,
  CookieExplanation,
  CookieFormat,
  CookieImport,
  CookieLimits,
  CookieListener,
  CookieRejectedEvent,
  CookieRejection,
  CookieWithheldEvent,
  DeletedCookie,
  JarCookieQuery,
  JarSource,
  JsonCookie,
  RefusedEntry,
  StorageState,
  StorageStateCookie,
} from '@session-fetch/cookies'
export { type NodeSessionOptions, Session } from './session/session.js'
export type { CallMessage } from './session/call-trace.js'
export { markResources } from './session/resource-timing.js'
export { del as delete, get, head, options, patch, post, put, request } from './session/functional.js'
export { FileCookieJar, type FileCookieJarOptions } from './cookies/file-cookie-jar.js'
export type { Download, DownloadOptions } from './download/download.js'
export { FileError } from './download/file-error.js'
export { CrossFetchTransport, type NodeAgent } from './transports/agent-transport.js'
export { PooledTransport, type PooledTransportOptions } from './transports/pooled-transport.js'
export type { PoolStats } from './http1/connection-pool.js'
export { type CachedLookupOptions, cachedLookup } from './connect/dns.js'
export type { Dialled, Guard } from './connect/guard.js'
export type { NetworkOptions } from './connect/network-options.js'
export type { LimitOptions } from './bodies/limits.js'
export type { ProxiesByScheme, ProxyOptions } from './connect/proxy-choice.js'
export type { NodePlatform } from './session/platform.js'
export { publicOnly } from './connect/guard.js'
export type { Pem, TlsOptions } from './connect/tls.js'
export { type UnixSocketOptions, unixSocketTransport } from './transports/choose-transport.js'
