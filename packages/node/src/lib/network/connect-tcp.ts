import { type LookupFunction, type Socket, connect, isIPv6 } from 'node:net'
import { ConnectionError } from '@session-fetch/core'
import { type Guard, askGuard } from './guard.js'
import { addressesOf, fixedLookup } from './lookup.js'

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

/** Milliseconds of silence before TCP asks whether the peer is still there. */
const PROBE_AFTER = 60_000

/**
 * The way to a host that the guard, if there is one, agrees with: a lookup that gives the addresses which
 * it has seen, so that a name cannot change its mind in between.
 */
export async function guardedLookup(
  dialling: Dialling,
  target: TcpTarget,
): Promise<LookupFunction | undefined> {
  if (dialling.guard === undefined) return dialling.lookup
  const addresses = await addressesOf(target.hostname, dialling.lookup)
  await askGuard(
    dialling.guard,
    target.where,
    addresses.map(({ address }) => address),
  )
  return fixedLookup(addresses)
}

/** Opens a TCP connection to whichever of a host's addresses answers first (RFC 8305). */
export async function connectTcp(target: TcpTarget, dialling: Omit<Dialling, 'guard'>): Promise<Socket> {
  const { hostname, port, signal } = target
  const { lookup, localAddress } = dialling
  signal.throwIfAborted() // a guard may have answered too late
  return connected(
    connect({
      host: hostname,
      port,
      signal,
      autoSelectFamily: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: PROBE_AFTER,
      ...(lookup && { lookup }),
      ...(localAddress && { localAddress, family: isIPv6(localAddress) ? 6 : 4 }),
    }),
  )
}

/**
 * Opens a connection to a Unix domain socket, or to a named pipe of Windows.
 *
 * @throws ConnectionError when nobody listens there, or we may not speak
 */
export async function connectUnix(path: string, signal: AbortSignal): Promise<Socket> {
  try {
    return await connected(connect({ path, signal }))
  } catch (cause) {
    throw new ConnectionError(`No connection (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

function connected(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket))
    // Stays, so that an error between two listeners is never an uncaught one.
    socket.on('error', reject)
  })
}
