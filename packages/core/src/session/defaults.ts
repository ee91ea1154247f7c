import { mergeHooks } from '../call/hooks.js'
import type { Defaults } from '../call/merge.js'
import { PLAIN_SETTINGS } from '../call/option-names.js'
import { type Hooks, type RequestHook, type SessionOptions, forks, listOf } from '../call/options.js'
import { defined, own } from '../model/own.js'
import { isSecretName } from '../model/redact.js'
import type { Place } from '../model/url.js'
import { copyHeaders, mergeHeaders } from '../request/headers.js'
import { travelling } from '../request/home.js'
import { mergeParams } from '../request/params.js'
import { REQUEST_DEFAULTS, type RequestExtras } from '../request/prepared-request.js'
import type { SessionSettings } from './settings.js'

/** The settings of a session for a call to `url`: most are only sent home. */
export function sessionDefaults(session: SessionSettings, url: Place): Defaults {
  const { hooks, timeout, retry, maxRedirects, throwHttpErrors, csrf, unsupported } = session
  const home = session.home.has(url)
  return {
    headers: home ? session.headers : travelling(session.headers, 1),
    params: home ? absentParams(session.params, url) : undefined,
    auth: (home ? session.auth : null) ?? session.credentialsFor(url),
    extras: extrasOf(session, home),
    hooks,
    timeout,
    retry,
    maxRedirects,
    throwHttpErrors,
    csrf,
    unsupported,
  }
}

/** The parameters whose key is not in the URL's query. */
function absentParams(params: URLSearchParams, { search }: Place): URLSearchParams {
  if (search === '') return params
  const absent = new URLSearchParams(params)
  for (const key of new URLSearchParams(search).keys()) absent.delete(key)
  return absent
}

/** `credentials: 'include'` applies to home only; `'omit'` applies everywhere. */
function extrasOf(session: SessionSettings, home: boolean): RequestExtras {
  const extras: Record<string, unknown> = {}
  for (const name of REQUEST_DEFAULTS) {
    const value = session[name]
    if (value !== undefined && value !== null) extras[name] = value
  }
  if (!home && extras['credentials'] === 'include') delete extras['credentials']
  return extras
}

/** A snapshot of a session's settings, with new ones merged over it. */
export function extended(session: SessionSettings, over: SessionOptions): SessionOptions {
  const { headers, params, hooks, auth, csrf } = session
  return inherit(session, { baseUrl: baseWithCredentials(session), headers, params, hooks, auth, csrf }, over)
}

/**
 * The same for another user: without `auth`, headers and parameters with secret names, and CSRF tokens from a
 * function.
 */
export function forked(session: SessionSettings, over: SessionOptions): SessionOptions {
  const { baseUrl, csrf, hooks } = session
  const headers = copyHeaders(session.headers)
  const params = new URLSearchParams(session.params)
  for (const source of [headers, params])
    for (const name of Array.from(source.keys())) if (isSecretName(name)) source.delete(name)
  const kept = {
    csrf: csrf && forks(csrf, false) ? csrf : null,
    hooks: { ...hooks, request: listOf(hooks.request).filter((hook) => forks(hook as RequestHook, true)) },
  }
  return inherit(session, { baseUrl, headers, params, auth: null, ...kept } as Heritage, over)
}

/** What a child takes from its parent as it is, or with less in it. */
interface Heritage extends Pick<SessionOptions, 'baseUrl' | 'auth' | 'csrf'> {
  readonly headers: Headers
  readonly params: URLSearchParams
  readonly hooks: Hooks
}

function inherit(session: SessionSettings, heritage: Heritage, over: SessionOptions): SessionOptions {
  const given = defined(over)
  const merged = own<SessionOptions>({})
  for (const name of OTHERS) Object.assign(merged, { [name]: session[name] })
  return Object.assign(merged, heritage, given, {
    headers: mergeHeaders(heritage.headers, given.headers),
    params: mergeParams(heritage.params, given.params),
    hooks: mergeHooks(heritage.hooks, given.hooks),
  })
}

/** The base URL with its credentials. */
export function baseWithCredentials(session: SessionSettings): URL | null {
  if (session.baseUrl === null) return null
  const url = new URL(session.baseUrl)
  const credentials = session.credentialsFor(url)
  if (credentials) [url.username, url.password] = credentials
  return url
}

const OTHERS = [...PLAIN_SETTINGS, 'origins', 'unsupported'] as const
