import { InvalidRequestError } from '@session-fetch/core'
import { isRecord, own } from '@session-fetch/core/adapter'
import { checkNames } from '../base/check-names.js'
import { bypassesProxy, proxyFromEnvironment, proxyVariables } from './proxy-environment.js'
import { type ProxyServer, toProxyServer } from './proxy-server.js'
import { type TlsOptions, toTlsSettings } from './tls.js'

/** Proxies by the scheme of the requested URL. */
export interface ProxiesByScheme {
  /** For `http:` URLs; `null` for none. Default: `all`. */
  http?: string | URL | null | undefined
  /** For `https:` URLs; `null` for none. Default: `all`. */
  https?: string | URL | null | undefined
  /** For both. Default: none. */
  all?: string | URL | null | undefined
  /** Hosts that are connected to directly, in the format of `NO_PROXY`. Default: none. */
  no?: string | readonly string[] | null | undefined
  /** How to validate the certificate of an `https:` proxy. Default: with the `ca` of the session's `tls`. */
  tls?: TlsOptions | undefined
}

/**
 * The proxy of a session: one for all requests, one for each scheme, or `null` for none.
 *
 * @example
 * const proxy: ProxyOptions = { https: 'http://me:secret@proxy.example:3128', http: null }
 * const session = new Session({ proxy })
 */
export type ProxyOptions = string | URL | ProxiesByScheme

/** Returns the proxy for a URL, or `null` for none. Called for every request, redirect and retry. */
export type ProxyChoice = (url: URL) => ProxyServer | null

/**
 * Chooses proxies by the session's option, or, if that is not set and `trustEnv` is, by the environment.
 *
 * @param proxy `null` for none, regardless of the environment.
 * @throws InvalidRequestError for an invalid proxy
 */
export function toProxyChoice(proxy: ProxyOptions | null | undefined, trustEnv: boolean): ProxyChoice {
  if (proxy === undefined) return trustEnv ? chooseByEnvironment() : () => null
  if (proxy === null) return () => null
  if (typeof proxy === 'string' || proxy instanceof URL) return chooseByScheme({ all: proxy })
  if (isRecord(proxy)) return chooseByScheme(proxy)
  throw new InvalidRequestError('proxy must be a URL, null, or { http, https, all, no }')
}

/** Reads the environment once; later changes have no effect. */
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
  throw new InvalidRequestError('proxy.no must be a string or a list of strings')
}
