import { InvalidRequestError } from '@session-fetch/core'
import { own, parseUrl, withoutBrackets } from '@session-fetch/core/adapter'
import type { TlsSide } from './tls.js'

/** A proxy, parsed from the URL. */
export interface ProxyServer {
  readonly protocol: 'http:' | 'https:' | 'socks5:' | 'socks5h:'
  /** A host name, or an IP address without brackets. */
  readonly hostname: string
  readonly port: number
  readonly username: string
  readonly password: string
  /** The URL without credentials, for messages. */
  readonly name: string
  /** The URL with credentials, as the key of the connections. */
  readonly key: string
  /** How to validate the certificate, if not like those of origins. */
  readonly tls?: TlsSide | undefined
}

const PORTS = { 'http:': 80, 'https:': 443, 'socks5:': 1080, 'socks5h:': 1080 }

/**
 * Parses a proxy URL: `http:`, `https:`, `socks5:` (host names are resolved locally) or `socks5h:` (by the proxy).
 * The default scheme is `http:`.
 *
 * @param source The name of the option or variable, for the error.
 * @throws InvalidRequestError, without the text, which may contain a password
 */
export function toProxyServer(text: string | URL, source: string): ProxyServer {
  const url = parsed(String(text).trim())
  if (url === null || url.hostname === '' || !Object.hasOwn(PORTS, url.protocol)) {
    throw new InvalidRequestError(`${source} is not the URL of an http:, https:, socks5: or socks5h: proxy`)
  }
  const protocol = url.protocol as ProxyServer['protocol'] // it is a key of PORTS
  const port = url.port === '' ? PORTS[protocol] : Number(url.port)
  return own({
    protocol,
    hostname: withoutBrackets(url.hostname),
    port,
    username: decoded(url.username, source),
    password: decoded(url.password, source),
    name: `${protocol}//${url.hostname}:${port}`,
    key: url.href,
  })
}

function parsed(text: string): URL | null {
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`
  return parseUrl(/^socks:/i.test(whole) ? whole.replace(/^socks/i, 'socks5') : whole)
}

function decoded(text: string, source: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new InvalidRequestError(`${source} contains credentials that are not URL-encoded`)
  }
}
