// For users of any platform. adapter.ts is for adapters of a platform.
export { type Auth, type AuthFunction, basic } from './auth/auth.js'
export { type BearerOptions, type BearerToken, bearer } from './auth/bearer.js'
export type {
  Capabilities,
  CookieInit,
  CookieQuery,
  SessionCookie,
  SessionCookies,
} from './call/transport.js'
export type {
  CallOptions,
  ErrorHook,
  ErrorHookState,
  HookSession,
  HookState,
  Hooks,
  HooksSource,
  RedirectHook,
  RedirectHookState,
  RequestHook,
  ResponseHook,
  ResponseHookState,
  RetryHook,
  RetryHookState,
  SessionOptions,
  Settings,
  SharedOptions,
} from './call/options.js'
export {
  type FetchLike,
  type MockTransport,
  type Send,
  type Transport,
  fetchTransport,
  mockTransport,
} from './call/transport.js'
export { TooManyRedirectsError } from './layers/redirects.js'
export {
  AuthError,
  ConnectionError,
  DecodeError,
  DnsError,
  type ErrorPhase,
  HeadersTooLargeError,
  HookError,
  InvalidRedirectError,
  InvalidRequestError,
  ProtocolError,
  ProxyError,
  type RedactedRequest,
  ResponseTooLargeError,
  SessionClosedError,
  SessionError,
  type SessionErrorOptions,
  TimeoutError,
  TlsError,
  TruncatedError,
  UnsupportedError,
} from './model/errors.js'
export { type RetryBudget, type RetryOptions, retryBudget } from './model/retry.js'
export type { TimeoutOptions } from './model/timeouts.js'
export type { FormSource } from './request/body.js'
export type { HeaderValue, HeadersSource } from './request/headers.js'
export { type MultipartSource, type PartDescription, type PartValue, multipart } from './request/multipart.js'
export type { ParamValue, ParamsSource } from './request/url.js'
export { type AuthFlow, type Body, PreparedRequest } from './request/prepared-request.js'
export type { Progress, ProgressListener, ProgressOptions } from './request/progress.js'
export { ResponsePromise } from './response/promise.js'
export type { SchemaIssue, StandardSchema } from './response/schema.js'
export { HttpError, type Link, type ResponseTimings, SessionResponse } from './response/session-response.js'
export {
  type ExportOptions,
  type SessionExport,
  type SessionSnapshot,
  exportSession,
  importSession,
} from './session/export.js'
export { Session } from './session/session.js'
