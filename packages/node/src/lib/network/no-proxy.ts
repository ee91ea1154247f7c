import { domainToASCII } from 'node:url'
import { ipBytes, sharesPrefix, unmapped } from './ip-bytes.js'
import { RecentMap } from './recent-map.js'

/** Where a request goes, as rules see it. */
interface Place {
  /** In lower case, without brackets and without a trailing dot. */
  readonly name: string
  /** The address that the host is; empty for a name. */
  readonly bytes: readonly number[]
  readonly port: string
}

type Rule = (place: Place) => boolean

const rules = new RecentMap<string, readonly Rule[]>(16)
const LOOPBACK_4 = [127, 0, 0, 0]
const LOOPBACK_6 = ipBytes('::1')

/**
 * Whether a `NO_PROXY` list says that a URL is reached without a proxy. Entries are separated by commas or
 * spaces: `*`, a name (which covers what is below it; a leading dot or `*.` says the same), an address, or a
 * CIDR block, each with a port or without. One name or address of the loopback stands for all of them.
 */
export function bypassesProxy(list: string, url: URL): boolean {
  if (list === '') return false
  const place = placeOf(url)
  return rulesOf(list).some((rule) => rule(place))
}

function placeOf({ hostname, port, protocol }: URL): Place {
  const name = bare(hostname)
  return { name, bytes: unmapped(ipBytes(name)), port: port || (protocol === 'https:' ? '443' : '80') }
}

function rulesOf(list: string): readonly Rule[] {
  const known = rules.get(list)
  if (known) return known
  const parsed = list
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(toRule)
  rules.set(list, parsed)
  return parsed
}

function toRule(entry: string): Rule {
  if (entry === '*') return () => true
  const { host, port } = split(entry)
  const matches = hostRule(host)
  return (place) => (port === undefined || port === place.port) && matches(place)
}

/** `host:port`, `[v6]:port`, or an IPv6 address, whose colons are its own. */
function split(entry: string): { host: string; port: string | undefined } {
  const [, host = entry, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? []
  return { host, port }
}

function hostRule(host: string): Rule {
  const [address = '', bits] = bare(host).split('/')
  const bytes = ipBytes(address)
  if (bits !== undefined) return blockRule(bytes, bits)
  if (bytes.length > 0) {
    const wanted = unmapped(bytes)
    return isLoopback(wanted) ? loopbackRule : (place) => sharesPrefix(place.bytes, wanted, 128)
  }
  const name = domainToASCII(address.replace(/^\*?\./, ''))
  if (name === 'localhost') return loopbackRule
  return ({ name: asked, bytes: isAddress }) =>
    name !== '' && isAddress.length === 0 && (asked === name || asked.endsWith(`.${name}`))
}

function blockRule(bytes: readonly number[], bits: string): Rule {
  const length = /^\d+$/.test(bits) ? Number(bits) : Infinity
  if (length > bytes.length * 8) return () => false
  const start = unmapped(bytes)
  const kept = length - (bytes.length - start.length) * 8
  return (place) => kept >= 0 && sharesPrefix(place.bytes, start, kept)
}

function loopbackRule({ name, bytes }: Place): boolean {
  return isLoopback(bytes) || name === 'localhost' || name.endsWith('.localhost')
}

function isLoopback(bytes: readonly number[]): boolean {
  return sharesPrefix(bytes, LOOPBACK_4, 8) || sharesPrefix(bytes, LOOPBACK_6, 128)
}

function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\](?=$|\/)/g, '')
    .replace(/\.$/, '')
}
