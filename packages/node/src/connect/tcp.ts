import type { LookupAddress } from 'node:dns'
import { type LookupFunction, type OnReadOpts, Socket, type TcpNetConnectOpts, connect, isIP } from 'node:net'
import { addAbortSignal } from 'node:stream'
import { ConnectionError } from '@session-fetch/core'
import { markStep } from '../base/connect-step.js'
import { io } from '../base/io.js'
import { asError } from '../base/network-error.js'
import { shadowed } from '../base/shadowed.js'
import { addressesOf, noAddress } from './dns.js'
import { type Guard, checkGuard } from './guard.js'

/** How plain connections are opened. */
export interface Dialling {
  readonly lookup: LookupFunction | undefined
  readonly localAddress: string | undefined
  readonly guard: Guard | undefined
}

interface TcpTarget {
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
export async function allowedAddresses(
  { hostname, where }: TcpTarget,
  { lookup, guard }: Dialling,
): Promise<LookupAddress[]> {
  const found = await addressesOf(hostname, lookup)
  if (guard !== undefined) {
    const addresses = found.map(({ address }) => address)
    await checkGuard(guard, where, addresses)
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
  if (reachable.length === 0) throw markStep('lookup', noAddress(hostname))
  const options = { port, ...(localAddress && { localAddress }), ...(onread && { onread }) }
  const attempts = alternating(reachable).map(
    (host) => () => dial(shadowed({ ...options, host: host.address })),
  )
  const socket = await firstConnected(attempts, signal).catch((cause: unknown) => {
    throw signal.aborted ? cause : markStep('connect', cause)
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

/** Milliseconds that an attempt has to itself: RFC 8305 §5, Connection Attempt Delay. */
export const HEAD_START = 250

/**
 * The first of several attempts to connect that succeeds (RFC 8305). Each begins when the one before has failed, or has
 * had its time; that one goes on, for it may only be slow: Node's own way gives it up. The others are closed.
 *
 * @param attempts At least one.
 * @param signal Closes all of them, and later the one that succeeded.
 * @throws its reason, what the only one failed with, or an AggregateError of all with the code of the first
 */
export function firstConnected(attempts: readonly (() => Socket)[], signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const open = new Set<Socket>()
    const errors: Error[] = []
    let begun = 0
    let timer: NodeJS.Timeout | undefined

    function begin(): void {
      io.clearTimeout(timer)
      const attempt = attempts[begun]
      if (attempt === undefined) return
      begun += 1
      timer = io.setTimeout(begin, HEAD_START)
      const socket = attempted(attempt)
      open.add(socket)
      socket.once('connect', () => succeed(socket))
      // Stays, so that an error between two listeners is never an uncaught one.
      socket.on('error', (error) => fail(socket, error))
    }

    function succeed(socket: Socket): void {
      end(socket)
      resolve(addAbortSignal(signal, socket))
    }

    function fail(socket: Socket, error: Error): void {
      if (!open.delete(socket)) return // it is over
      errors.push(error)
      if (errors.length < attempts.length) return begin()
      end()
      reject(together(errors))
    }

    function stop(): void {
      end()
      reject(signal.reason as Error)
    }

    function end(kept?: Socket): void {
      io.clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      for (const socket of open) if (socket !== kept) socket.destroy()
      open.clear()
    }

    signal.addEventListener('abort', stop)
    begin()
  })
}

/** What is refused at once, such as by Node's permissions, fails like what is refused later. */
function attempted(attempt: () => Socket): Socket {
  try {
    return attempt()
  } catch (cause) {
    return new Socket().destroy(asError(cause))
  }
}

function together(errors: readonly Error[]): Error {
  const [first] = errors as readonly NodeJS.ErrnoException[]
  if (errors.length === 1 && first) return first
  return Object.assign(new AggregateError(errors, first?.message), { code: first?.code })
}
