import { type SecureContext, type SecureVersion, createSecureContext } from 'node:tls'
import { InvalidRequestError, optionsOf, own } from '@session-fetch/core'
import { checkNames } from '../check-names.js'

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
