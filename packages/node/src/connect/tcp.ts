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

/** Options of TCP connections. */
export interface Dialling {
  readonly lookup: LookupFunction | undefined
  readonly localAddress: string | undefined
  readonly guard: Guard | undefined
}

interface TcpTarget {
  readonly hostname: string
  readonly port: number
  /** Passed to the guard. */
  readonly where: { url: string; proxy?: string }
  readonly signal: AbortSignal
}

interface TcpOptions {
  readonly localAddress: string | undefined
  /** The buffer to read into. */
  readonly onread?: OnReadOpts | undefined
  /** Starts a connection. Default: plain TCP. */
  readonly dial?: (options: TcpNetConnectOpts) => Socket
}

/** Milliseconds of silence before the first TCP keep-alive probe. */
const PROBE_AFTER = 60_000

/**
 * The addresses of a host, after the guard has allowed them. The connection is opened to one of these, without another
 * lookup, which could return other addresses.
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

/** Opens a TCP connection to the first address of a host that answers (RFC 8305). */
export async function connectTcp(
  addresses: readonly LookupAddress[],
  { hostname, port, signal }: TcpTarget,
  { localAddress, onread, dial = connect }: TcpOptions,
): Promise<Socket> {
  signal.throwIfAborted() // the lookup or the guard may have settled after the abort
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

/** Interleaves the address families, starting with that of the first address (RFC 8305 §4). */
function alternating(addresses: readonly LookupAddress[]): LookupAddress[] {
  const [first] = addresses
  const some = addresses.filter(({ family }) => family === first?.family)
  const others = addresses.filter(({ family }) => family !== first?.family)
  return addresses.flatMap((_, index) => [some[index] ?? [], others[index] ?? []].flat())
}

/**
 * Opens a connection to a Unix domain socket, or to a named pipe on Windows.
 *
 * @throws ConnectionError if nothing listens there, or access is denied
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
    throw new ConnectionError(`Connection failed (${code ?? message})`, { cause })
  }
}

/** Milliseconds before the next attempt starts (RFC 8305 §5, Connection Attempt Delay). */
export const HEAD_START = 250

/**
 * The first of several connection attempts to succeed (RFC 8305). An attempt starts when the previous one has failed or
 * `HEAD_START` has passed; earlier attempts continue, because they may only be slow. Node's own `autoSelectFamily`
 * aborts them (nodejs/node#54359). The others are closed at the end.
 *
 * @param attempts At least one.
 * @param signal Closes all of them, and later the connected one.
 * @throws the signal's reason, the error of the only attempt, or an AggregateError with the code of the first
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
      // never removed, because an error without a listener would crash the process
      socket.on('error', (error) => fail(socket, error))
    }

    function succeed(socket: Socket): void {
      end(socket)
      resolve(addAbortSignal(signal, socket))
    }

    function fail(socket: Socket, error: Error): void {
      if (!open.delete(socket)) return // already settled
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

/**
 * From Node 22 on, a connecting socket reads its own `blockList` after the next tick, and would inherit that of
 * `Object.prototype`.
 */
const NO_BLOCK_LIST = { blockList: undefined }

/** An attempt that throws, such as under Node's permission model, fails like one that emits an error. */
function attempted(attempt: () => Socket): Socket {
  try {
    return Object.assign(attempt(), NO_BLOCK_LIST)
  } catch (cause) {
    return new Socket().destroy(asError(cause))
  }
}

function together(errors: readonly Error[]): Error {
  const [first] = errors as readonly NodeJS.ErrnoException[]
  if (errors.length === 1 && first) return first
  return Object.assign(new AggregateError(errors, first?.message), { code: first?.code })
}
