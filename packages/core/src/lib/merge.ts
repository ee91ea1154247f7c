import { type AuthFlow, toAuthFlow } from './auth.js'
import { InvalidRequestError } from './errors.js'
import { type Hooks, mergeHooks } from './hooks.js'
import { isKnownOption } from './known-options.js'
import { type HeaderPairs, headerPairs, mergeHeaders } from './merge-headers.js'
import { type MergedParams, mergeParams } from './merge-params.js'
import type { CallOptions, SharedOptions } from './options.js'
import { own } from './own.js'
import type { RequestExtras } from './prepared-request.js'
import { type RetryPolicy, toRetryPolicy } from './retry-policy.js'
import { REQUEST_DEFAULTS, type SessionDefaults } from './session-defaults.js'
import { type Timeouts, toTimeouts } from './timeouts.js'

/** What a session and a call come to together. */
export interface Settings {
  readonly headers: Headers
  readonly params: MergedParams
  readonly auth: AuthFlow | null
  readonly hooks: Hooks
  readonly timeouts: Timeouts | null
  readonly retry: RetryPolicy | null
  readonly maxRedirects: number
  readonly throwHttpErrors: SharedOptions['throwHttpErrors']
  /** The call's own cookies, as a `Cookie` header writes them; empty when there are none. */
  readonly cookies: string
  readonly extras: RequestExtras
  /** What to do about options that the platform cannot honour. */
  readonly unsupported: 'error' | 'ignore'
}

/** Where a call goes: whether that is home, and the credentials that stood in its URL. */
export interface Destination {
  home: boolean
  credentials: Credentials | null
  /** The credentials that stood in the `baseUrl`, where this is its origin. */
  base: Credentials | null
  unsupported: Settings['unsupported']
  /** The call's own cookies, as a header writes them. */
  cookies: string
}

type Credentials = readonly [user: string, password: string]

const DEFAULT_MAX_REDIRECTS = 20
/** What a session's headers keep where they are not at home. */
const TRAVELS = /^(?:accept(?:-.*)?|user-agent)$/

/**
 * The merging law: headers, params and hooks combine, for all else the call wins; `undefined` says nothing,
 * `null` removes what the session says; defaults go nowhere but home. Nothing that is given is changed.
 */
export function merge(session: SessionDefaults, call: CallOptions, to: Destination): Settings {
  const headers = headerPairs(call.headers)
  return {
    headers: mergeHeaders(to.home ? session.headers : travelling(session.headers), call.headers && headers),
    params: mergeParams(to.home ? [...session.params] : [], call.params),
    auth: mergeAuth({ session, call, headers, to }),
    hooks: withCsrf(mergeHooks(session.hooks, call.hooks), pick(session.csrf, call.csrf)),
    timeouts: toTimeouts(pick(session.timeout, call.timeout)),
    retry: toRetryPolicy(pick(session.retry, call.retry)),
    maxRedirects: redirectLimit(pick(session.maxRedirects, call.maxRedirects)),
    throwHttpErrors: pick(session.throwHttpErrors, call.throwHttpErrors),
    cookies: to.cookies,
    extras: mergeExtras(session, call, to.home),
    unsupported: to.unsupported,
  }
}

/** The call's value; where it says nothing, the session's. */
function pick<T>(session: T, call: T): T {
  return call === undefined ? session : call
}

/** It comes last, to see the headers and the URL that the other hooks leave. */
function withCsrf(hooks: Hooks, csrf: SharedOptions['csrf']): Hooks {
  return csrf ? mergeHooks(hooks, { request: csrf }) : hooks
}

function travelling(headers: Headers): Headers {
  return new Headers([...headers].filter(([name]) => TRAVELS.test(name)))
}

interface AuthSources {
  session: SessionDefaults
  call: CallOptions
  headers: HeaderPairs
  to: Destination
}

/** The call's auth, then its `Authorization` header, then the URL's own, the session's, and the base URL's. */
function mergeAuth({ session, call, headers, to }: AuthSources): AuthFlow | null {
  if (call.auth !== undefined) return toAuthFlow(call.auth)
  if (headers.some(([name, value]) => name.toLowerCase() === 'authorization' && value !== undefined))
    return null
  return toAuthFlow(to.credentials ?? (to.home ? session.auth : null) ?? to.base)
}

function redirectLimit(limit: number | null | undefined): number {
  if (limit === null || limit === undefined) return DEFAULT_MAX_REDIRECTS
  if (Number.isInteger(limit) && limit >= 0) return limit
  throw new InvalidRequestError(`maxRedirects must be a whole number of 0 or more, not ${String(limit)}`)
}

/** What goes to the transport as it is: members of `RequestInit`, this engine's own, and `platform`'s. */
function mergeExtras(session: SessionDefaults, call: CallOptions, home: boolean): RequestExtras {
  const extras: Record<string, unknown> = own(session.engineDefaults)
  for (const name of REQUEST_DEFAULTS) {
    const value = call[name] === undefined ? session[name] : call[name]
    if (value !== undefined && value !== null) extras[name] = value
  }
  // What a session includes is for home; one that sends none sends none anywhere.
  if (!home && call.credentials === undefined && extras['credentials'] === 'include')
    delete extras['credentials']
  for (const name of Object.keys(call))
    if (!isKnownOption(name)) extras[name] = call[name as keyof CallOptions]
  return Object.assign(extras, call.platform)
}
