import { toAuthFlow } from '../auth/auth.js'
import { defined, entriesOf, optionsOf, own } from '../model/options.js'
import { toRetryPolicy } from '../model/retry.js'
import type { Stop } from '../model/stop.js'
import { toTimeouts } from '../model/timeouts.js'
import { type EncodedBody, encodeBody } from '../request/body.js'
import { type HeaderValue, mergeHeaders } from '../request/headers.js'
import type { MultipartSource } from '../request/multipart.js'
import { PreparedRequest, type RequestExtras, isReplayable } from '../request/prepared-request.js'
import { type Place, mergeParams, withParams } from '../request/url.js'
import type { CallChecks } from './checks.js'
import { mergeHooks } from './hooks.js'
import type { CallOptions, Hooks, Settings, SharedOptions } from './options.js'

/** Settings under the options' own names, as far as they are merged: a session's for one URL, a call's over them. */
type Merged = Omit<CallOptions, 'headers' | 'params' | 'hooks'> & {
  headers: Headers
  params: URLSearchParams
  hooks: Hooks
  unsupported?: Settings['unsupported'] | undefined
}

/** The session's settings that apply to a call. */
export type Defaults = Partial<Merged>

/**
 * The merging law, for calls, `extend` and `fork`: headers, params and hooks are combined; for everything else the
 * later wins. `undefined` means not given, `null` removes what is there. Inputs are not modified.
 */
export function merge<Base extends Defaults, Over extends SharedOptions>(
  base: Base,
  over: Over,
  checks?: CallChecks,
): Base & Over & Pick<Merged, 'headers' | 'params' | 'hooks'> {
  return Object.assign(own(base), defined(over), {
    headers: mergeHeaders(base.headers, over.headers),
    params: mergeParams(base.params, over.params),
    hooks: mergeHooks(base.hooks, over.hooks, checks),
  })
}

/** What preparing a request needs from its platform. */
interface Preparing {
  readonly multipart: (parts: MultipartSource) => EncodedBody
  readonly callCookies: (cookies: CallOptions['cookies']) => string
  readonly stop: () => Stop
  readonly checks?: CallChecks | undefined
}

/** Where a call goes, and what it begins with. */
interface Destination {
  readonly method: string
  readonly url: Place
  /** Credentials from the URL. */
  readonly credentials: readonly [user: string, password: string] | null
  readonly defaults: Defaults
}

const DEFAULT_MAX_REDIRECTS = 20

/** Merges a call over its session's settings and builds the request. `call` belongs to this call. */
export function prepare(to: Destination, call: CallOptions, platform: Preparing): PreparedRequest {
  const { checks } = platform
  const pairs = entriesOf<HeaderValue>('headers', call.headers) // read once, for they may come from an iterator
  if (call.headers) call.headers = pairs
  const merged = merge(to.defaults, call, checks)
  if (call.auth === undefined) merged.auth = saysAuthorization(pairs) ? null : (to.credentials ?? merged.auth)
  checks?.settings(merged)
  const { body, contentType } = encodeBody(call, platform.multipart)
  describeBody(merged.headers, contentType, body instanceof FormData)
  const request = new PreparedRequest(
    {
      ...membersOf(merged),
      ...optionsOf(call.platform, 'platform'),
      method: to.method,
      url: withParams(to.url, merged.params),
      headers: merged.headers,
      body,
      signal: call.signal ?? null,
    },
    settle(merged, platform.callCookies(call.cookies)),
    platform.stop,
  )
  if (!isReplayable(body)) request.duplex = 'half' // https://fetch.spec.whatwg.org/#dom-requestinit-duplex
  return request
}

/** Whether a call gives an `Authorization` header, which precedes the credentials of its URL and the session's. */
function saysAuthorization(headers: readonly (readonly [name: string, value: HeaderValue])[]): boolean {
  return headers.some(([name, value]) => /^authorization$/i.test(name) && value !== undefined)
}

/** Settings in the form that layers and transports read. */
function settle(merged: Merged, cookies: string): Settings {
  const { headers, params, auth, hooks, timeout, retry, csrf, throwHttpErrors } = merged
  return {
    headers,
    params,
    auth: toAuthFlow(auth),
    hooks: csrf ? mergeHooks(hooks, { request: csrf }) : hooks, // it sees what the others leave
    timeouts: toTimeouts(timeout),
    retry: toRetryPolicy(retry),
    maxRedirects: merged.maxRedirects ?? DEFAULT_MAX_REDIRECTS,
    throwHttpErrors,
    cookies,
    unsupported: merged.unsupported ?? 'error',
  }
}

/** What is left of the settings: members of `RequestInit`, and what the transport reads. */
function membersOf({
  headers,
  params,
  hooks,
  auth,
  timeout,
  retry,
  csrf,
  throwHttpErrors,
  maxRedirects,
  unsupported,
  cookies,
  json,
  form,
  multipart,
  body,
  signal,
  platform,
  ...members
}: Merged): RequestExtras {
  return members
}

/** Sets the body's type if the caller gave none, or gave a multipart type without a boundary. */
function describeBody(headers: Headers, contentType: string | null, isForm: boolean): void {
  const isMultipart = isForm || contentType?.startsWith('multipart/')
  if (isMultipart && /^multipart\/form-data(?!.*boundary=)/i.test(headers.get('Content-Type') ?? ''))
    headers.delete('Content-Type')
  if (contentType !== null && !headers.has('Content-Type')) headers.set('Content-Type', contentType)
}
