import type { Place } from './resolve-url.js'
import { withFragment } from './session-response.js'

/** Appends params to a URL's query, before its fragment. The query that is there stays as the URL parser left it. */
export function withParams({ href, search }: Place, params: URLSearchParams): string {
  const query = params.toString()
  if (query === '') return href
  const [head, joint] = search === '' ? [href.split(/[?#]/)[0], '?'] : [href.split('#')[0], '&']
  return withFragment(`${head}${joint}${query}`, href)
}
