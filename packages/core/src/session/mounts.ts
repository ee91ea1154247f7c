import type { Transport } from '../call/transport.js'
import { originPattern } from '../request/home.js'

interface Mount {
  readonly prefix: string
  readonly transport: Transport
  readonly matches: (url: URL) => boolean
}

/** Transports by URL prefix; the longest matching prefix wins. */
export class Mounts {
  #mounts: readonly Mount[] = []

  get isEmpty(): boolean {
    return this.#mounts.length === 0
  }

  /** Adds a transport; replaces one with the same prefix. */
  add(prefix: string, transport: Transport): void {
    const others = this.#mounts.filter((other) => other.prefix !== prefix)
    const mounts = [...others, { prefix, transport, matches: matcher(prefix) }]
    this.#mounts = mounts.sort((one, other) => weight(other) - weight(one))
  }

  find(url: URL): Transport | undefined {
    return this.#mounts.find((mount) => mount.matches(url))?.transport
  }

  transports(): readonly Transport[] {
    return this.#mounts.map((mount) => mount.transport)
  }

  copyTo(other: Mounts): void {
    for (const { prefix, transport } of this.#mounts)
      other.add(prefix, { send: (request) => transport.send(request) })
  }
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
