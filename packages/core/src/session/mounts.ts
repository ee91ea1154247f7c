import type { Transport } from '../call/transport.js'
import { originPattern } from '../request/origins.js'

interface Mount {
  readonly prefix: string
  readonly transport: Transport
  readonly matches: (url: URL) => boolean
}

/** Transports by URL prefix, longest first: the first match is used. */
export type Mounts = readonly Mount[]

/** Adds a transport; replaces one with the same prefix. */
export function withMount(mounts: Mounts, prefix: string, transport: Transport): Mounts {
  const others = mounts.filter((other) => other.prefix !== prefix)
  return [...others, { prefix, transport, matches: matcher(prefix) }].sort(
    (one, other) => weight(other) - weight(one),
  )
}

export function mountedAt(mounts: Mounts, url: URL): Transport | undefined {
  return mounts.find(({ matches }) => matches(url))?.transport
}

/** The mounts for a child session, which does not close them. */
export function borrowedMounts(mounts: Mounts): Mounts {
  return mounts.map((mount) => ({
    ...mount,
    transport: { send: (request) => mount.transport.send(request) },
  }))
}

/** Longer, that is narrower, prefixes come first. */
function weight({ prefix }: Mount): number {
  return 2 * prefix.length - Number(prefix.includes('//*.'))
}

/**
 * Prefixes match on boundaries: `http://host` matches that origin only, `http://host/a` matches `/a` and paths
 * below it, `https://*.host` any subdomain, `https://` the whole scheme.
 */
function matcher(prefix: string): (url: URL) => boolean {
  const [, scheme = '', host, path = '/'] = /^([a-z][a-z\d+.-]*:)\/\/([^/]*)(\/.*)?$/i.exec(prefix) ?? []
  const isOn =
    host === '' ? (url: URL) => url.protocol === scheme.toLowerCase() : originPattern(`${scheme}//${host}`)
  // as in a parsed URL: `/straße` becomes `/stra%C3%9Fe`
  const { pathname } = new URL(`http://a${path}`)
  const below = pathname.replace(/\/?$/, '/')
  return (url) => isOn(url) && (url.pathname === pathname || (url.pathname || '/').startsWith(below))
}
