import type { Transport } from '../call/transport.js'
import { InvalidRequestError } from '../model/errors.js'
import { redactUrl } from '../model/redact.js'
import { originPattern } from '../request/home.js'

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
    if (typeof transport?.send !== 'function')
      throw new InvalidRequestError(
        'A transport must have a method `send`; mockTransport makes one of a function',
      )
    const mount = {
      prefix,
      transport,
      matches: matcher(prefix),
      weight: 2 * prefix.length - Number(prefix.includes('//*.')),
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
  const [, scheme, host, path = '/'] = /^([a-z][a-z\d+.-]*:)\/\/([^/]*)(\/.*)?$/i.exec(prefix) ?? []
  const onOrigin = host === '' ? onScheme(scheme) : scheme && originPattern(`${scheme}//${host}`)
  if (!onOrigin)
    throw new InvalidRequestError(
      `"${redactUrl(prefix)}" cannot be mounted; write scheme://, scheme://host or scheme://host/path`,
    )
  // As a URL would have it: `/straße` stands there as `/stra%C3%9Fe`.
  const { pathname } = new URL(`http://a${path}`)
  const below = pathname.replace(/\/?$/, '/')
  return (url) => onOrigin(url) && (url.pathname === pathname || (url.pathname || '/').startsWith(below))
}

const onScheme = (scheme?: string) => (url: URL) => url.protocol === scheme?.toLowerCase()
