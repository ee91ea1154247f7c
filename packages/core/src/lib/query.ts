import type { MergedParams, Params } from './merge-params.js'

/**
 * Appends params to a URL's query, before its fragment. The query that is there stays as the URL parser
 * left it; a session param whose key stands in it is left out.
 */
export function withParams(url: URL, { session, call }: MergedParams): string {
  const present = url.search === '' ? null : url.searchParams
  const added = present ? session.filter(([key]) => !present.has(key)) : session
  const query = queryOf([...added, ...call])
  if (query === '') return url.href
  const hash = url.href.indexOf('#')
  const end = hash < 0 ? url.href.length : hash
  const head = url.href.slice(0, end)
  const joint = present ? '&' : head.endsWith('?') ? '' : '?'
  return head + joint + query + url.href.slice(end)
}

/** Params as `application/x-www-form-urlencoded` text. */
export function queryOf(params: Params): string {
  return params.length === 0 ? '' : new URLSearchParams(params as [string, string][]).toString()
}
