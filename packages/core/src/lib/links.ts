/** One link of a `Link` header: its absolute URL and its parameters. */
export interface Link {
  url: string
  [parameter: string]: string
}

const LINK = /<([^>]*)>([^,<"]*(?:"(?:[^"\\]|\\.)*"[^,<"]*)*)/g
const PARAMETER = /;\s*([^\s=;]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g

/**
 * Parses a `Link` header (RFC 8288 §3) into a record by relation, or by URL where a link names none.
 *
 * @example parseLinks('</a?page=2>; rel="next"', 'https://api.test/a') // { next: { url: 'https://api.test/a?page=2', rel: 'next' } }
 */
export function parseLinks(header: string, base: string): Record<string, Link> {
  const links = Object.create(null) as Record<string, Link>
  for (const [, target = '', rest = ''] of header.matchAll(LINK)) {
    const url = URL.canParse(target, base) ? new URL(target, base).href : target
    const link = Object.assign(Object.create(null) as Link, { url })
    for (const [, name = '', quoted, plain = ''] of rest.matchAll(PARAMETER)) {
      link[name.toLowerCase()] ??= quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1')
    }
    for (const relation of (link['rel'] ?? url).split(/\s+/)) links[relation] ??= link
  }
  return links
}
