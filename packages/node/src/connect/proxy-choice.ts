import { InvalidRequestError } from '@session-fetch/core'
import { isRecord, own } from '@session-fetch/core/adapter'
import { checkNames } from '../base/check-names.js'
import { bypassesProxy, proxyFromEnvironment, proxyVariables } from './proxy-environment.js'
import { type ProxyServer, toProxyServer } from './proxy-server.js'
import { type TlsOptions, toTlsSettings } from './tls.js'

/** Proxies by the scheme of the URL that is asked for. */
export interface ProxiesByScheme {
  /** For `http:` URLs; `null` is none. Default: `all`. */
  http?: string | URL | null | undefined
  /** For `https:` URLs; `null` is none. Default: `all`. */
  https?: string | URL | null | undefined
  /** For both. Default: none. */
  all?: string | URL | null | undefined
  /** What is reached without a proxy, as in `NO_PROXY`. Default: nothing. */
  no?: string | readonly string[] | null | undefined
  /** How the certificate of an `https:` proxy is checked. Default: the `ca` of the session's `tls`. */
  tls?: TlsOptions | undefined
}

export type ProxyOptions = string | URL | ProxiesByScheme

/** The proxy for a URL, or `null` for none. Asked for every request, hop and retry. */
export type ProxyChoice = (url: URL) => ProxyServer | null

/**
 * Who carries what: what the session says, or else, where it is trusted, the environment.
 *
 * @param proxy `null` is none, whatever the environment says.
 * @throws InvalidRequestError for what is no proxy
 */
export function toProxyChoice(proxy: ProxyOptions | null | undefined, trustEnv: boolean): ProxyChoice {
  if (proxy === undefined) return trustEnv ? chooseByEnvironment() : () => null
  if (proxy === null) return () => null
  if (typeof proxy === 'string' || proxy instanceof URL) return chooseByScheme({ all: proxy })
  if (isRecord(proxy)) return chooseByScheme(proxy)
  throw new InvalidRequestError('proxy must be a URL, null, or { http, https, all, no }')
}

/** The environment as it stands now, whatever becomes of it. */
function chooseByEnvironment(): ProxyChoice {
  const env = proxyVariables()
  return (url) => proxyFromEnvironment(url, env)
}

const MEMBERS = ['http', 'https', 'all', 'no', 'tls']

function chooseByScheme(given: ProxiesByScheme): ProxyChoice {
  const { http, https, all, no, tls } = checked(own(given))
  const settings = tls && toTlsSettings(tls, 'proxy.tls')
  const server = (name: string, url: string | URL | null | undefined): ProxyServer | null =>
    url === null || url === undefined ? null : Object.assign(toProxyServer(url, name), { tls: settings })
  const both = server('proxy', all)
  const byScheme = {
    'http:': http === undefined ? both : server('proxy.http', http),
    'https:': https === undefined ? both : server('proxy.https', https),
  }
  const list = typeof no === 'string' ? no : (no ?? []).join(',')
  return (url) => {
    const chosen = byScheme[url.protocol as keyof typeof byScheme]
    return chosen === null || bypassesProxy(list, url) ? null : chosen
  }
}

function checked(proxies: ProxiesByScheme): ProxiesByScheme {
  checkNames('proxy', proxies, MEMBERS)
  const { no } = proxies
  if (no === undefined || no === null || typeof no === 'string' || Array.isArray(no)) return proxies
  throw new InvalidRequestError('proxy.no must be text or a list of texts')
}
