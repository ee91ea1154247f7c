import { toAuthFlow } from '../auth/auth.js'
import { entriesOf, optionsOf } from '../model/option-values.js'
import { toRetryPolicy } from '../model/retry.js'
import type { Stop } from '../model/stop.js'
import { toTimeouts } from '../model/timeouts.js'
import { type EncodedBody, encodeBody } from '../request/body.js'
import { type HeaderValue, isFieldText, mergeHeaders } from '../request/headers.js'
import { type MultipartSource, encodeMultipart } from '../request/multipart.js'
import {
  type Body,
  PreparedRequest,
  type RequestExtras,
  checkBody,
  isReplayable,
} from '../request/prepared-request.js'
import { type Place, mergeParams, resolveUrl, withParams } from '../request/url.js'
import type { CallChecks } from './checks.js'
import { mergeHooks } from './hooks.js'
import type { CallOptions, Hooks, Settings, SharedOptions } from './options.js'
import { InvalidRequestError } from '../model/errors.js'
import { defined, has } from '../model/own.js'

/** Settings by the names of their options: those of a session for one URL, then those of a call merged over them. */
type Merged = Omit<CallOptions, 'headers' | 'params' | 'hooks'> & {
  headers: Headers
  params: URLSearchParams
  hooks: Hooks
  unsupported?: Settings['unsupported'] | undefined
}

/** The session's settings that apply to a call. */
export type Defaults = { [Name in keyof Merged]?: Merged[Name] | undefined }

/**
 * Merges options, for calls, `extend` and `fork`: headers, params and hooks are combined; any other option of `over`
 * replaces that of `base`. `undefined` means not given, `null` removes the value of `base`.
 *
 * @param base Modified and returned. Must not inherit from `Object.prototype`.
 */
export function merge<Base extends Defaults, Over extends SharedOptions>(
  base: Base,
  over: Over,
  checks?: CallChecks,
): Base & Over & Pick<Merged, 'headers' | 'params' | 'hooks'> {
  const { headers, params, hooks } = base
  const given = defined(over)
  const merged: Defaults = Object.assign(base, given)
  merged.headers = mergeHeaders(headers, given.headers)
  merged.params = mergeParams(params, given.params)
  merged.hooks = mergeHooks(hooks, given.hooks, checks)
  return merged as Base & Over & Merged // all three members are set above
}

/** The part of the platform that `prepare` uses. */
interface PreparePlatform {
  readonly multipart: (parts: MultipartSource) => EncodedBody
  readonly callCookies: (cookies: CallOptions['cookies']) => string
  readonly stop: () => Stop
  readonly checks?: CallChecks | undefined
}

/** The target of a call, and the settings of the session for it. */
interface Destination {
  readonly method: string
  readonly url: Place
  /** Credentials from the URL. */
  readonly credentials: readonly [user: string, password: string] | null
  readonly defaults: Defaults
}

const DEFAULT_MAX_REDIRECTS = 20

/** Merges a call over the session's settings and creates the request. May modify `call`. */
export function prepare(to: Destination, call: CallOptions, platform: PreparePlatform): PreparedRequest {
  const pairs = entriesOf<HeaderValue>('headers', call.headers) // read once: an iterator cannot be read again
  if (call.headers) call.headers = pairs
  const merged = merge(to.defaults, call, platform.checks)
  if (call.auth === undefined) merged.auth = hasAuthorization(pairs) ? null : (to.credentials ?? merged.auth)
  platform.checks?.settings(merged)
  const { body, contentType } = encodeBody(call, platform.multipart)
  const { headers, params } = merged
  describeBody(headers, contentType, body instanceof FormData)
  const request = new PreparedRequest(
    {
      ...membersOf(merged),
      ...optionsOf(call.platform, 'platform'),
      method: to.method,
      url: withParams(to.url, params),
      headers,
      body,
      signal: call.signal ?? null,
    },
    normalized(merged, platform.callCookies(call.cookies)),
    platform.stop,
  )
  if (!isReplayable(body)) request.duplex = 'half' // https://fetch.spec.whatwg.org/#dom-requestinit-duplex
  return request
}

/** Whether a call has an `Authorization` header, which takes precedence over the credentials of URL and session. */
function hasAuthorization(headers: readonly (readonly [name: string, value: HeaderValue])[]): boolean {
  return headers.some(([name, value]) => /^authorization$/i.test(name) && value !== undefined)
}

