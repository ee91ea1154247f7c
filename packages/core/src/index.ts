// For users
export type { Auth } from './auth/auth.js'
export type { AuthFlow } from './request/prepared-request.js'
export type { AuthFunction } from './auth/auth.js'
export { basic } from './auth/auth.js'
export { bearer } from './auth/bearer.js'
export type { BearerOptions, BearerToken } from './auth/bearer.js'
export type { Body } from './request/prepared-request.js'
export type { Capabilities } from './call/capabilities.js'
export type { FormSource } from './request/body.js'
export { type MultipartSource, multipart, type PartDescription, type PartValue } from './request/multipart.js'
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
export { HttpError } from './response/session-response.js'
export { TooManyRedirectsError } from './layers/redirects.js'
export { type FetchLike, fetchTransport } from './call/transport.js'
export type {
  ErrorHook,
  ErrorHookState,
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
} from './call/options.js'
export { type Link } from './response/session-response.js'
export { haveLinks } from './response/links.js'
export type { HeaderValue, HeadersSource } from './request/headers.js'
export type { ParamValue, ParamsSource } from './request/params.js'
export { type MockTransport, mockTransport } from './call/transport.js'
export type { CallOptions, SessionOptions, SharedOptions } from './call/options.js'
export { PreparedRequest } from './request/prepared-request.js'
export { ResponsePromise } from './response/promise.js'
export type { Progress, ProgressListener, ProgressOptions } from './request/progress.js'
export { type RetryBudget, type RetryOptions, retryBudget } from './model/retry.js'
export { Session } from './session/session.js'
export {
  type ExportOptions,
  type SessionExport,
  type SessionSnapshot,
  exportSession,
  importSession,
} from './session/export.js'
export type { Send, Transport } from './call/transport.js'
export type { CookieInit, CookieQuery, SessionCookie, SessionCookies } from './call/capabilities.js'
export { SessionResponse, httpErrorOf } from './response/session-response.js'
export type { SchemaIssue, StandardSchema } from './response/schema.js'
export type { TimeoutOptions } from './model/timeouts.js'

// For adapter authors
export { isReplayable, isStream, isWhole } from './request/prepared-request.js'
export { authenticate } from './layers/authenticate.js'
export type { Call } from './call/call.js'
export { Cancellation } from './model/stop.js'
export { type Clock, systemClock } from './model/stop.js'
export { followRedirects } from './layers/redirects.js'
export type { Caller } from './call/call.js'
export { entriesOf, isRecord, optionsOf } from './model/check.js'
export { type RequestFunction, type Verb, functionalVerb, requestFor } from './session/functional.js'
export type { OptionKnowledge } from './call/option-names.js'
export type { Defaults } from './call/merge.js'
export type { Settings } from './call/options.js'
export { inspectAs, inspectAsJson } from './model/redact.js'
export { editDistance, suggestNearest } from './call/nearest-name.js'
export { has, own, responseInit } from './model/own.js'
export { parseUrl } from './model/url.js'
export { type CallPlatform, type Platform, ownTransport } from './call/call.js'
export type { CopyableHeaders } from './request/headers.js'
export { REFERRER_POLICIES } from './layers/redirects.js'
export { refuseFraming } from './call/checks.js'
export { replayableBody } from './request/body.js'
export { type Place } from './model/url.js'
export { type Target, resolveUrl } from './request/resolve-url.js'
export { retry } from './layers/retry.js'
export { snapshot } from './session/export.js'
export { timeoutError } from './model/timeouts.js'
export type { EncodedBody } from './request/body.js'
export { encodeMultipart, multipartPieces } from './request/multipart.js'
export { cookiePairs } from './layers/cookies.js'
export { cookieBytes, cookieText, hasRawBytes } from './model/cookie-text.js'
export { type CookieKeeper, withCookies } from './layers/cookies.js'
export { DISCARD_LIMIT, DISCARD_PATIENCE, type Exchange } from './response/session-response.js'
export { ProgressMeter } from './request/progress.js'
export { CALL_OPTIONS } from './call/option-names.js'
export { announcedLength, withDownloadProgress } from './layers/download-progress.js'
export { withTimeouts } from './layers/timeouts.js'
