import type { OnReadOpts, Socket } from 'node:net'
import { ProxyError, SessionError } from '@session-fetch/core'
import { withoutBrackets } from '@session-fetch/core/adapter'
import { isReset, isTransient, stepOf } from '../base/connect-step.js'
import { unrefTimer } from '../base/io.js'
import { ConnectLimit } from '../base/network-error.js'
import type { OpeningTimes } from '../base/timings.js'
import { addressesOf } from './dns.js'
import { checkGuard } from './guard.js'
import type { ProxyServer } from './proxy-server.js'
import { connectSocks5 } from './socks5.js'
import { type Dialling, allowedAddresses, connectTcp, connectUnix } from './tcp.js'
import { type TlsSettings, type TlsTarget, type TlsTicket, dialTls, handshake, startTls } from './tls.js'
import { connectThrough, proxyAuthorization } from './tunnel.js'

/** The destination of a pool's connections, and the proxy, if any. */
interface Route {
  readonly secure: boolean
  /** A host name, or an IP address without brackets. */
  readonly hostname: string
  readonly port: number
  readonly proxy: ProxyServer | null
  /** A Unix domain socket to use instead of host name and port. */
  readonly socketPath: string | undefined
}

/** The settings that all connections of a transport share. */
export interface Network extends Dialling {
  readonly tls: TlsSettings
}

/** One attempt to open a connection. */
interface Attempt {
  /** The URL of the request that needs the connection. */
  readonly url: string
  /** Aborts the attempt and closes the sockets. */
  readonly signal: AbortSignal
  readonly ticket: TlsTicket
  /** Protocols for ALPN, in order of preference. */
  readonly protocols: readonly string[]
  /** The buffer to read into, if no proxy or TLS layer reads from the socket first. */
  readonly onread: OnReadOpts | undefined
  /** Time limit in milliseconds. */
  readonly limit: number
  /** Measures the steps. */
  readonly opening: OpeningTimes
}

const HTTP_1 = ['http/1.1']

/**
 * Opens a connection along a route. An abort rejects at once, at any step.
 *
 * @throws ProxyError if the proxy is at fault
 * @throws ConnectLimit after `limit`; the caller then aborts the attempt
 * @throws errors of Node, or of the guard
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
    const { signal, onread, opening } = attempt
    const socket = await connectUnix(socketPath, signal, route.secure ? undefined : onread)
    opening.lap('connect')
    return route.secure ? timed(startTls(socket, tlsTarget(route, network, attempt)), attempt) : socket
  }
  if (proxy === null) return direct(route, network, attempt)
  const socket = await byProxy(route, proxy, { network, attempt })
  if (!route.secure) return socket
  const secured = startTls(socket, tlsTarget(route, network, attempt))
  return timed(secured, attempt).catch((cause: unknown) => rethrow(cause, proxy))
}

async function timed(handshake: Promise<Socket>, { opening }: Attempt): Promise<Socket> {
  const socket = await handshake
  opening.lap('tls')
  return socket
}

async function direct(route: Route, network: Network, attempt: Attempt): Promise<Socket> {
  const { signal, onread, opening } = attempt
  const target = { hostname: route.hostname, port: route.port, where: { url: attempt.url }, signal }
  const addresses = await allowedAddresses(target, network)
  opening.lap('dns')
  const options = { localAddress: network.localAddress, onread }
  if (!route.secure) {
    const socket = await connectTcp(addresses, target, options)
    opening.lap('connect')
    return socket
  }
  const tls = tlsTarget(route, network, attempt)
  const socket = await connectTcp(addresses, target, { ...options, dial: (to) => dialTls(to, tls) })
  opening.lap('connect')
  return timed(handshake(socket, signal), attempt)
}

function tlsTarget({ hostname }: Route, network: Network, { ticket, protocols, signal }: Attempt): TlsTarget {
  return { hostname, tls: network.tls, ticket, protocols, signal }
}

interface AttemptContext {
  network: Network
  attempt: Attempt
}

async function byProxy(route: Route, proxy: ProxyServer, context: AttemptContext): Promise<Socket> {
  const { network, attempt } = context
  const { url, signal, opening } = attempt
  const hostname = await targetHost(route, proxy, context)
  const target = { hostname: proxy.hostname, port: proxy.port, where: { url, proxy: proxy.name }, signal }
  try {
    const addresses = await allowedAddresses(target, network)
    opening.lap('dns')
    const tcp = await connectTcp(addresses, target, network)
    const socket = proxy.protocol === 'https:' ? await securedProxy(tcp, proxy, context) : tcp
    if (proxy.protocol.startsWith('socks5')) await connectSocks5(socket, proxy, { ...route, hostname })
    else if (route.secure) await connectThrough(socket, proxy, { ...route, hostname })
    opening.lap('connect')
    return socket
  } catch (cause) {
    throw isPassedOn(cause) || signal.aborted ? cause : proxyFault(proxy, cause)
  }
}

/** The host that is sent to the proxy. The guard checks its addresses before that. */
async function targetHost(
  route: Route,
  proxy: ProxyServer,
  { network, attempt }: AttemptContext,
): Promise<string> {
  const { hostname } = route
  if (network.guard === undefined && proxy.protocol !== 'socks5:') return hostname
  const found = await addressesOf(hostname, network.lookup)
  const addresses = found.map(({ address }) => address)
  if (network.guard) await checkGuard(network.guard, { url: attempt.url }, addresses)
  return proxy.protocol === 'socks5:' ? (addresses[0] ?? hostname) : hostname
}

