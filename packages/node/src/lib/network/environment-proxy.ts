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
  return Object.fromEntries(all.map((name) => [name, variable(process.env, name)]))
}

/** A variable of the environment, which has a prototype, as any object. */
export function variable(env: ProxyVariables, name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined
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
  if (bypassesProxy(variable(env, 'no_proxy') ?? variable(env, 'NO_PROXY') ?? '', url)) return null
  const known = servers.get(text)
  if (known) return known
  const server = toProxyServer(text, name)
  servers.set(text, server)
  return server
}

type Variable = readonly [name: string, value: string | undefined]

function forHttps(env: ProxyVariables): Variable {
  const text = variable(env, 'https_proxy') ?? variable(env, 'HTTPS_PROXY')
  return text === undefined ? forAll(env) : ['HTTPS_PROXY', text]
}

/** A CGI program is given its client's `Proxy` header as `HTTP_PROXY` (CVE-2016-5385): there it says nothing. */
function forHttp(env: ProxyVariables): Variable {
  const text =
    variable(env, 'http_proxy') ??
    (variable(env, 'REQUEST_METHOD') === undefined ? variable(env, 'HTTP_PROXY') : undefined)
  return text === undefined ? forAll(env) : ['HTTP_PROXY', text]
}

function forAll(env: ProxyVariables): Variable {
  return ['ALL_PROXY', variable(env, 'all_proxy') ?? variable(env, 'ALL_PROXY')]
}
