import { domainToASCII } from 'node:url'
import { LruMap } from '../base/lru-map.js'
import { ipBytes, sharesPrefix, unmapped } from './guard.js'
import { type ProxyServer, toProxyServer } from './proxy-server.js'

const servers = new LruMap<string, ProxyServer>(8)

/** The variables that name proxies, as they are or as they were. */
type ProxyVariables = Readonly<Record<string, string | undefined>>

const NAMES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']

/** The variables as they stand now. A look at the environment costs more than all the rest of a choice. */
export function proxyVariables(): ProxyVariables {
  const all = ['REQUEST_METHOD', ...NAMES.flatMap((name) => [name, name.toUpperCase()])]
  return Object.fromEntries(all.map((name) => [name, variable(process.env, name)]))
}

/** A variable of the environment, which has a prototype, as any object. */
export function variable(env: ProxyVariables, name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined
}

/**
 * The proxy that the environment names for a URL: `http_proxy` or `https_proxy`, else `all_proxy`, unless
 * `no_proxy` covers the URL. Lower-case names win, even when they are set to nothing.
 *
 * @throws InvalidRequestError naming the variable that holds no URL of a proxy
 */
export function proxyFromEnvironment(url: URL, env: ProxyVariables): ProxyServer | null {
  const [name, text] = url.protocol === 'https:' ? forHttps(env) : forHttp(env)
  if (text === undefined || text === '') return null
  if (bypassesProxy(variable(env, 'no_proxy') ?? variable(env, 'NO_PROXY') ?? '', url)) return null
  const known = servers.get(text)
  if (known) return known
  const server = toProxyServer(text, name)
  servers.set(text, server)
  return server
}

type Variable = readonly [name: string, value: string | undefined]

function forHttps(env: ProxyVariables): Variable {
  const text = variable(env, 'https_proxy') ?? variable(env, 'HTTPS_PROXY')
  return text === undefined ? forAll(env) : ['HTTPS_PROXY', text]
}

/** A CGI program is given its client's `Proxy` header as `HTTP_PROXY` (CVE-2016-5385): there it says nothing. */
function forHttp(env: ProxyVariables): Variable {
  const text =
    variable(env, 'http_proxy') ??
    (variable(env, 'REQUEST_METHOD') === undefined ? variable(env, 'HTTP_PROXY') : undefined)
  return text === undefined ? forAll(env) : ['HTTP_PROXY', text]
}

function forAll(env: ProxyVariables): Variable {
  return ['ALL_PROXY', variable(env, 'all_proxy') ?? variable(env, 'ALL_PROXY')]
}

/** Where a request goes, as rules see it. */
interface Place {
  /** In lower case, without brackets and without a trailing dot. */
  readonly name: string
  /** The address that the host is; empty for a name. */
  readonly bytes: readonly number[]
  readonly port: string
}

type Rule = (place: Place) => boolean

const rules = new LruMap<string, readonly Rule[]>(16)
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
