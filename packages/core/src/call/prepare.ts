import { type Auth, toAuthFlow } from '../auth/auth.js'
import { entriesOf, optionsOf } from '../model/options.js'
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
import {
  type CallOptions,
  type Hooks,
  OUR_OPTIONS,
  type POLICIES,
  type Settings,
  type SharedOptions,
} from './options.js'

/** The session's settings that apply to a call. */
export interface Defaults extends Pick<SharedOptions, (typeof POLICIES)[number]> {
  readonly headers?: Headers | undefined
  readonly params?: URLSearchParams | undefined
  readonly auth?: Auth | null | undefined
  readonly hooks?: Hooks | undefined
  readonly extras?: RequestExtras | undefined
  readonly unsupported?: Settings['unsupported'] | undefined
}

/** What a call's URL and its cookies said, and what checks its settings. */
interface Said {
  /** Credentials from the URL. */
  readonly credentials: readonly [user: string, password: string] | null
  /** The call's cookies as a header value. */
  readonly cookies: string
  readonly checks: CallChecks | undefined
}

type HeaderPairs = readonly (readonly [name: string, value: HeaderValue])[]

const DEFAULT_MAX_REDIRECTS = 20

/**
 * The merging law: headers, params and hooks are combined; for everything else the call wins. `undefined` means
 * not given, `null` removes the session's value. Inputs are not modified.
 */
export function merge(session: Defaults, call: CallOptions, said: Said): Settings {
  const { credentials, cookies, checks } = said
  const headers = entriesOf<HeaderValue>('headers', call.headers)
  const policies = {
    auth: mergeAuth(credentials ?? session.auth, call.auth, headers),
    timeout: pick(session.timeout, call.timeout),
    retry: pick(session.retry, call.retry),
    maxRedirects: pick(session.maxRedirects, call.maxRedirects),
    csrf: pick(session.csrf, call.csrf),
  }
  checks?.settings(policies)
  if (call.signal != null) checks?.signal(call.signal)
  const hooks = mergeHooks(session.hooks, call.hooks, checks)
  return {
    headers: mergeHeaders(session.headers, call.headers && headers),
    params: mergeParams(session.params, call.params),
    auth: toAuthFlow(policies.auth),
    hooks: policies.csrf ? mergeHooks(hooks, { request: policies.csrf }) : hooks, // it sees what the others leave
    timeouts: toTimeouts(policies.timeout),
    retry: toRetryPolicy(policies.retry),
    maxRedirects: policies.maxRedirects ?? DEFAULT_MAX_REDIRECTS,
    throwHttpErrors: pick(session.throwHttpErrors, call.throwHttpErrors),
    cookies,
    extras: mergeExtras(session.extras, call),
    unsupported: session.unsupported ?? 'error',
  }
}

/** The call's value if given, else the session's. */
function pick<T>(session: T, call: T): T {
  return call === undefined ? session : call
}

/** The call's auth, then its `Authorization` header, then the URL's own, then the session's. */
function mergeAuth(
  session: Defaults['auth'],
  call: CallOptions['auth'],
  headers: HeaderPairs,
): Defaults['auth'] {
  if (call !== undefined) return call
  const isSaid = headers.some(([name, value]) => /^authorization$/i.test(name) && value !== undefined)
  return isSaid ? null : session
}

/** Members of `RequestInit` and of `platform`, passed to the transport unchanged. */
function mergeExtras(session: RequestExtras | undefined, call: CallOptions): RequestExtras {
  const extras: Record<string, unknown> = { ...session }
  for (const [name, value] of Object.entries(call)) {
    if (OUR_OPTIONS.includes(name) || value === undefined) continue
    if (value === null) delete extras[name]
    else extras[name] = value
  }
  return call.platform === undefined ? extras : Object.assign(extras, optionsOf(call.platform, 'platform'))
}

/** What preparing a request needs from its platform. */
interface Preparing {
  readonly multipart: (parts: MultipartSource) => EncodedBody
  readonly stop: () => Stop
}

/** Builds a request from a method, a URL and merged settings. */
export function prepare(
  method: string,
  url: Place,
  call: CallOptions,
  settings: Settings,
  platform: Preparing,
): PreparedRequest {
  const { body, contentType } = encodeBody(call, platform.multipart)
  const { headers, extras, params } = settings
  describeBody(headers, contentType, body instanceof FormData)
  const request = new PreparedRequest(
    {
      ...extras,
      method,
      url: withParams(url, params),
      headers,
      body,
      signal: call.signal ?? null,
    },
    settings,
    platform.stop,
  )
  if (!isReplayable(body)) request.duplex = 'half' // https://fetch.spec.whatwg.org/#dom-requestinit-duplex
  return request
}

/** Sets the body's type if the caller gave none, or gave a multipart type without a boundary. */
function describeBody(headers: Headers, contentType: string | null, isForm: boolean): void {
  const isMultipart = isForm || contentType?.startsWith('multipart/')
  if (isMultipart && /^multipart\/form-data(?!.*boundary=)/i.test(headers.get('Content-Type') ?? ''))
    headers.delete('Content-Type')
  if (contentType !== null && !headers.has('Content-Type')) headers.set('Content-Type', contentType)
}
