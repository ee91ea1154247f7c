import { copyHeaders } from './copy-headers.js'
import { mergeHeaders } from './merge-headers.js'
import { mergeHooks } from './hooks.js'
import { mergeParams } from './merge-params.js'
import type { SessionOptions } from './options.js'
import { own } from './own.js'
import { isSecretName } from './redact.js'
import { PLAIN_SETTINGS } from './session-options.js'
import type { SessionSettings } from './session-settings.js'

/** A snapshot of a session's settings with new ones over it, by the merging law. */
export function extended(session: SessionSettings, over: SessionOptions): SessionOptions {
  const given = own(over)
  const merged: SessionOptions = {
    headers: mergeHeaders(session.headers, given.headers),
    params: mergeParams(session.params, given.params),
    hooks: mergeHooks(session.hooks, given.hooks),
  }
  for (const name of OTHERS) {
    const value = given[name] === undefined ? session[name] : given[name]
    if (value !== undefined) Object.assign(merged, { [name]: value })
  }
  if (given.baseUrl === undefined && session.baseUrl !== null)
    merged.baseUrl = baseWithCredentials(session, session.baseUrl)
  // What only a platform knows passes through.
  for (const [name, value] of Object.entries(given))
    if (!(name in merged)) Object.assign(merged, { [name]: value })
  return merged
}

/** A base URL's own credentials stay with it. */
function baseWithCredentials(session: SessionSettings, baseUrl: string): URL {
  const url = new URL(baseUrl)
  const credentials = session.credentialsFor(url)
  if (credentials) [url.username, url.password] = credentials
  return url
}

/** The same for another user: what says who is asking, by its name, is left out. */
export function forked(session: SessionSettings, over: SessionOptions): SessionOptions {
  const given = own(over)
  const headers = copyHeaders(session.headers)
  const params = new URLSearchParams(session.params)
  for (const source of [headers, params])
    for (const name of Array.from(source.keys())) if (isSecretName(name)) source.delete(name)
  const { baseUrl = session.baseUrl, auth = null } = given
  return {
    ...extended(session, given),
    baseUrl,
    auth,
    headers: mergeHeaders(headers, given.headers),
    params: mergeParams(params, given.params),
  }
}

const OTHERS = [...PLAIN_SETTINGS, 'baseUrl', 'origins', 'auth', 'unsupported'] as const
