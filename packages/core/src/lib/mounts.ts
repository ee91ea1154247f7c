import { InvalidRequestError } from './errors.js'
import { parseUrl } from './parse-url.js'
import type { Transport } from './send.js'

interface Mount {
  readonly prefix: string
  readonly transport: Transport
  readonly matches: (url: URL) => boolean
  /** Longer, that is narrower, prefixes are asked first. */
  readonly weight: number
}

/** Transports by URL prefix; the longest prefix that matches serves a URL. */
export class Mounts {
  #mounts: readonly Mount[] = []

  get isEmpty(): boolean {
    return this.#mounts.length === 0
  }

  /** Adds a transport, in place of one with the same prefix. */
  add(prefix: string, transport: Transport): void {
    const mount = {
      prefix,
      transport,
      matches: matcher(prefix),
      weight: 2 * prefix.length - (prefix.includes('//*.') ? 1 : 0),
    }
    const others = this.#mounts.filter((other) => other.prefix !== prefix)
    this.#mounts = [...others, mount].sort((a, b) => b.weight - a.weight)
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

/**
 * Prefixes match on boundaries: `http://host` is that origin alone, `http://host/a` is `/a` and what is below
 * it, `https://*.host` any name below `host`, `https://` the whole scheme.
 */
function matcher(prefix: string): (url: URL) => boolean {
  const parts = /^([a-z][a-z\d+.-]*:)\/\/([^/]*)(\/.*)?$/i.exec(prefix)
  if (!parts)
    throw new InvalidRequestError(
      `"${prefix}" cannot be mounted; a prefix begins with a scheme, such as https://`,
    )
  const [, scheme = '', host = '', path = '/'] = parts
  const protocol = scheme.toLowerCase()
  if (host === '') return (url) => url.protocol === protocol
  const wildcard = host.startsWith('*.')
  const origin = `${protocol}//${wildcard ? host.slice(2) : host}`
  const base = parseUrl(origin)
  if (base === null) throw new InvalidRequestError(`"${prefix}" cannot be mounted; its host is not valid`)
  const onHost = wildcard
    ? (url: URL) => url.host.endsWith(`.${base.host}`)
    : (url: URL) => url.host === base.host
  return (url) => url.protocol === protocol && onHost(url) && isBelow(url.pathname || '/', path)
}

function isBelow(pathname: string, path: string): boolean {
  if (!pathname.startsWith(path)) return false
  return path.endsWith('/') || pathname.length === path.length || pathname[path.length] === '/'
}
