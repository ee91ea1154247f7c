// For users
export type { Auth } from './lib/auth.js'
export type { AuthFlow, AuthFunction } from './lib/auth-flow.js'
export { basic } from './lib/basic.js'
export { bearer } from './lib/bearer.js'
export type { BearerOptions, BearerToken } from './lib/bearer-tokens.js'
export type { Body } from './lib/body.js'
export type { Capabilities } from './lib/capabilities.js'
export type { FormSource } from './lib/encode-form.js'
export {
  type MultipartSource,
  multipart,
  type PartDescription,
  type PartValue,
} from './lib/encode-multipart.js'
export {
  AuthError,
  ConnectionError,
  DecodeError,
  DnsError,
  type ErrorPhase,
  HeadersTooLargeError,
  HookError,
  HttpError,
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
  TooManyRedirectsError,
  TruncatedError,
  UnsupportedError,
} from './lib/errors.js'
export { type FetchLike, fetchTransport } from './lib/fetch-transport.js'
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
} from './lib/hooks.js'
export { type Link, haveLinks } from './lib/links.js'
export type { HeaderValue, HeadersSource } from './lib/merge-headers.js'
export type { ParamValue, ParamsSource } from './lib/merge-params.js'
export { type MockTransport, mockTransport } from './lib/mock-transport.js'
export type { CallOptions, SessionOptions, SharedOptions } from './lib/options.js'
export { PreparedRequest } from './lib/prepared-request.js'
export { ResponsePromise } from './lib/response-promise.js'
export type { Progress, ProgressListener, ProgressOptions } from './lib/progress.js'
export { type RetryBudget, type RetryOptions, retryBudget } from './lib/retry-policy.js'
export { Session } from './lib/session.js'
export {
  type ExportOptions,
  type SessionExport,
  type SessionSnapshot,
  exportSession,
  importSession,
} from './lib/session-export.js'
export type { Send, Transport } from './lib/send.js'
export type { CookieInit, CookieQuery, SessionCookie, SessionCookies } from './lib/session-cookies.js'
export { SessionResponse, httpErrorOf } from './lib/session-response.js'
export type { SchemaIssue, StandardSchema } from './lib/standard-schema.js'
export type { TimeoutOptions } from './lib/timeouts.js'

// For adapter authors
export { isReplayable, isStream, isWhole } from './lib/body.js'
export { authenticate } from './lib/authenticate.js'
export type { Call } from './lib/call.js'
export { Cancellation } from './lib/cancellation.js'
export { type Clock, systemClock } from './lib/clock.js'
export { followRedirects } from './lib/follow-redirects.js'
export type { Caller } from './lib/caller.js'
export { entriesOf, isRecord, optionsOf } from './lib/entries-of.js'
export { type RequestFunction, type Verb, functionalVerb, requestFor } from './lib/functional.js'
export type { OptionKnowledge } from './lib/known-options.js'
export type { Defaults, Settings } from './lib/merge.js'
export { inspectAs, inspectAsJson } from './lib/inspect-as-json.js'
export { editDistance, suggestNearest } from './lib/nearest-name.js'
export { has, own, responseInit } from './lib/own.js'
export { parseUrl } from './lib/parse-url.js'
export { type CallPlatform, type Platform, ownTransport } from './lib/platform.js'
export type { CopyableHeaders } from './lib/copy-headers.js'
export { REFERRER_POLICIES } from './lib/redirected-request.js'
export { refuseFraming } from './lib/refuse-framing.js'
export { replayableBody } from './lib/replayable-body.js'
export { type Place, type Target, resolveUrl } from './lib/resolve-url.js'
export { retry } from './lib/retry.js'
export { snapshot } from './lib/session-export.js'
export { timeoutError } from './lib/timeout-error.js'
export type { EncodedBody } from './lib/encode-body.js'
export { encodeMultipart, multipartPieces } from './lib/encode-multipart.js'
export { cookiePairs } from './lib/cookie-pairs.js'
export { cookieBytes, cookieText, hasRawBytes } from './lib/cookie-text.js'
export { type CookieKeeper, withCookies } from './lib/with-cookies.js'
export { DISCARD_LIMIT, DISCARD_PATIENCE, type Exchange } from './lib/session-response.js'
export { ProgressMeter } from './lib/progress.js'
export { CALL_OPTIONS } from './lib/known-options.js'
export { announcedLength, withDownloadProgress } from './lib/with-download-progress.js'
export { withTimeouts } from './lib/with-timeouts.js'
