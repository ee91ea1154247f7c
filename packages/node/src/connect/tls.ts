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

/** The last TLS session with a peer, for resumption by the next connection. */
export interface TlsTicket {
  session: Buffer | undefined
}

export interface TlsTarget {
  /** The name or address that the certificate must be valid for, unless `tls.servername` is set. */
  readonly hostname: string
  readonly tls: TlsSide
  readonly ticket?: TlsTicket | undefined
  /** Protocols for ALPN, in order of preference. */
  readonly protocols: readonly string[]
  readonly signal: AbortSignal
}

/** Starts TLS on an open connection. Node validates the certificate. */
export function startTls(socket: Socket, target: TlsTarget): Promise<Socket> {
  return handshake(dialTls({ socket }, target), target.signal)
}

/** Starts TLS on an open connection, or on a new one. */
export function dialTls(to: { socket: Socket } | TcpNetConnectOpts, target: TlsTarget): TLSSocket {
  const { hostname, tls, ticket, protocols } = target
  const servername = tls.servername ?? nameOf(hostname)
  const options: ConnectionOptions = {
    ...to,
    servername,
    // without a server name, Node would check the certificate against the IP address
    checkServerIdentity: (_host, certificate) => checkServerIdentity(servername || hostname, certificate),
    rejectUnauthorized: tls.rejectUnauthorized,
    ALPNProtocols: [...protocols],
    session: ticket?.session,
    // otherwise Node would create one from all these options
    secureContext: tls.context ?? createSecureContext(own({})),
  }
  const secured = connect(shadowed(options))
  if (ticket) secured.on('session', (session) => (ticket.session = session))
  return secured
}

/**
 * Waits for the end of the handshake. The connection was opened with `signal`, whose abort destroys it.
 *
 * @throws the error of the connection
 */
export function handshake(secured: Socket, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    secured.once('secureConnect', () => resolve(secured))
    const fail = (error: Error): void => reject(signal.aborted ? error : markStep('tls', error))
    // never removed, because an error without a listener would crash the process
    secured.on('error', fail)
    const close = (): void => fail(secured.errored ?? closedEarly())
    secured.once('close', close)
    if (secured.destroyed) close()
  })
}

function closedEarly(): Error {
  return connectionLost('The connection was closed during the TLS handshake')
}

/** The name for SNI, which is empty for IP addresses and has no trailing dot (RFC 6066 §3). */
export function nameOf(hostname: string): string {
  return isIP(hostname) === 0 ? hostname.replace(/\.$/, '') : ''
}

/** PEM text, or its bytes. */
export type Pem = string | Uint8Array

/**
 * TLS options, with the meaning that they have in Node's `tls.connect`.
 *
 * @example
 * const tls: TlsOptions = { ca: await readFile('ca.pem'), cert: await readFile('me.pem'), key: await readFile('me.key') }
 * const session = new Session({ tls })
 */
export interface TlsOptions {
  /** Trusted certificate authorities, instead of Node's default. */
  ca?: Pem | readonly Pem[] | undefined
  /** The client certificate chain. */
  cert?: Pem | readonly Pem[] | undefined
  /** The client's private key. */
  key?: Pem | readonly Pem[] | undefined
  /** The client certificate and key as one PKCS#12 file. */
  pfx?: Pem | undefined
  /** The passphrase of `key` or `pfx`. */
  passphrase?: string | undefined
  /** `false` disables certificate validation. Nothing else does, including the environment. Default: `true`. */
  rejectUnauthorized?: boolean | undefined
  /** The name for SNI and for the certificate check. Default: the host of the URL. */
  servername?: string | undefined
  /** The minimum TLS version. Default: Node's, TLS 1.2. */
  minVersion?: SecureVersion | undefined
}

/** Validated TLS settings for one kind of peer. */
export interface TlsSide {
  /** The loaded certificates; `undefined` for Node's defaults. */
  readonly context: SecureContext | undefined
  readonly rejectUnauthorized: boolean
  readonly servername: string | undefined
}

/** Validated TLS settings. */
export interface TlsSettings extends TlsSide {
  /** For proxies: the same authorities, but no client certificate. */
  readonly forProxies: TlsSide
}

const NAMES = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'rejectUnauthorized', 'servername', 'minVersion']
const VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

/**
 * Validates TLS options and loads their certificates.
 *
 * @param name The name of the option, for errors.
 * @throws InvalidRequestError for an unknown name, a value of the wrong type, or a certificate, key or passphrase
 *   that Node cannot use
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
  if (value === undefined || value === null || isValid(member, value)) return
  throw new InvalidRequestError(`${name}.${member} ${expectation(member)}`)
}

function isValid(member: string, value: unknown): boolean {
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
  if (member === 'passphrase' || member === 'servername') return 'must be a string'
  return 'must be a string or bytes'
}

function isPem(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || value instanceof Uint8Array
}

function loaded(name: string, options: TlsOptions): SecureContext | undefined {
  const { ca, cert, key, pfx, passphrase, minVersion } = options
  if (![ca, cert, key, pfx, minVersion].some(Boolean)) return undefined
  const all = { ca, cert, key, pfx, passphrase, minVersion }
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value))
  if (!holdsCertificates(ca)) throw new InvalidRequestError(`${name}.ca contains no PEM certificate`)
  try {
    return createSecureContext(own(given))
  } catch (cause) {
    throw new InvalidRequestError(`${name} cannot be used: ${(cause as Error).message}`, { cause })
  }
}

/** Node silently ignores a `ca` without certificates and then rejects every peer. */
function holdsCertificates(ca: TlsOptions['ca']): boolean {
  return [ca ?? []]
    .flat()
    .every((pem) => /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/.test(Buffer.from(pem).toString('latin1')))
}
