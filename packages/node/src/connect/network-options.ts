import { type LookupFunction, isIP } from 'node:net'
import { InvalidRequestError } from '@session-fetch/core'
import { type Guard, toGuard } from './guard.js'
import type { Network } from './open-connection.js'
import { type ProxyChoice, type ProxyOptions, toProxyChoice } from './proxy-choice.js'
import { type TlsOptions, toTlsSettings } from './tls.js'

/**
 * Options for the connections of a session.
 *
 * @example
 * const network: NetworkOptions = { connections: 16, http2: true, tls: { ca: await readFile('ca.pem') } }
 * const session = new Session(network)
 */
export interface NetworkOptions {
  /** Maximum connections per origin; further requests wait for a free one, in order. Default: 128. */
  connections?: number | undefined
  /**
   * Maximum idle time of a connection in milliseconds; 0 closes it after each response. Default: 20 000, or the
   * server's `Keep-Alive`.
   */
  keepAlive?: number | undefined
  /** Whether to use HTTP/2 with https origins that support it: all requests over one connection. Default: `false`. */
  http2?: boolean | undefined
  /** Certificates and their validation. Default: Node's own. */
  tls?: TlsOptions | undefined
  /** The proxy for all URLs, or one per scheme; `null` for none. Default: from the environment. */
  proxy?: ProxyOptions | null | undefined
  /** Whether to read proxies from the environment, once, if `proxy` is not set. Default: `true`. */
  trustEnv?: boolean | undefined
  /** Resolves host names, with the signature of Node's `dns.lookup`. Default: `dns.lookup`. */
  lookup?: LookupFunction | undefined
  /** The local IP address of connections. Default: chosen by the system. */
  localAddress?: string | undefined
  /** Called with each address before it is connected to. Default: none. */
  guard?: Guard | undefined
}

export interface NetworkSettings {
  readonly connections: number
  readonly keepAlive: number | undefined
  readonly http2: boolean
  readonly choose: ProxyChoice
  readonly network: Network
}

/** The names of these options. */
export const NETWORK_OPTIONS = [
  'connections',
  'keepAlive',
  'http2',
  'tls',
  'proxy',
  'trustEnv',
  'lookup',
  'localAddress',
  'guard',
] as const

/**
 * Fills in the defaults.
 *
 * @throws InvalidRequestError for a value of the wrong type
 */
export function toNetworkSettings(options: NetworkOptions): NetworkSettings {
  const { connections = 128, keepAlive, http2 = false, trustEnv = true } = options
  if (!Number.isInteger(connections) || connections < 1) throw wrong('connections', 'a whole number above 0')
  if (keepAlive !== undefined && !(typeof keepAlive === 'number' && keepAlive >= 0 && keepAlive < 2 ** 31))
    throw wrong('keepAlive', 'milliseconds of 0 or more')
  if (typeof http2 !== 'boolean') throw wrong('http2', 'true or false')
  if (typeof trustEnv !== 'boolean') throw wrong('trustEnv', 'true or false')
  return {
    connections,
    keepAlive,
    http2,
    choose: toProxyChoice(options.proxy, trustEnv),
    network: {
      tls: toTlsSettings(options.tls),
      lookup: toLookup(options.lookup),
      localAddress: toAddress(options.localAddress),
      guard: toGuard(options.guard),
    },
  }
}

function toLookup(lookup: LookupFunction | null | undefined): LookupFunction | undefined {
  if (lookup === undefined || lookup === null || typeof lookup === 'function') return lookup ?? undefined
  throw wrong('lookup', "a function like Node's dns.lookup")
}

function toAddress(address: string | null | undefined): string | undefined {
  if (address === undefined || address === null) return undefined
  if (typeof address === 'string' && isIP(address) !== 0) return address
  throw wrong('localAddress', 'an IP address')
}

function wrong(name: string, expected: string): InvalidRequestError {
  return new InvalidRequestError(`${name} must be ${expected}`)
}
