// For the adapters of a platform, such as @session-fetch/node and @session-fetch/browser.
export {
  type Call,
  type Caller,
  type CallPlatform,
  InFlight,
  type Life,
  nativeLife,
  ownTransport,
  type Platform,
} from './call/call.js'
export {
  type CallChecks,
  type Checks,
  callChecks,
  checks,
  type OptionKnowledge,
  serverChecks,
} from './call/checks.js'
export { functionalVerb, type RequestFunction, requestFor, type Verb } from './call/dispatch.js'
export { editDistance, suggestNearest } from './call/nearest-name.js'
export { CALL_OPTIONS, PLAIN_SETTINGS, type PlainSettings } from './call/options.js'
export type { Defaults } from './call/prepare.js'
export { refuseFraming } from './call/prepare.js'
export { authenticate } from './layers/authenticate.js'
export {
  type CookieKeeper,
  cookieBytes,
  cookiePairs,
  cookieText,
  fromHeaderValue,
  hasRawBytes,
  headersAreText,
  toHeaderValue,
  withCookies,
} from './layers/cookies.js'
export { announcedLength, withDownloadProgress } from './layers/download-progress.js'
export { followRedirects } from './layers/redirects.js'
export { retry } from './layers/retry.js'
export { LruMap } from './model/lru-map.js'
export { checkMembers, entriesOf, isRecord, optionsOf } from './model/options.js'
export { has, own, responseInit } from './model/own.js'
export { inspectAs, inspectAsJson, redactUrl } from './model/redact.js'
export { RETRY_DEFAULTS } from './model/retry.js'
export { Cancellation, type Clock, type MakeStop, nativeStop, type Stop, systemClock } from './model/stop.js'
export { timeoutError } from './model/timeouts.js'
export { type EncodedBody, replayableBody } from './request/body.js'
export type { CopyableHeaders } from './request/headers.js'
export { isBlank, isFieldText, isToken, TCHAR, trimBlanks } from './request/headers.js'
export { encodeMultipart, multipartPieces } from './request/multipart.js'
export { isReplayable, isStream, isWhole } from './request/prepared-request.js'
export { ProgressMeter } from './request/progress.js'
export { checkInit, impliedHeaders } from './request/request-init.js'
export { isLoopback, type Place, parseUrl, resolveUrl, type Target, withoutBrackets } from './request/url.js'
export { haveLinks } from './response/links.js'
export { checkSchemas } from './response/schema.js'
export {
  DISCARD_LIMIT,
  DISCARD_PATIENCE,
  type Ending,
  type Exchange,
  httpErrorOf,
  whenDone,
} from './response/session-response.js'
export { checkedExport, shownSession, snapshot } from './session/export.js'
