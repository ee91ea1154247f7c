import { own } from '@session-fetch/core'
import { shadowed } from '../shadowed.js'
import { type Socket, type TcpNetConnectOpts, isIP } from 'node:net'
import {
  type ConnectionOptions,
  type TLSSocket,
  checkServerIdentity,
  connect,
  createSecureContext,
} from 'node:tls'
import { failedAt } from './connect-step.js'
import { connectionLost } from './connection-lost.js'
import type { TlsSide } from './tls-options.js'

/** The last TLS session with a peer, which makes the next connection to it cheaper. */
export interface TlsTicket {
  session: Buffer | undefined
}

export interface TlsTarget {
  /** The name or address that the certificate must be for, unless the settings name another. */
  readonly hostname: string
  readonly tls: TlsSide
  readonly ticket?: TlsTicket | undefined
  /** The protocols to offer, best first. */
  readonly protocols: readonly string[]
  readonly signal: AbortSignal
}

/** Begins TLS on a connection. The certificate is checked by Node's own rules. */
export function startTls(socket: Socket, target: TlsTarget): Promise<Socket> {
  return handshake(dialTls({ socket }, target), target.signal, socket)
}

/** Begins TLS on a connection, or on one that it begins itself. */
export function dialTls(to: { socket: Socket } | TcpNetConnectOpts, target: TlsTarget): TLSSocket {
  const { hostname, tls, ticket, protocols } = target
  const servername = tls.servername ?? nameOf(hostname)
  const options: ConnectionOptions = {
    ...to,
    servername,
    // Said here, or Node would take what is dialled for the name of what has none.
    checkServerIdentity: (_host, certificate) => checkServerIdentity(servername || hostname, certificate),
    rejectUnauthorized: tls.rejectUnauthorized,
    ALPNProtocols: [...protocols],
    session: ticket?.session,
    // Node would make it of all these options.
    secureContext: tls.context ?? createSecureContext(own({})),
  }
  const secured = connect(shadowed(options))
  if (ticket) secured.on('session', (session) => (ticket.session = session))
  return secured
}

/**
 * Waits for the end of the handshake.
 *
 * @param under The connection under TLS, where that is another socket.
 * @throws what it failed with
 */
export function handshake(secured: Socket, signal: AbortSignal, under: Socket = secured): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const stop = (): void => void under.destroy(signal.reason as Error)
    signal.addEventListener('abort', stop)
    const settle = (end: () => void): void => {
      signal.removeEventListener('abort', stop)
      end()
    }
    secured.once('secureConnect', () => settle(() => resolve(secured)))
    const fail = (error: Error): void => settle(() => reject(signal.aborted ? error : failedAt('tls', error)))
    // Stays, so that an error between two listeners is never an uncaught one.
    secured.on('error', fail)
    const close = (): void => fail(secured.errored ?? closedEarly())
    secured.once('close', close)
    if (secured.destroyed) close()
  })
}

function closedEarly(): Error {
  return connectionLost('The connection was closed during the TLS handshake')
}

/** An address has no name to ask for; a trailing dot is no part of one (RFC 6066 §3). */
function nameOf(hostname: string): string {
  return isIP(hostname) === 0 ? hostname.replace(/\.$/, '') : ''
}
