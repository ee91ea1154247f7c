import { bypassesProxy } from './no-proxy.js'
import { type ProxyServer, toProxyServer } from './proxy-server.js'
import { RecentMap } from './recent-map.js'

const servers = new RecentMap<string, ProxyServer>(8)

/** The variables that name proxies, as they are or as they were. */
export type ProxyVariables = Readonly<Record<string, string | undefined>>

const NAMES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']

/** The variables as they stand now. A look at the environment costs more than all the rest of a choice. */
export function proxyVariables(): ProxyVariables {
  const all = ['REQUEST_METHOD', ...NAMES.flatMap((name) => [name, name.toUpperCase()])]
  return Object.fromEntries(all.map((name) => [name, process.env[name]]))
}

/**
 * The proxy that the environment names for a URL: `http_proxy` or `https_proxy`, else `all_proxy`, unless
 * `no_proxy` covers the URL. Lower-case names win, even when they are set to nothing.
 *
 * @throws InvalidRequestError naming the variable that holds no URL of a proxy
 */
export function proxyFromEnvironment(url: URL, env: ProxyVariables): ProxyServer | null {
  const [name, text] = url.protocol === 'https:' ? forHttps(env) : forHttp(env)
  if (text === undefined || text === '') return null
  if (bypassesProxy(env['no_proxy'] ?? env['NO_PROXY'] ?? '', url)) return null
  const known = servers.get(text)
  if (known) return known
  const server = toProxyServer(text, name)
  servers.set(text, server)
  return server
}

type Variable = readonly [name: string, value: string | undefined]

function forHttps(env: ProxyVariables): Variable {
  const text = env['https_proxy'] ?? env['HTTPS_PROXY']
  return text === undefined ? forAll(env) : ['HTTPS_PROXY', text]
}

/** A CGI program is given its client's `Proxy` header as `HTTP_PROXY` (CVE-2016-5385): there it says nothing. */
function forHttp(env: ProxyVariables): Variable {
  const text = env['http_proxy'] ?? (env['REQUEST_METHOD'] === undefined ? env['HTTP_PROXY'] : undefined)
  return text === undefined ? forAll(env) : ['HTTP_PROXY', text]
}

function forAll(env: ProxyVariables): Variable {
  return ['ALL_PROXY', env['all_proxy'] ?? env['ALL_PROXY']]
}
