import type { Params } from './merge-params.js'
import { withFragment } from './session-response.js'

/** Appends params to a URL's query, before its fragment. The query that is there stays as the URL parser left it. */
export function withParams({ href, search }: URL, params: Params): string {
  if (params.length === 0) return href
  const [head, joint] = search === '' ? [href.split(/[?#]/)[0], '?'] : [href.split('#')[0], '&']
  return withFragment(`${head}${joint}${queryOf(params)}`, href)
}

/** Params as `application/x-www-form-urlencoded` text. */
export function queryOf(params: Params): string {
  return new URLSearchParams(params as [string, string][]).toString()
}
