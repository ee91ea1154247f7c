import type { MergedParams, Params } from './merge-params.js'

/**
 * Appends params to a URL's query, before its fragment. The query that is there stays as the URL parser
 * left it; a session param whose key stands in it is left out.
 */
export function withParams(url: URL, params: MergedParams): string {
  const present = params.session.length > 0 && url.search !== '' ? url.searchParams : null
  const session = present ? params.session.filter(([key]) => !present.has(key)) : params.session
  const added = encode([...session, ...params.call])
  if (added === '') return url.href
  const hash = url.href.indexOf('#')
  const [head, fragment] = hash < 0 ? [url.href, ''] : [url.href.slice(0, hash), url.href.slice(hash)]
  const joint = head.endsWith('?') ? '' : head.includes('?') ? '&' : '?'
  return head + joint + added + fragment
}

function encode(params: Params): string {
  return params.length === 0 ? '' : new URLSearchParams(params as [string, string][]).toString()
}