/** Starts TLS with the proxy. The client certificate is for origins and is not sent to the proxy. */
function securedProxy(
  socket: Socket,
  proxy: ProxyServer,
  { network, attempt }: AttemptContext,
): Promise<Socket> {
  const { signal } = attempt
  const tls = proxy.tls ?? network.tls.forProxies
  return startTls(socket, { hostname: proxy.hostname, tls, protocols: HTTP_1, signal })
}

/** Errors that are passed on unchanged: those of the guard, and those that already name the proxy. */
function isPassedOn(cause: unknown): boolean {
  return cause instanceof SessionError || (cause instanceof Error && stepOf(cause) === 'caller')
}

function proxyFault(proxy: ProxyServer, cause: unknown): ProxyError {
  const { code = '', message } = cause as NodeJS.ErrnoException
  return new ProxyError(`The proxy ${proxy.name} failed (${code || message})`, {
    cause,
    retryable: isTransient(cause as Error),
  })
}

/** If the connection ends before the TLS handshake, the proxy closed the tunnel. Certificate errors concern the origin. */
function rethrow(cause: unknown, proxy: ProxyServer): never {
  if (!isReset(cause as Error)) throw cause
  throw new ProxyError(`The proxy ${proxy.name} closed the tunnel`, { cause, retryable: false })
}

/** The route to a URL's origin. */
export function routeTo(url: URL, proxy: ProxyServer | null, socketPath: string | undefined): Route {
  const secure = url.protocol === 'https:'
  const hostname = withoutBrackets(url.hostname)
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  return { secure, hostname, port, proxy, socketPath }
}

/** Changes to a request that a proxy forwards, as opposed to tunnelling its connection. */
export interface Forwarding {
  /** The prefix of the request target: the origin. */
  readonly prefix: string
  /** `Proxy-Authorization` for this proxy: name, value. */
  readonly headers: readonly string[]
}

/**
 * HTTP proxies forward plain http requests (RFC 9112 §3.2.2); everything else goes through a tunnel. Returns `null`
 * for those.
 */
export function forwardingBy(proxy: ProxyServer | null, url: URL): Forwarding | null {
  if (proxy === null || url.protocol !== 'http:' || proxy.protocol.startsWith('socks5')) return null
  const authorization = proxyAuthorization(proxy)
  const headers = authorization === undefined ? [] : ['proxy-authorization', authorization]
  return { prefix: url.origin, headers }
}

/** Settles like `work`, or rejects at the abort, because a lookup or a guard may never settle. */
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
