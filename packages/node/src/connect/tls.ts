import { type Socket, type TcpNetConnectOpts, isIP } from 'node:net'
import {
  type ConnectionOptions,
  type SecureContext,
  type SecureVersion,
  type TLSSocket,
  checkServerIdentity,
  connect,
  createSecureContext,
} from 'node:tls'
import { InvalidRequestError } from '@session-fetch/core'
import { optionsOf, own } from '@session-fetch/core/adapter'
import { checkNames } from '../base/check-names.js'
import { markStep } from '../base/connect-step.js'
import { connectionLost } from '../base/network-error.js'
import { shadowed } from '../base/shadowed.js'

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
  return handshake(dialTls({ socket }, target), target.signal)
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
 * Waits for the end of the handshake. `signal` was given to the connection when it was opened, which ends at an abort.
 *
 * @throws the error of the connection
 */
export function handshake(secured: Socket, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    secured.once('secureConnect', () => resolve(secured))
    const fail = (error: Error): void => reject(signal.aborted ? error : markStep('tls', error))
    // Is never removed, so that no error is an uncaught one before the next owner of the socket listens.
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

/** A PEM text or its bytes. */
export type Pem = string | Uint8Array

/** How TLS connections are made; Node's own options of `tls.connect`, with their meaning. */
export interface TlsOptions {
  /** Certificate authorities to trust, in place of the ones that Node knows. */
  ca?: Pem | readonly Pem[] | undefined
  /** The client's certificate chain. */
  cert?: Pem | readonly Pem[] | undefined
  /** The client's private key. */
  key?: Pem | readonly Pem[] | undefined
  /** The client's certificate and key in one PKCS#12 file. */
  pfx?: Pem | undefined
  /** What `key` or `pfx` is encrypted with. */
  passphrase?: string | undefined
  /** Literally `false` trusts any certificate; nothing else does, the environment included. Default: `true`. */
  rejectUnauthorized?: boolean | undefined
  /** The name to ask for, and to expect in the certificate. Default: the host of the URL. */
  servername?: string | undefined
  /** The oldest version to speak. Default: Node's, TLS 1.2. */
  minVersion?: SecureVersion | undefined
}

/** One side of TLS, ready for every connection. */
export interface TlsSide {
  /** What Node made of the certificates; `undefined` is Node's default. */
  readonly context: SecureContext | undefined
  readonly rejectUnauthorized: boolean
  readonly servername: string | undefined
}

/** TLS options, looked at once. */
export interface TlsSettings extends TlsSide {
  /** For proxies: the same authorities are trusted, but the client's certificate is not shown. */
  readonly forProxies: TlsSide
}

const NAMES = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'rejectUnauthorized', 'servername', 'minVersion']
const VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

/**
 * Looks at TLS options and loads what they hold.
 *
 * @param name What the options are called in an error.
 * @throws InvalidRequestError for an unknown name, a value of the wrong type, or a certificate, key or
 *   passphrase that Node cannot use
 */
export function toTlsSettings(given: TlsOptions | null | undefined, name = 'tls'): TlsSettings {
  const options = optionsOf(given, name)
  checkNames(name, options, NAMES)
  for (const member of Object.keys(options)) check(name, member, options[member as keyof TlsOptions])
  const { ca, minVersion } = options
  return {
    context: loaded(name, options),
    rejectUnauthorized: options.rejectUnauthorized !== false,
    servername: options.servername,
    forProxies: {
      context: loaded(name, own({ ca, minVersion })),
      rejectUnauthorized: true,
      servername: undefined,
    },
  }
}

function check(name: string, member: string, value: unknown): void {
  if (value === undefined || value === null || isRight(member, value)) return
  throw new InvalidRequestError(`${name}.${member} ${expectation(member)}`)
}

function isRight(member: string, value: unknown): boolean {
  if (member === 'rejectUnauthorized') return typeof value === 'boolean'
  if (member === 'minVersion') return VERSIONS.includes(value as string)
  if (member === 'passphrase') return typeof value === 'string'
  if (member === 'servername') return typeof value === 'string' && value !== ''
  if (member !== 'pfx' && Array.isArray(value)) return value.every(isPem)
  return isPem(value)
}

function expectation(member: string): string {
  if (member === 'rejectUnauthorized') return 'must be true or false'
  if (member === 'minVersion') return `must be one of ${VERSIONS.join(', ')}`
  if (member === 'passphrase' || member === 'servername') return 'must be text'
  return 'must be text or bytes'
}

function isPem(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || value instanceof Uint8Array
}

function loaded(name: string, options: TlsOptions): SecureContext | undefined {
  const { ca, cert, key, pfx, passphrase, minVersion } = options
  if (![ca, cert, key, pfx, minVersion].some(Boolean)) return undefined
  const wanted = { ca, cert, key, pfx, passphrase, minVersion }
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value))
  if (!holdsCertificates(ca)) throw new InvalidRequestError(`${name}.ca holds no certificate in PEM form`)
  try {
    return createSecureContext(own(given))
  } catch (cause) {
    throw new InvalidRequestError(`${name} cannot be used: ${(cause as Error).message}`, { cause })
  }
}

/** Node passes by a text that holds no certificate, and then trusts nobody. */
function holdsCertificates(ca: TlsOptions['ca']): boolean {
  return [ca ?? []]
    .flat()
    .every((pem) => /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/.test(Buffer.from(pem).toString('latin1')))
}
