import { proxyAuthorization } from './connect-through.js'
import type { Route } from './open-connection.js'
import type { ProxyServer } from './proxy-server.js'

/** The way to a URL's origin. */
export function routeTo(url: URL, proxy: ProxyServer | null, socketPath: string | undefined): Route {
  const secure = url.protocol === 'https:'
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  return { secure, hostname, port, proxy, socketPath }
}

/** What is different about a request that a proxy forwards, instead of opening a tunnel for it. */
export interface Forwarding {
  /** What stands before the path: the origin. */
  readonly prefix: string
  /** Credentials for this proxy, in pairs. */
  readonly headers: readonly string[]
}

/** HTTP proxies forward plain requests themselves (RFC 9112 §3.2.2); any other way is a tunnel. */
export function forwardingBy(proxy: ProxyServer | null, url: URL): Forwarding | null {
  if (proxy === null || url.protocol !== 'http:' || proxy.protocol.startsWith('socks5')) return null
  const authorization = proxyAuthorization(proxy)
  const headers = authorization === undefined ? [] : ['proxy-authorization', authorization]
  return { prefix: url.origin, headers }
}
