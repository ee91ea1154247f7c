import { type LookupFunction, isIP } from 'node:net'
import { InvalidRequestError } from '@session-fetch/core'
import { type Guard, toGuard } from './guard.js'
import type { Network } from './open-connection.js'
import { type ProxyChoice, type ProxyOptions, toProxyChoice } from './proxy-choice.js'
import { type TlsOptions, toTlsSettings } from './tls-options.js'

/** How a session's own connections are opened and kept. */
export interface NetworkOptions {
  /** Connections per origin; further requests wait for a free one, in order. Default: 128. */
  connections?: number | undefined
  /** Milliseconds that an idle connection is kept, unless the server says; 0 keeps none. Default: 20 000. */
  keepAlive?: number | undefined
  /** Certificates and their checks. Default: Node's own. */
  tls?: TlsOptions | undefined
  /** The proxy for all URLs, or one per scheme; `null` is none. Default: the environment's. */
  proxy?: ProxyOptions | null | undefined
  /** Whether proxies are taken from the environment where `proxy` says nothing. Default: `true`. */
  trustEnv?: boolean | undefined
  /** Resolves names, with the signature of Node's `dns.lookup`. Default: that. */
  lookup?: LookupFunction | undefined
  /** The local IP address that connections come from. Default: the system's choice. */
  localAddress?: string | undefined
  /** Asked for each address before it is dialled. Default: none. */
  guard?: Guard | undefined
}

export interface NetworkSettings {
  readonly connections: number
  readonly keepAlive: number
  readonly choose: ProxyChoice
  readonly network: Network
}

/** The names of what is above, for who checks them. */
export const NETWORK_OPTIONS = [
  'connections',
  'keepAlive',
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
  const { connections = 128, keepAlive = 20_000, trustEnv = true } = options
  if (!Number.isInteger(connections) || connections < 1) throw wrong('connections', 'a whole number above 0')
  if (!(typeof keepAlive === 'number' && keepAlive >= 0 && keepAlive < 2 ** 31))
    throw wrong('keepAlive', 'milliseconds of 0 or more')
  if (typeof trustEnv !== 'boolean') throw wrong('trustEnv', 'true or false')
  return {
    connections,
    keepAlive,
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
