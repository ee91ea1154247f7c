// For the adapters of a platform, such as @session-fetch/node and @session-fetch/browser.
export {
  type Call,
  type CallPlatform,
  type Caller,
  type CallGroup,
  type Platform,
  ownTransport,
} from './call/call.js'
export { refuseFraming } from './call/prepare.js'
export { type CallChecks, type Checks, type OptionKnowledge, callChecks, checks } from './call/checks.js'
export { checkAnswer, serverChecks } from './call/checks.js'
export type { Defaults } from './call/prepare.js'
export { editDistance, suggestNearest } from './call/nearest-name.js'
export { CALL_OPTIONS, PLAIN_SETTINGS, type PlainSettings } from './call/options.js'
export { authenticate } from './layers/authenticate.js'
export { type CookieKeeper, cookiePairs, withCookies } from './layers/cookies.js'
export { announcedLength, withDownloadProgress } from './layers/download-progress.js'
export { followRedirects } from './layers/redirects.js'
export { retry } from './layers/retry.js'
export { RETRY_DEFAULTS } from './model/retry.js'
export { TCHAR, isBlank, isFieldText, isToken, trimBlanks } from './request/headers.js'
export { isLoopback, withoutBrackets } from './request/url.js'
export { LruMap } from './model/lru-map.js'
export { checkMembers, checkNumber, entriesOf, isRecord, optionsOf } from './model/option-values.js'
export { cookieBytes, cookieText, hasRawBytes } from './layers/cookies.js'
export { fromHeaderValue, headersAreText, toHeaderValue } from './layers/cookies.js'
export { has, own, responseInit } from './model/own.js'
export { inspectAs, inspectAsJson, redactUrl, redactedCause } from './model/redact.js'
export { Cancellation, type Clock, type MakeStop, type Stop, nativeStop, systemClock } from './model/stop.js'
export { timeoutError } from './model/timeouts.js'
export { type Place, parseUrl } from './request/url.js'
export { type EncodedBody, replayableBody } from './request/body.js'
export { checkInit, impliedHeaders } from './request/request-init.js'
export type { CopyableHeaders } from './request/headers.js'
export { encodeMultipart, multipartPieces } from './request/multipart.js'
export { isReplayable, isStream, isWhole, unshared } from './request/prepared-request.js'
export { ProgressMeter } from './request/progress.js'
export { type Target, resolveUrl } from './request/url.js'
export { haveLinks } from './response/links.js'
export { checkSchemas } from './response/schema.js'
export {
  DISCARD_LIMIT,
  DISCARD_TIMEOUT,
  type Exchange,
  httpErrorOf,
} from './response/session-response.js'
export { type Ending, whenBodyDone, whenDone } from './response/session-response.js'
export { InFlight, nativeCallGroup } from './call/call.js'
export { checkedExport, shownSession, snapshot } from './session/export.js'
export { exportSession, fetchTransport, importSession, retryBudget } from './session/server-functions.js'
export { asFetchError } from './session/fetch.js'
export { beDisposable } from './session/session.js'
export { type RequestFunction, type Verb, functionalVerb, requestFor } from './call/dispatch.js'
