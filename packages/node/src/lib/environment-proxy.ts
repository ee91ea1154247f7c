import { bypassesProxy } from './no-proxy.js'
import { type ProxyServer, toProxyServer } from './proxy-server.js'
import { RecentMap } from './recent-map.js'

const servers = new RecentMap<string, ProxyServer>(8)

/**
 * The proxy that the environment names for a URL, as it stands now: `http_proxy` or `https_proxy`, else
 * `all_proxy`, unless `no_proxy` covers the URL. Lower-case names win, even when they are set to nothing.
 *
 * @throws InvalidRequestError naming the variable that holds no URL of a proxy
 */
export function proxyFromEnvironment(url: URL): ProxyServer | null {
  const [name, text] = url.protocol === 'https:' ? forHttps() : forHttp()
  if (text === undefined || text === '') return null
  const { no_proxy: lower, NO_PROXY: upper } = process.env
  if (bypassesProxy(lower ?? upper ?? '', url)) return null
  const known = servers.get(text)
  if (known) return known
  const server = toProxyServer(text, name)
  servers.set(text, server)
  return server
}

type Variable = readonly [name: string, value: string | undefined]

function forHttps(): Variable {
  const { env } = process
  const text = env['https_proxy'] ?? env['HTTPS_PROXY']
  return text === undefined ? forAll() : ['HTTPS_PROXY', text]
}

/** A CGI program is given its client's `Proxy` header as `HTTP_PROXY` (CVE-2016-5385): there it says nothing. */
function forHttp(): Variable {
  const { env } = process
  const upper = env['HTTP_PROXY']
  const text = env['http_proxy'] ?? (env['REQUEST_METHOD'] === undefined ? upper : undefined)
  return text === undefined ? forAll() : ['HTTP_PROXY', text]
}

function forAll(): Variable {
  const { env } = process
  return ['ALL_PROXY', env['all_proxy'] ?? env['ALL_PROXY']]
}
