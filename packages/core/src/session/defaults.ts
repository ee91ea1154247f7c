import { mergeHooks } from '../call/hooks.js'
import type { Defaults } from '../call/merge.js'
import { PLAIN_SETTINGS } from '../call/option-names.js'
import { type Hooks, type SessionOptions, forks } from '../call/options.js'
import { defined, own } from '../model/own.js'
import { isSecretName } from '../model/redact.js'
import type { Place } from '../model/url.js'
import { copyHeaders, mergeHeaders } from '../request/headers.js'
import { mergeParams } from '../request/params.js'
import { REQUEST_DEFAULTS, type RequestExtras } from '../request/prepared-request.js'
import type { SessionSettings } from './settings.js'

/** What a session's headers keep where they are not at home. */
const TRAVELS = /^(?:accept(?:-.*)?|user-agent)$/

/** The settings of a session as a call to `url` finds them: they go nowhere but home. */
export function sessionDefaults(session: SessionSettings, url: Place): Defaults {
  const { hooks, timeout, retry, maxRedirects, throwHttpErrors, csrf, unsupported } = session
  const home = session.home.has(url)
  return {
    headers: home ? session.headers : travelling(session.headers),
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

/** The params whose key does not stand in the URL. */
function absentParams(params: URLSearchParams, { search }: Place): URLSearchParams {
  if (search === '') return params
  const absent = new URLSearchParams(params)
  for (const key of new URLSearchParams(search).keys()) absent.delete(key)
  return absent
}

function travelling(headers: Headers): Headers {
  return new Headers([...headers].filter(([name]) => TRAVELS.test(name)))
}

/** What a session includes is for home; one that sends no credentials sends none anywhere. */
function extrasOf(session: SessionSettings, home: boolean): RequestExtras {
  const extras: Record<string, unknown> = {}
  for (const name of REQUEST_DEFAULTS) {
    const value = session[name]
    if (value !== undefined && value !== null) extras[name] = value
  }
  if (!home && extras['credentials'] === 'include') delete extras['credentials']
  return extras
}

/** A snapshot of a session's settings with new ones over it, by the merging law. */
export function extended(session: SessionSettings, over: SessionOptions): SessionOptions {
  const given = defined(over)
  const merged: SessionOptions = own({ baseUrl: baseWithCredentials(session) })
  for (const name of OTHERS) Object.assign(merged, { [name]: session[name] })
  return Object.assign(merged, given, {
    headers: mergeHeaders(session.headers, given.headers),
    params: mergeParams(session.params, given.params),
    hooks: mergeHooks(session.hooks, given.hooks),
  })
}

/** A base URL's own credentials stay with it. */
export function baseWithCredentials(session: SessionSettings): URL | null {
  if (session.baseUrl === null) return null
  const url = new URL(session.baseUrl)
  const credentials = session.credentialsFor(url)
  if (credentials) [url.username, url.password] = credentials
  return url
}

/**
 * The same for another user, without what says who is asking: `auth`, headers and params with a secret's name, and
 * CSRF tokens that a function gives.
 */
export function forked(session: SessionSettings, over: SessionOptions): SessionOptions {
  const given = own(over)
  const headers = copyHeaders(session.headers)
  const params = new URLSearchParams(session.params)
  for (const source of [headers, params])
    for (const name of Array.from(source.keys())) if (isSecretName(name)) source.delete(name)
  const kept = session.csrf && forks(session.csrf, false) ? session.csrf : null
  const { baseUrl = session.baseUrl, auth = null, csrf = kept } = given
  return Object.assign(extended(session, given), {
    baseUrl,
    auth,
    csrf,
    headers: mergeHeaders(headers, given.headers),
    params: mergeParams(params, given.params),
    hooks: mergeHooks(forkedHooks(session.hooks), given.hooks),
  })
}

function forkedHooks(hooks: Hooks): Hooks {
  return { ...hooks, request: [hooks.request ?? []].flat().filter((hook) => forks(hook, true)) }
}

const OTHERS = [...PLAIN_SETTINGS, 'origins', 'auth', 'unsupported'] as const
