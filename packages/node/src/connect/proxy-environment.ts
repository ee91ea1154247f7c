import { BlockList, isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { LruMap, isLoopback } from '@session-fetch/core/adapter'
import { addressFamily, ipBytes, unmapped } from './ip-address.js'
import { type ProxyServer, toProxyServer } from './proxy-server.js'

const servers = new LruMap<string, ProxyServer>(8)

/** Environment variables for proxies: the live environment or a copy. */
type ProxyVariables = Readonly<Record<string, string | undefined>>

const NAMES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']

/** A copy of the variables. Reading `process.env` costs more than the rest of a choice. */
export function proxyVariables(): ProxyVariables {
  const all = ['REQUEST_METHOD', ...NAMES.flatMap((name) => [name, name.toUpperCase()])]
  return Object.fromEntries(all.map((name) => [name, variable(process.env, name)]))
}

/** An environment variable. Only own members count, because `process.env` has a prototype. */
export function variable(env: ProxyVariables, name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined
}

/**
 * The proxy of a URL from the environment: `http_proxy` or `https_proxy`, else `all_proxy`, unless `no_proxy` covers
 * the URL. Lower-case names take precedence, even if they are empty.
 *
 * @throws InvalidRequestError naming the variable that is not a proxy URL
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

/** Ignores `HTTP_PROXY` in a CGI program, where it comes from the client's `Proxy` header (CVE-2016-5385). */
function forHttp(env: ProxyVariables): Variable {
  const text =
    variable(env, 'http_proxy') ??
    (variable(env, 'REQUEST_METHOD') === undefined ? variable(env, 'HTTP_PROXY') : undefined)
  return text === undefined ? forAll(env) : ['HTTP_PROXY', text]
}

function forAll(env: ProxyVariables): Variable {
  return ['ALL_PROXY', variable(env, 'all_proxy') ?? variable(env, 'ALL_PROXY')]
}

/** The host of a request, as the rules compare it. */
interface Host {
  /** Lower case, without brackets and trailing dot; an IPv4 address that is written as IPv6 in its IPv4 form. */
  readonly name: string
  /** `undefined` for a host name. */
  readonly family: 'ipv4' | 'ipv6' | undefined
  readonly port: string
}

type Rule = (host: Host) => boolean

const rules = new LruMap<string, readonly Rule[]>(16)

/**
 * Whether a `NO_PROXY` list excludes a URL from proxying. Entries are separated by commas or whitespace: `*`, a host
 * name (which also matches its subdomains; a leading dot or `*.` makes no difference), an IP address, or a CIDR block,
 * each with an optional port. Any loopback name or address matches all of them.
 */
export function bypassesProxy(list: string, url: URL): boolean {
  if (list === '') return false
  const host = hostOf(url)
  return rulesOf(list).some((rule) => rule(host))
}

function hostOf({ hostname, port, protocol }: URL): Host {
  const name = canonical(bare(hostname))
  const family = isIP(name) === 0 ? undefined : addressFamily(name)
  return { name, family, port: port || (protocol === 'https:' ? '443' : '80') }
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
  return (target) => (port === undefined || port === target.port) && matches(target)
}

/** `host:port`, `[v6]:port`, or an IPv6 address, whose colons start no port. */
function split(entry: string): { host: string; port: string | undefined } {
  const [, host = entry, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? []
  return { host, port }
}

function hostRule(host: string): Rule {
  const [address = '', bits] = bare(host).split('/')
  if (bits !== undefined) return blockRule(address, bits)
  if (ipBytes(address).length > 0) return addressRule(canonical(address))
  const name = domainToASCII(address.replace(/^\*?\./, ''))
  if (name === 'localhost') return loopbackRule
  return ({ name: host, family }) =>
    name !== '' && family === undefined && (host === name || host.endsWith(`.${name}`))
}

function addressRule(address: string): Rule {
  return isLoopback(address) ? loopbackRule : blockRule(address, address.includes(':') ? '128' : '32')
}

function blockRule(address: string, bits: string): Rule {
  const bytes = ipBytes(address)
  const start = canonical(address)
  const family = addressFamily(start)
  const prefix = Number(bits) - (bytes.length - ipBytes(start).length) * 8
  if (!/^\d+$/.test(bits) || Number(bits) > bytes.length * 8 || prefix < 0) return () => false
  const block = new BlockList()
  block.addSubnet(start, prefix, family)
  return (host) => host.family === family && block.check(host.name, family)
}

function loopbackRule({ name }: Host): boolean {
  return isLoopback(name)
}

/** An IP address in its canonical form, without a zone, and `::ffff:a.b.c.d` as `a.b.c.d`; a host name unchanged. */
function canonical(host: string): string {
  const bytes = unmapped(ipBytes(host))
  if (bytes.length === 0) return host
  return bytes.length === 4
    ? bytes.join('.')
    : new URL(`http://[${host.replace(/%.*$/s, '')}]/`).hostname.slice(1, -1)
}

function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\](?=$|\/)/g, '')
    .replace(/\.$/, '')
}