/** The settings in the form that layers and transports read. */
function normalized(merged: Merged, cookies: string): Settings {
  const { headers, params, hooks, auth, timeout, retry, csrf, maxRedirects, throwHttpErrors } = merged
  return {
    headers,
    params,
    auth: auth == null ? null : toAuthFlow(auth),
    hooks: csrf ? mergeHooks(hooks, { request: csrf }) : hooks, // last, so that it receives the request as edited by the others
    timeouts: timeout == null ? null : toTimeouts(timeout),
    retry: retry == null ? null : toRetryPolicy(retry),
    maxRedirects: maxRedirects ?? DEFAULT_MAX_REDIRECTS,
    throwHttpErrors,
    cookies,
    unsupported: merged.unsupported ?? 'error',
  }
}

/** The remaining options, which the transport receives unchanged as members of the request. */
function membersOf(merged: Merged): RequestExtras {
  const { headers, params, hooks, auth, timeout, retry, csrf, maxRedirects, throwHttpErrors, ...others } =
    merged
  const { unsupported, cookies, json, form, multipart, body, signal, platform, ...members } = others
  return members
}

/** Sets the body's type if the caller gave none, or gave a multipart type without a boundary. */
function describeBody(headers: Headers, contentType: string | null, isForm: boolean): void {
  const isMultipart = isForm || contentType?.startsWith('multipart/')
  if (isMultipart && /^multipart\/form-data(?!.*boundary=)/i.test(headers.get('Content-Type') ?? ''))
    headers.delete('Content-Type')
  if (contentType !== null && !headers.has('Content-Type')) headers.set('Content-Type', contentType)
}

/** A token (RFC 9110 §5.6.2), except the methods that fetch forbids (Fetch §2.2.1). */
const METHOD = /^(?!(?:connect|trace|track)$)[!#$%&'*+.^_`|~0-9a-z-]+$/i

/**
 * Validates a request before it is sent, after all hooks that could edit it. Upper-cases the method.
 *
 * @throws InvalidRequestError naming what to change
 */
export function checkRequest(
  request: PreparedRequest,
  platform: { check?(request: PreparedRequest): void },
): void {
  request.body ??= null // a hook may have set it to undefined
  const { method, url, body, movedFrom } = request
  if (movedFrom !== null && resolveUrl(url, null).credentials)
    throw new InvalidRequestError('An edited URL must not have credentials; use auth')
  if (typeof method !== 'string' || !METHOD.test(method))
    throw new InvalidRequestError('The method must be a token that fetch allows')
  if (body !== null && /^(?:GET|HEAD)$/i.test(method))
    throw new InvalidRequestError(`A ${method} request has no body; use params`, {
      request,
    })
  if (body !== null) checkBody(body)
  request.method = method.toUpperCase()
  platform.check?.(request)
}

/** Headers that control message framing and the connection. */
const FRAMING = new Set(['transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'expect'])
/** RFC 9110 §7.2: host and port. No comma, although a name may contain one: it would join two values. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+;=%-]+)(?::\d*)?$/i

/**
 * Header rules of all transports that write headers as they are.
 *
 * @throws InvalidRequestError for a framing header, a length that differs from the body's, an invalid `Host`,
 *   or a control character
 */
export function refuseFraming(request: PreparedRequest): void {
  request.headers.forEach((value, name) => {
    const fault = faultOf(name, value, request)
    if (fault) throw new InvalidRequestError(`The header "${name}" ${fault}`, { request })
  })
}

function faultOf(name: string, value: string, request: PreparedRequest): string | false {
  if (FRAMING.has(name)) return 'is set by the transport; remove it'
  if (!isFieldText(value)) return 'contains a control character'
  if (name === 'content-length') return !isLength(value, request) && 'is not the length of the body'
  return name === 'host' && !HOST.test(value) && 'is not a host'
}

/** Whether a `Content-Length` matches the body. Streams are counted while they are sent. */
function isLength(value: string, { body, method }: PreparedRequest): boolean {
  if (!/^\d{1,15}$/.test(value) || (body === null && /^(?:GET|HEAD)$/i.test(method))) return false
  const length = byteLength(body)
  return length === null || length === Number(value)
}

/** The length of a body in bytes; `null` if unknown. */
function byteLength(body: Body | null): number | null {
  if (body === null) return 0
  if (typeof body === 'string' || body instanceof URLSearchParams)
    return new TextEncoder().encode(`${body}`).byteLength
  if (body instanceof Blob) return body.size
  if (body instanceof FormData) return encodeMultipart(body).body.size
  return has(body, 'byteLength') ? body.byteLength : null
}
