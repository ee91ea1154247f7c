import { parseUrl } from './parse-url.js'

/** One link of a `Link` header: its absolute URL and its parameters. */
export interface Link {
  url: string
  [parameter: string]: string
}

const PARAMETER = /;\s*([^\s=;]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g

/**
 * Parses a `Link` header (RFC 8288 §3) into a record by relation, or by URL where a link names none.
 *
 * @param base What the links are relative to.
 */
export function parseLinks(header: string, base: string): Record<string, Link> {
  const links = Object.create(null) as Record<string, Link>
  for (const { target, rest } of linkValues(header)) {
    const url = parseUrl(target, base)?.href ?? target
    const link = Object.assign(Object.create(null) as Link, { url })
    for (const [, name = '', quoted, plain = ''] of rest.matchAll(PARAMETER)) {
      link[name.toLowerCase()] ??= quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1')
    }
    for (const relation of (link['rel'] ?? url).split(/\s+/)) links[relation] ??= link
  }
  return links
}

/** Each link's target, and the parameters after it as text. Every character is looked at once. */
function* linkValues(header: string): Generator<{ target: string; rest: string }> {
  for (let start = header.indexOf('<'); start >= 0; ) {
    const end = header.indexOf('>', start)
    if (end < 0) return
    const stop = endOfLink(header, end + 1)
    yield { target: header.slice(start + 1, end), rest: header.slice(end + 1, stop) }
    start = header.indexOf('<', stop)
  }
}

/** Where the comma stands that ends a link, outside of quotes. */
function endOfLink(header: string, from: number): number {
  let quoted = false
  for (let at = from; at < header.length; at += 1) {
    const character = header[at]
    if (quoted && character === '\\') at += 1
    else if (character === '"') quoted = !quoted
    else if (character === ',' && !quoted) return at
  }
  return header.length
}
