import { copyHeaders } from './copy-headers.js'
import { defined } from './defined.js'
import { mergeHeaders } from './merge-headers.js'
import { type Hooks, forks, mergeHooks } from './hooks.js'
import { mergeParams } from './merge-params.js'
import type { SessionOptions } from './options.js'
import { own } from './own.js'
import { isSecretName } from './redact.js'
import { PLAIN_SETTINGS } from './session-options.js'
import type { SessionSettings } from './session-settings.js'

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
