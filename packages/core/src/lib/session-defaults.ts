import type { Defaults } from './merge.js'
import type { Place } from './resolve-url.js'
import type { RequestExtras } from './prepared-request.js'
import { REQUEST_DEFAULTS } from './option-names.js'
import type { SessionSettings } from './session-settings.js'

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
