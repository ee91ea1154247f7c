import { InvalidRequestError } from '../model/errors.js'
import { parseUrl } from '../request/url.js'
import type { Link, SessionResponse } from './session-response.js'
import { own } from '../model/own.js'

/**
 * Parses the `Link` header of a response (RFC 8288): absolute URLs by lower-case relation. In Node, also
 * `response.links`.
 *
 * @throws InvalidRequestError for anything but a response
 * @example const { next } = links(await session.get('users'))
 */
export function links(response: Pick<SessionResponse, 'headers' | 'url'>): Record<string, Link> {
  const { headers, url } = Object(response) as Partial<SessionResponse>
  if (headers === undefined || url === undefined)
    throw new InvalidRequestError('links takes a response: links(await get(url))')
  return parseLinks(headers.get('Link') ?? '', url)
}

/** Adds the `links` getter to the responses of a platform. */
export function haveLinks({ prototype }: typeof SessionResponse): void {
  Object.defineProperty(prototype, 'links', {
    configurable: true,
    get(this: SessionResponse) {
      return links(this)
    },
  })
}

/** One link: the target, and the parameters up to an unquoted comma. An unclosed quote extends to the end. */
const LINK = /<([^<>]*)>((?:[^",]|"(?:[^"\\]|\\.)*"?)*)/gs
const PARAMETER = /;\s*([^\s=;]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g

/**
 * Parses a `Link` header (RFC 8288 §3) into a record by lower-case relation, or by URL for links without one.
 *
 * @param base The base of relative URLs.
 */
export function parseLinks(header: string, base: string): Record<string, Link> {
  const links = own<Record<string, Link>>({})
  for (const [, target = '', parameters = ''] of header.matchAll(LINK)) {
    const url = parseUrl(target, base)?.href ?? target
    const link = own<Link>({ url })
    for (const [, name = '', quoted, plain = ''] of parameters.matchAll(PARAMETER))
      link[name.toLowerCase()] ??= quoted?.replace(/\\(.)/g, '$1') ?? plain
    for (const relation of (link['rel']?.toLowerCase() ?? url).split(/\s+/)) links[relation] ??= link
  }
  return links
}
