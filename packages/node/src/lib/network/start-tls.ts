import { type Socket, isIP } from 'node:net'
import { type TLSSocket, connect } from 'node:tls'
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
export function startTls(socket: Socket, target: TlsTarget): Promise<TLSSocket> {
  const { hostname, tls, ticket, protocols, signal } = target
  const secured = connect({
    socket,
    host: hostname,
    servername: tls.servername ?? nameOf(hostname),
    rejectUnauthorized: tls.rejectUnauthorized,
    ALPNProtocols: [...protocols],
    session: ticket?.session,
    ...(tls.context && { secureContext: tls.context }),
  })
  if (ticket) secured.on('session', (session) => (ticket.session = session))
  return settled(secured, socket, signal)
}

function settled(secured: TLSSocket, socket: Socket, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const stop = (): void => void socket.destroy(signal.reason as Error)
    signal.addEventListener('abort', stop)
    const settle = (end: () => void): void => {
      signal.removeEventListener('abort', stop)
      end()
    }
    secured.once('secureConnect', () => settle(() => resolve(secured)))
    // Stays, so that an error between two listeners is never an uncaught one.
    secured.on('error', (error) => settle(() => reject(error)))
    secured.once('close', () =>
      settle(() => reject(connectionLost('The connection was closed during the TLS handshake'))),
    )
  })
}

/** An address has no name to ask for; a trailing dot is no part of one (RFC 6066 §3). */
function nameOf(hostname: string): string {
  return isIP(hostname) === 0 ? hostname.replace(/\.$/, '') : ''
}
