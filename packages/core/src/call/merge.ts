import { type Auth, toAuthFlow } from '../auth/auth.js'
import { checkNumber, entriesOf, optionsOf } from '../model/check.js'
import { InvalidRequestError } from '../model/errors.js'
import { toRetryPolicy } from '../model/retry.js'
import { toTimeouts } from '../model/timeouts.js'
import { type HeaderValue, mergeHeaders } from '../request/headers.js'
import { mergeParams } from '../request/params.js'
import type { AuthFlow, RequestExtras } from '../request/prepared-request.js'
import { mergeHooks } from './hooks.js'
import { OUR_OPTIONS, type POLICIES } from './option-names.js'
import type { CallOptions, Hooks, Settings, SharedOptions } from './options.js'

/** What a call begins with: the settings of a session, as far as they may go where the call goes. */
export interface Defaults extends Pick<SharedOptions, (typeof POLICIES)[number]> {
  readonly headers?: Headers | undefined
  readonly params?: URLSearchParams | undefined
  readonly auth?: Auth | null | undefined
  readonly hooks?: Hooks | undefined
  readonly extras?: RequestExtras | undefined
  readonly unsupported?: Settings['unsupported'] | undefined
}

/** What a call's URL and its cookies said. */
interface Said {
  /** The credentials that stood in the URL. */
  readonly credentials: readonly [user: string, password: string] | null
  /** The call's own cookies, as a header writes them. */
  readonly cookies: string
}

type HeaderPairs = readonly (readonly [name: string, value: HeaderValue])[]

const DEFAULT_MAX_REDIRECTS = 20

/**
 * The merging law: headers, params and hooks combine, for all else the call wins; `undefined` says nothing,
 * `null` removes what the session says. Nothing that is given is changed.
 */
export function merge(session: Defaults, call: CallOptions, { credentials, cookies }: Said): Settings {
  const headers = entriesOf<HeaderValue>('headers', call.headers)
  return {
    headers: mergeHeaders(session.headers, call.headers && headers),
    params: mergeParams(session.params, call.params),
    auth: mergeAuth(credentials ?? session.auth, call.auth, headers),
    hooks: withCsrf(mergeHooks(session.hooks, call.hooks), pick(session.csrf, call.csrf)),
    timeouts: toTimeouts(pick(session.timeout, call.timeout)),
    retry: toRetryPolicy(pick(session.retry, call.retry)),
    maxRedirects: redirectLimit(pick(session.maxRedirects, call.maxRedirects)),
    throwHttpErrors: pick(session.throwHttpErrors, call.throwHttpErrors),
    cookies,
    extras: mergeExtras(session.extras, call),
    unsupported: session.unsupported ?? 'error',
  }
}

/** The call's value; where it says nothing, the session's. */
function pick<T>(session: T, call: T): T {
  return call === undefined ? session : call
}

/** It comes last, to see the headers and the URL that the other hooks leave. */
function withCsrf(hooks: Hooks, csrf: SharedOptions['csrf']): Hooks {
  if (csrf && typeof csrf !== 'function') throw new InvalidRequestError('csrf must be a function')
  return csrf ? mergeHooks(hooks, { request: csrf }) : hooks
}

/** The call's auth, then its `Authorization` header, then the URL's own, then the session's. */
function mergeAuth(
  session: Defaults['auth'],
  call: CallOptions['auth'],
  headers: HeaderPairs,
): AuthFlow | null {
  if (call !== undefined) return toAuthFlow(call)
  const isSaid = headers.some(([name, value]) => /^authorization$/i.test(name) && value !== undefined)
  return isSaid ? null : toAuthFlow(session)
}

function redirectLimit(limit: number | null | undefined): number {
  return checkNumber('maxRedirects', limit ?? DEFAULT_MAX_REDIRECTS, 'a whole number of 0 or more', isWhole)
}

const isWhole = (limit: number): boolean => limit >= 0 && limit % 1 === 0

/** What goes to the transport as it is: members of `RequestInit`, and `platform`'s. */
function mergeExtras(session: RequestExtras | undefined, call: CallOptions): RequestExtras {
  const extras: Record<string, unknown> = { ...session }
  for (const [name, value] of Object.entries(call)) {
    if (OUR_OPTIONS.includes(name) || value === undefined) continue
    if (value === null) delete extras[name]
    else extras[name] = value
  }
  return call.platform === undefined ? extras : Object.assign(extras, optionsOf(call.platform, 'platform'))
}
