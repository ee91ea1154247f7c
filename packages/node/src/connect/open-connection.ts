import type { OnReadOpts, Socket } from 'node:net'
import { ProxyError, SessionError } from '@session-fetch/core'
import { isReset, isTransient, stepOf } from '../base/connect-step.js'
import { unrefTimer } from '../base/io.js'
import { ConnectLimit } from '../base/network-error.js'
import { withoutBrackets } from '../base/url-parts.js'
import { addressesOf } from './dns.js'
import { checkGuard } from './guard.js'
import type { ProxyServer } from './proxy-server.js'
import { connectSocks5 } from './socks5.js'
import { type Dialling, allowedAddresses, connectTcp, connectUnix } from './tcp.js'
import { type TlsSettings, type TlsTarget, type TlsTicket, dialTls, handshake, startTls } from './tls.js'
import { connectThrough, proxyAuthorization } from './tunnel.js'

/** Where the connections of a pool lead, and by which way. */
interface Route {
  readonly secure: boolean
  /** A name, or an address without brackets. */
  readonly hostname: string
  readonly port: number
  readonly proxy: ProxyServer | null
  /** The Unix domain socket that takes the place of name and port. */
  readonly socketPath: string | undefined
}

/** What all connections of a transport have in common. */
export interface Network extends Dialling {
  readonly tls: TlsSettings
}

/** One attempt to open a connection. */
interface Attempt {
  /** The URL whose request needs it. */
  readonly url: string
  /** Gives the attempt up, with every socket that it holds. */
  readonly signal: AbortSignal
  readonly ticket: TlsTicket
  /** The protocols to offer in TLS, best first. */
  readonly protocols: readonly string[]
  /** What the socket may read into, where nothing but its owner reads from it. */
  readonly onread: OnReadOpts | undefined
  /** The longest that it may take, in milliseconds. */
  readonly limit: number
}

const HTTP_1 = ['http/1.1']

/**
 * Opens a connection along a route. An attempt that is given up is over at once, whatever it waits for.
 *
 * @throws ProxyError when a proxy is at fault
 * @throws ConnectLimit when it takes too long; the caller then aborts the attempt. Else what Node says, or what the
 *   guard throws
 */
export async function openConnection(route: Route, network: Network, attempt: Attempt): Promise<Socket> {
  const { signal, limit } = attempt
  const opening = untilAborted(opened(route, network, attempt), signal)
  if (limit === Infinity) return opening
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ConnectLimit(limit)), limit)
    unrefTimer(timer)
  })
  return Promise.race([opening, late]).finally(() => clearTimeout(timer))
}

async function opened(route: Route, network: Network, attempt: Attempt): Promise<Socket> {
  const { proxy, socketPath } = route
  if (socketPath !== undefined) {
    const { signal, onread } = attempt
    const socket = await connectUnix(socketPath, signal, route.secure ? undefined : onread)
    return route.secure ? startTls(socket, tlsTarget(route, network, attempt)) : socket
  }
  if (proxy === null) return direct(route, network, attempt)
  const socket = await byProxy(route, proxy, { network, attempt })
  if (!route.secure) return socket
  return startTls(socket, tlsTarget(route, network, attempt)).catch((cause: unknown) => rethrow(cause, proxy))
}

async function direct(route: Route, network: Network, attempt: Attempt): Promise<Socket> {
  const { signal, onread } = attempt
  const target = { hostname: route.hostname, port: route.port, where: { url: attempt.url }, signal }
  const addresses = await allowedAddresses(target, network)
  const options = { localAddress: network.localAddress, onread }
  if (!route.secure) return connectTcp(addresses, target, options)
  const tls = tlsTarget(route, network, attempt)
  const socket = await connectTcp(addresses, target, { ...options, dial: (to) => dialTls(to, tls) })
  return handshake(socket, signal)
}

function tlsTarget({ hostname }: Route, network: Network, { ticket, protocols, signal }: Attempt): TlsTarget {
  return { hostname, tls: network.tls, ticket, protocols, signal }
}

interface Means {
  network: Network
  attempt: Attempt
}

async function byProxy(route: Route, proxy: ProxyServer, means: Means): Promise<Socket> {
  const { network, attempt } = means
  const { url, signal } = attempt
  const hostname = await targetHost(route, proxy, means)
  const target = { hostname: proxy.hostname, port: proxy.port, where: { url, proxy: proxy.name }, signal }
  try {
    const tcp = await connectTcp(await allowedAddresses(target, network), target, network)
    const socket = proxy.protocol === 'https:' ? await securedProxy(tcp, proxy, means) : tcp
    if (proxy.protocol.startsWith('socks5')) await connectSocks5(socket, proxy, { ...route, hostname })
    else if (route.secure) await connectThrough(socket, proxy, { ...route, hostname })
    return socket
  } catch (cause) {
    throw isNoFaultOf(cause) || signal.aborted ? cause : proxyFault(proxy, cause)
  }
}

/** The host as the proxy is told it. The guard looks at where a name leads before the proxy does. */
async function targetHost(route: Route, proxy: ProxyServer, { network, attempt }: Means): Promise<string> {
  const { hostname } = route
  if (network.guard === undefined && proxy.protocol !== 'socks5:') return hostname
  const found = await addressesOf(hostname, network.lookup)
  const addresses = found.map(({ address }) => address)
  if (network.guard) await checkGuard(network.guard, { url: attempt.url }, addresses)
  return proxy.protocol === 'socks5:' ? (addresses[0] ?? hostname) : hostname
}

/** TLS with the proxy itself. It is never shown the client's certificate, which is for origins. */
function securedProxy(socket: Socket, proxy: ProxyServer, { network, attempt }: Means): Promise<Socket> {
  const { signal } = attempt
  const tls = proxy.tls ?? network.tls.forProxies
  return startTls(socket, { hostname: proxy.hostname, tls, protocols: HTTP_1, signal })
}

/** What is told as it is: the guard's word, and what the proxy's own steps have put into words. */
function isNoFaultOf(cause: unknown): boolean {
  return cause instanceof SessionError || (cause instanceof Error && stepOf(cause) === 'caller')
}

function proxyFault(proxy: ProxyServer, cause: unknown): ProxyError {
  const { code = '', message } = cause as NodeJS.ErrnoException
  return new ProxyError(`The proxy ${proxy.name} failed (${code || message})`, {
    cause,
    retryable: isTransient(cause as Error),
  })
}

/** A tunnel that ends before TLS has begun is the proxy's doing; a certificate is the origin's. */
function rethrow(cause: unknown, proxy: ProxyServer): never {
  if (!isReset(cause as Error)) throw cause
  throw new ProxyError(`The proxy ${proxy.name} closed the tunnel`, { cause, retryable: false })
}

/** The way to a URL's origin. */
export function routeTo(url: URL, proxy: ProxyServer | null, socketPath: string | undefined): Route {
  const secure = url.protocol === 'https:'
  const hostname = withoutBrackets(url.hostname)
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

/** Settles as `work` does, or rejects at the abort: what looks up a name, or guards an address, may never answer. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', stop)
    const settle = (end: () => void): void => {
      signal.removeEventListener('abort', stop)
      end()
    }
    work.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    )
  })
}
