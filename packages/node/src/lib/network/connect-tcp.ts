import { shadowed } from '../shadowed.js'
import type { LookupAddress } from 'node:dns'
import {
  type LookupFunction,
  type OnReadOpts,
  type Socket,
  type TcpNetConnectOpts,
  connect,
  isIP,
} from 'node:net'
import { ConnectionError } from '@session-fetch/core'
import { failedAt } from './connect-step.js'
import { firstConnected } from './first-connected.js'
import { type Guard, askGuard } from './guard.js'
import { addressesOf, noAddress } from './lookup.js'

/** How plain connections are opened. */
export interface Dialling {
  readonly lookup: LookupFunction | undefined
  readonly localAddress: string | undefined
  readonly guard: Guard | undefined
}

export interface TcpTarget {
  readonly hostname: string
  readonly port: number
  /** What the guard is told about the connection. */
  readonly where: { url: string; proxy?: string }
  readonly signal: AbortSignal
}

interface TcpOptions {
  readonly localAddress: string | undefined
  /** What the socket may read into. */
  readonly onread?: OnReadOpts | undefined
  /** What begins to connect. Default: plain TCP. */
  readonly dial?: (options: TcpNetConnectOpts) => Socket
}

/** Milliseconds of silence before TCP asks whether the peer is still there. */
const PROBE_AFTER = 60_000

/**
 * The addresses of a host, with which the guard, if there is one, agrees: one of these is dialled, so that a name
 * cannot change its mind in between.
 */
export async function agreedAddresses(
  { hostname, where }: TcpTarget,
  { lookup, guard }: Dialling,
): Promise<LookupAddress[]> {
  const found = await addressesOf(hostname, lookup)
  if (guard !== undefined) {
    const addresses = found.map(({ address }) => address)
    await askGuard(guard, where, addresses)
  }
  return found
}

/** Opens a TCP connection to whichever of a host's addresses answers first (RFC 8305). */
export async function connectTcp(
  addresses: readonly LookupAddress[],
  { hostname, port, signal }: TcpTarget,
  { localAddress, onread, dial = connect }: TcpOptions,
): Promise<Socket> {
  signal.throwIfAborted() // a lookup, or a guard, may have answered too late
  const from = localAddress === undefined ? undefined : isIP(localAddress)
  const reachable = addresses.filter(({ family }) => from === undefined || family === from)
  if (reachable.length === 0) throw failedAt('lookup', noAddress(hostname))
  const options = { port, ...(localAddress && { localAddress }), ...(onread && { onread }) }
  const attempts = alternating(reachable).map(
    (host) => () => dial(shadowed({ ...options, host: host.address })),
  )
  const socket = await firstConnected(attempts, signal).catch((cause: unknown) => {
    throw signal.aborted ? cause : failedAt('connect', cause)
  })
  return socket.setNoDelay(true).setKeepAlive(true, PROBE_AFTER)
}

/** The families in turn, beginning with the first address's: RFC 8305 §4. */
function alternating(addresses: readonly LookupAddress[]): LookupAddress[] {
  const [first] = addresses
  const some = addresses.filter(({ family }) => family === first?.family)
  const others = addresses.filter(({ family }) => family !== first?.family)
  return addresses.flatMap((_, index) => [some[index] ?? [], others[index] ?? []].flat())
}

/**
 * Opens a connection to a Unix domain socket, or to a named pipe of Windows.
 *
 * @throws ConnectionError when nobody listens there, or we may not speak
 */
export async function connectUnix(
  path: string,
  signal: AbortSignal,
  onread: OnReadOpts | undefined,
): Promise<Socket> {
  try {
    return await firstConnected([() => connect(shadowed({ path, ...(onread && { onread }) }))], signal)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw new ConnectionError(`No connection (${code ?? message})`, { cause })
  }
}
